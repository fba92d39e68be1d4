package io.asyncio4j;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * A process's input pipe, which a thread of its own writes: to Java it is a file, and writing it
 * would hold the loop. What the thread has not written yet counts as unsent.
 */
final class PipeWriter extends SendQueue {
  private static final int CHUNK = 64 * 1024;
  private static final byte[] END = {};

  private final String name;
  private final OutputStream pipe;
  private final LinkedBlockingQueue<byte[]> toThread = new LinkedBlockingQueue<>();
  private boolean started;
  private boolean busy;
  private boolean ended;
  private int written;

  PipeWriter(EventLoop loop, String name, OutputStream pipe) {
    super(loop);
    this.name = name;
    this.pipe = pipe;
  }

  // ---- on the loop

  @Override
  void send(ByteBuffer bytes) {
    bytes.position(bytes.position() + written);
    written = 0;
    if (busy || !bytes.hasRemaining()) {
      return;
    }
    byte[] chunk = new byte[Math.min(bytes.remaining(), CHUNK)];
    bytes.slice().get(chunk);
    busy = true;
    loop.resources().eventsDue(1);
    start();
    toThread.add(chunk);
  }

  private void start() {
    if (!started) {
      started = true;
      Thread.ofPlatform().name("asyncio4j-" + loop.name() + "-" + name).daemon().start(this::pump);
    }
  }

  @Override
  void sendEof() throws IOException {
    if (ended) {
      return;
    }
    ended = true;
    if (started) {
      toThread.add(END); // closing a pipe waits for whoever writes to it
    } else {
      pipe.close();
    }
  }

  @Override
  void release() throws IOException {
    sendEof();
  }

  /** Ends the thread when nobody is left to read what it writes. */
  void processEnded() {
    if (!isClosing()) {
      lost(new IOException("the process has ended"));
    }
  }

  @Override
  public int read(ByteBuffer into) {
    return -1; // nothing can be read from it
  }

  private void handed(int count, @Nullable IOException failure) {
    busy = false;
    loop.resources().eventsDue(-1);
    if (failure != null) {
      lost(failure);
    } else {
      written = count;
      flush();
    }
  }

  // ---- on the thread

  private void pump() {
    try {
      while (true) {
        byte[] chunk = toThread.take();
        if (chunk == END) {
          break;
        }
        IOException failure = null;
        try {
          pipe.write(chunk);
          pipe.flush();
        } catch (IOException e) {
          failure = e;
        }
        IOException met = failure;
        loop.callSoonThreadsafe(() -> handed(chunk.length, met));
      }
    } catch (InterruptedException | IllegalStateException _) {
      // the JVM ends, or the loop is closed: nobody writes any more
    }
    try {
      pipe.close();
    } catch (IOException _) {
      // what could not be written was told; a pipe that nobody reads cannot be closed otherwise
    }
  }

  @Override
  public String describe() {
    return "the pipe " + name;
  }

  @Override
  public String toString() {
    return describe();
  }
}
