package io.asyncio4j.refire;

import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/**
 * A file that grows by whole entries. An entry is handed to the system when it is complete, so that
 * the end of the process loses none; where the disk fills up within an entry, the part is taken
 * back.
 */
final class OutFile implements Closeable {
  private static final int CHUNK = 1 << 16;

  private final Path path;
  private final FileChannel channel;

  /** Whether a part of an entry can be taken back; not out of a device or pipe. */
  private final boolean takesBack;

  private final ByteBuffer chunk = ByteBuffer.allocate(CHUNK);
  private long length;

  /**
   * Creates the file.
   *
   * @throws IOException if it exists and may not be replaced, or cannot be created
   */
  OutFile(Path path, boolean overwrite) throws IOException {
    this(path, PrivateFiles.create(path, overwrite));
  }

  /** Writes to an empty channel. */
  OutFile(Path path, FileChannel channel) {
    this.path = path;
    this.channel = channel;
    this.takesBack = !PrivateFiles.isDevice(path);
  }

  /** Writes the bytes of an entry. */
  @FunctionalInterface
  interface Entry {
    void writeTo(OutputStream out) throws IOException;
  }

  /**
   * Adds an entry, all of it or nothing.
   *
   * @throws IOException if it cannot be written; the file then ends with the entry before
   */
  void append(Entry entry) throws IOException {
    try {
      entry.writeTo(new Stream());
      drain();
    } catch (IOException | RuntimeException e) {
      takeBack(e);
      throw e;
    }
    if (takesBack) {
      length = channel.position();
    }
  }

  private void takeBack(Exception reason) {
    chunk.clear();
    if (!takesBack) {
      return;
    }
    try {
      channel.truncate(length);
      channel.position(length);
    } catch (IOException e) {
      reason.addSuppressed(e);
    }
  }

  Path path() {
    return path;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  private void drain() throws IOException {
    chunk.flip();
    while (chunk.hasRemaining()) {
      channel.write(chunk);
    }
    chunk.clear();
  }

  /** Collects an entry; one that is larger than a chunk is written chunk by chunk. */
  private final class Stream extends OutputStream {
    @Override
    public void write(int b) throws IOException {
      if (!chunk.hasRemaining()) {
        drain();
      }
      chunk.put((byte) b);
    }

    @Override
    public void write(byte[] bytes, int offset, int count) throws IOException {
      int at = offset;
      int left = count;
      while (left > 0) {
        if (!chunk.hasRemaining()) {
          drain();
        }
        int part = Math.min(left, chunk.remaining());
        chunk.put(bytes, at, part);
        at += part;
        left -= part;
      }
    }
  }
}
