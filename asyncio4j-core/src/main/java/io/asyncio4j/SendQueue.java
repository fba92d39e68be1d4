package io.asyncio4j;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * The output of a transport: what was written and could not be sent yet, with the marks at which
 * writers are suspended and go on.
 */
abstract class SendQueue implements Transport, Waitable {
  /* The rules of asyncio's _SelectorSocketTransport and FlowControlMixin: the same marks, the same order
  of sending, end of output and close. Differences: whoever could be told of a failure is told by an
  exception, once; nothing is read ahead. */

  private static final int HIGH_WATER = 64 * 1024;
  private static final int LOW_WATER = HIGH_WATER / 4;

  final EventLoop loop;
  private final Queue<ByteBuffer> unsent = new ArrayDeque<>();
  private final List<Turn> drainWaiters = new ArrayList<>();
  private final List<Turn> closeWaiters = new ArrayList<>();
  private final List<Runnable> closeCallbacks = new ArrayList<>();
  private @Nullable IOException failure;
  private long unsentBytes;
  private boolean failureTold;
  private boolean paused;
  private boolean eofAsked;
  private boolean eofSent;
  private boolean closing;
  private boolean closed;

  SendQueue(EventLoop loop) {
    this.loop = loop;
  }

  // ---- what a kind of transport does

  /**
   * Sends as much as can be sent without waiting. If bytes remain, {@link #flush} is called when
   * more can be.
   */
  abstract void send(ByteBuffer bytes) throws IOException;

  /** Ends the output. */
  abstract void sendEof() throws IOException;

  /** Releases the connection. Called once. */
  abstract void release() throws IOException;

  // ---- writing

  @Override
  public final void write(ByteBuffer bytes) throws IOException {
    loop.checkThread("write");
    if (eofAsked) {
      throw new IllegalStateException("write was called after writeEof on " + describe());
    }
    checkUsable();
    if (unsent.isEmpty()) {
      try {
        send(bytes);
      } catch (IOException e) {
        failureTold = true;
        lost(e);
        throw e;
      }
    }
    if (bytes.hasRemaining()) {
      ByteBuffer rest = ByteBuffer.allocate(bytes.remaining());
      unsentBytes += bytes.remaining();
      unsent.add(rest.put(bytes).flip());
      paused |= unsentBytes > HIGH_WATER;
    }
  }

  private void checkUsable() throws IOException {
    throwFailure();
    if (closing) {
      throw new IOException(describe() + " was closed; nothing more can be written");
    }
  }

  private void throwFailure() throws IOException {
    IOException cause = failure;
    if (cause != null) {
      failureTold = true;
      throw new IOException(describe() + " is broken: " + cause.getMessage(), cause);
    }
  }

  /** Sends on. On the loop's thread, when the transport takes more. */
  final void flush() {
    if (closed) {
      return;
    }
    try {
      for (ByteBuffer next = unsent.peek(); next != null; next = unsent.peek()) {
        int before = next.remaining();
        send(next);
        unsentBytes -= before - next.remaining();
        if (next.hasRemaining()) {
          break;
        }
        unsent.remove();
      }
      if (paused && unsentBytes <= LOW_WATER) {
        paused = false;
        wake(drainWaiters);
      }
      if (unsent.isEmpty()) {
        outputEmpty();
      }
    } catch (IOException e) {
      lost(e);
    }
  }

  private void outputEmpty() throws IOException {
    if (eofAsked && !eofSent) {
      eofSent = true;
      sendEof();
    }
    if (closing) {
      finish();
    }
  }

  @Override
  public final void drain() throws IOException {
    while (paused) {
      await(drainWaiters);
    }
    throwFailure();
    if (closed) {
      throw new IOException(describe() + " was closed; nothing more can be written");
    }
  }

  @Override
  public final void writeEof() throws IOException {
    loop.checkThread("writeEof");
    if (eofAsked) {
      return;
    }
    checkUsable();
    eofAsked = true;
    if (unsent.isEmpty()) {
      outputEmpty();
    }
  }

  @Override
  public boolean canWriteEof() {
    return true;
  }

  // ---- the end

  @Override
  public final void close() {
    loop.checkThread("close");
    if (closing) {
      return;
    }
    closing = true;
    if (unsent.isEmpty()) {
      finish();
    }
  }

  @Override
  public final void abort() {
    loop.checkThread("abort");
    closing = true;
    finish();
  }

  /** Ends a connection that is broken. */
  final void lost(IOException cause) {
    if (closed) {
      return;
    }
    failure = cause;
    failureTold |= unsent.isEmpty(); // nothing is lost that whoever closes must be told of
    closing = true;
    finish();
  }

  private void finish() {
    if (closed) {
      return;
    }
    closed = true;
    paused = false;
    unsent.clear();
    unsentBytes = 0;
    try {
      release();
    } catch (IOException e) {
      if (failure == null) {
        failure = e;
      }
    }
    wake(drainWaiters);
    wake(closeWaiters);
    closeCallbacks.forEach(Runnable::run);
    closeCallbacks.clear();
  }

  @Override
  public final boolean isClosing() {
    return closing;
  }

  final boolean isClosed() {
    return closed;
  }

  /** Returns what broke the connection, or null. */
  final @Nullable IOException failure() {
    return failure;
  }

  final void failureTold() {
    failureTold = true;
  }

  @Override
  public final void waitClosed() throws IOException {
    while (!closed) {
      await(closeWaiters);
    }
    if (!failureTold) {
      throwFailure();
    }
  }

  @Override
  public final void onClosed(Runnable callback) {
    if (closed) {
      callback.run();
    } else {
      closeCallbacks.add(callback);
    }
  }

  @Override
  public final long unsentBytes() {
    return unsentBytes;
  }

  // ---- waiting

  /** Suspends the calling task until its turn in a line comes. */
  final void await(List<Turn> line) {
    Turn turn = new Turn(loop, this);
    line.add(turn);
    try {
      turn.await();
    } finally {
      line.remove(turn);
    }
  }

  static void wake(List<Turn> line) {
    for (Turn turn : List.copyOf(line)) {
      if (!turn.isDone()) {
        turn.come();
      }
    }
  }
}
