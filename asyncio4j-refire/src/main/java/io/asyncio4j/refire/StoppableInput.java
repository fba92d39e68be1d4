package io.asyncio4j.refire;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.Arrays;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * An input that ends when the run is stopped, though nothing more comes from the one below, such as
 * a pipe from a program that is silent. A read of such a pipe cannot be interrupted, so a thread of
 * its own waits in it.
 */
final class StoppableInput extends InputStream {
  private static final int CHUNKS = 8;
  private static final int CHUNK_BYTES = 1 << 16;
  private static final long LOOK_MILLIS = 100;
  private static final byte[] END = {};

  private final BlockingQueue<byte[]> chunks = new ArrayBlockingQueue<>(CHUNKS);
  private final BooleanSupplier stopped;
  private volatile @Nullable IOException failure;
  private byte[] current = END;
  private int at;
  private boolean ended;

  StoppableInput(InputStream below, BooleanSupplier stopped) {
    this.stopped = stopped;
    Thread.ofPlatform().name("refire-standard-input").daemon().start(() -> pump(below));
  }

  private void pump(InputStream below) {
    try {
      try {
        byte[] buffer = new byte[CHUNK_BYTES];
        for (int read = below.read(buffer); read >= 0; read = below.read(buffer)) {
          if (read > 0) {
            chunks.put(Arrays.copyOf(buffer, read));
          }
        }
      } catch (IOException e) {
        failure = e;
      }
      chunks.put(END);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // nobody but the JVM's end does that
    }
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    while (at == current.length) {
      if (!fetch()) {
        return -1;
      }
    }
    int given = Math.min(length, current.length - at);
    System.arraycopy(current, at, into, offset, given);
    at += given;
    return given;
  }

  /** Gets the next chunk, and tells whether there is one. */
  private boolean fetch() throws IOException {
    byte[] next = null;
    while (next == null && !ended) {
      try {
        next = chunks.poll(LOOK_MILLIS, TimeUnit.MILLISECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new InterruptedIOException("interrupted while standard input was read");
      }
      ended = next == END || (next == null && stopped.getAsBoolean());
    }
    if (next == null || ended) {
      IOException broken = failure;
      if (broken != null) {
        throw broken;
      }
      return false;
    }
    current = next;
    at = 0;
    return true;
  }
}
