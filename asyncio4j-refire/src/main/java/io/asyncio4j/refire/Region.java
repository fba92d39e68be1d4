package io.asyncio4j.refire;

import java.io.Closeable;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Bytes that grow: on the heap up to a bound, from there on in a mapped temporary file. The file
 * has no name any more as soon as it is open, so that nothing is left of it however the process
 * ends, and its blocks are written before they are mapped, so that a full disk is an {@link
 * IOException}.
 *
 * <p>May be used by one thread after another, not by two at a time.
 */
final class Region implements Closeable {
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
  private static final long MAX_STEP = 1L << 28;
  private static final int ZEROES = 1 << 16;

  private final Path directory;
  private final long bound;
  private MemorySegment memory;
  private long size;
  private @Nullable FileChannel file;
  private @Nullable Arena arena;

  /**
   * Makes an empty region that stays on the heap up to so many bytes, then moves to the directory.
   */
  Region(Path directory, long bound) {
    this.directory = directory;
    this.bound = bound;
    memory = MemorySegment.ofArray(new byte[(int) Math.min(bound, 1024)]);
  }

  /** Adds so many bytes, all zero, and returns where they begin. */
  long allocate(long bytes) throws IOException {
    long start = size;
    if (start + bytes > memory.byteSize()) {
      grow(start + bytes);
    }
    size = start + bytes;
    return start;
  }

  long size() {
    return size;
  }

  boolean spilled() {
    return file != null;
  }

  long getLong(long offset) {
    return memory.get(LONG, offset);
  }

  void setLong(long offset, long value) {
    memory.set(LONG, offset, value);
  }

  int getInt(long offset) {
    return memory.get(INT, offset);
  }

  void setInt(long offset, int value) {
    memory.set(INT, offset, value);
  }

  byte[] getBytes(long offset, int length) {
    return memory.asSlice(offset, length).toArray(ValueLayout.JAVA_BYTE);
  }

  void setBytes(long offset, byte[] bytes) {
    MemorySegment.copy(bytes, 0, memory, ValueLayout.JAVA_BYTE, offset, bytes.length);
  }

  private void grow(long needed) throws IOException {
    long capacity = memory.byteSize();
    while (capacity < needed) {
      capacity += Math.max(1024, Math.min(capacity, MAX_STEP));
    }
    if (capacity <= bound) {
      MemorySegment larger = MemorySegment.ofArray(new byte[(int) capacity]);
      larger.copyFrom(memory.asSlice(0, size));
      memory = larger;
      return;
    }
    map(capacity);
  }

  private void map(long capacity) throws IOException {
    FileChannel channel = file;
    MemorySegment old = memory;
    if (channel == null) {
      channel = PrivateFiles.temporary(directory);
      file = channel;
    }
    ByteBuffer zeroes = ByteBuffer.allocate(ZEROES);
    long position = channel.size();
    while (position < capacity) {
      zeroes.clear().limit((int) Math.min(ZEROES, capacity - position));
      position += channel.write(zeroes, position);
    }
    Arena next = Arena.ofShared();
    MemorySegment mapped = channel.map(FileChannel.MapMode.READ_WRITE, 0, capacity, next);
    Arena last = arena;
    if (last == null) {
      mapped.copyFrom(old.asSlice(0, size));
    } else {
      last.close();
    }
    arena = next;
    memory = mapped;
  }

  @Override
  public void close() throws IOException {
    memory = MemorySegment.NULL;
    if (arena != null) {
      arena.close();
      arena = null;
    }
    if (file != null) {
      file.close();
      file = null;
    }
  }
}
