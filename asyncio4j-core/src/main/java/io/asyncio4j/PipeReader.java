package io.asyncio4j;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * A process's output pipe, which a thread of its own reads: to Java it is a file, and reading it
 * would hold the loop.
 *
 * <p>The thread reads ahead a little and waits until that was taken, so that a slow reader slows
 * the process down.
 */
final class PipeReader implements StreamReader.ByteSource, Waitable {
  private static final int CHUNK = 32 * 1024;
  private static final int CHUNKS_AHEAD = 2;

  private final EventLoop loop;
  private final String name;
  private final InputStream pipe;
  private final Semaphore room = new Semaphore(CHUNKS_AHEAD);
  private volatile boolean closed;

  // On the loop's thread.
  private final Queue<ByteBuffer> chunks = new ArrayDeque<>();
  private @Nullable Turn reading;
  private @Nullable IOException failure;
  private final LoopResource resource = this::releaseAtLoopClose;
  private boolean ended;

  PipeReader(EventLoop loop, String name, InputStream pipe) {
    this.loop = loop;
    this.name = name;
    this.pipe = pipe;
    loop.resources().add(resource);
    Thread.ofPlatform().name("asyncio4j-" + loop.name() + "-" + name).daemon().start(this::pump);
  }

  // ---- on the thread

  @SuppressWarnings(
      "SynchronizeOnNonFinalField") // the field is final; the lock is the stream's own
  private void pump() {
    // When the process has ended, the JDK reads what is there and closes the pipe, and what a
    // grandchild writes later would be lost. It takes the stream's lock for that, so the lock is
    // kept to the pipe's end. A process that ends before this line is reached is beyond help.
    synchronized (pipe) {
      IOException broken = null;
      try {
        while (!closed) {
          room.acquireUninterruptibly();
          byte[] chunk = new byte[CHUNK];
          int n = closed ? -1 : pipe.read(chunk);
          if (n < 0) {
            break;
          }
          deliver(ByteBuffer.wrap(chunk, 0, n), null);
        }
      } catch (IOException e) {
        broken = e;
      }
      deliver(null, closed ? null : broken);
      try {
        pipe.close();
      } catch (IOException e) {
        loop.report("the pipe " + name + " could not be closed", e);
      }
    }
  }

  private void deliver(@Nullable ByteBuffer chunk, @Nullable IOException broken) {
    try {
      loop.callSoonThreadsafe(
          () -> {
            if (chunk != null) {
              chunks.add(chunk);
            } else {
              ended = true;
              failure = broken;
              loop.resources().remove(resource);
            }
            Turn turn = reading;
            if (turn != null && !turn.isDone()) {
              turn.come();
            }
          });
    } catch (IllegalStateException _) {
      closed = true; // the loop is closed, and nobody reads any more
    }
  }

  // ---- on the loop

  @Override
  public int read(ByteBuffer into) throws IOException {
    ByteBuffer next = chunks.peek();
    while (next == null && !ended) {
      Turn turn = new Turn(loop, this);
      reading = turn;
      loop.resources().eventsDue(1);
      try {
        turn.await();
      } finally {
        reading = null;
        loop.resources().eventsDue(-1);
      }
      next = chunks.peek();
    }
    if (next == null) {
      if (failure != null) {
        throw new IOException("the pipe " + name + " is broken: " + failure.getMessage(), failure);
      }
      return -1;
    }
    int n = Math.min(into.remaining(), next.remaining());
    into.put(next.slice(next.position(), n));
    next.position(next.position() + n);
    if (!next.hasRemaining()) {
      chunks.remove();
      room.release();
    }
    return n;
  }

  /** Ends the thread, unless it is in a read: that ends with the pipe, or when something comes. */
  private @Nullable String releaseAtLoopClose() {
    closed = true;
    room.release();
    try {
      pipe.close();
    } catch (IOException e) {
      loop.report("the pipe " + name + " could not be closed", e);
    }
    return null; // the process is reported, if it runs
  }

  @Override
  public String describe() {
    return "the pipe " + name;
  }
}
