package io.asyncio4j;

import org.jspecify.annotations.Nullable;

/**
 * A call of another library that a cancel of its task ends by the library's own means, and not by
 * an interrupt. Used by the loop's thread only.
 */
final class AbortableCall implements Runnable {
  private final @Nullable AbortableCall outer;
  private final Runnable abort;
  private boolean ended;
  private boolean asked;
  private boolean aborted;

  AbortableCall(@Nullable AbortableCall outer, Runnable abort) {
    this.outer = outer;
    this.abort = abort;
  }

  /** Returns the call inside which this one is made, or null. */
  @Nullable AbortableCall outer() {
    return outer;
  }

  /**
   * Has the call aborted, once. Not at once: who cancels must not be surprised by the library's
   * code, and a call that ends in this turn is not to be aborted, since that might strike what the
   * task does next.
   */
  void abortSoon(EventLoop loop) {
    if (!asked) {
      asked = true;
      loop.enqueueCallback(this);
    }
  }

  @Override
  public void run() {
    if (!ended) {
      aborted = true;
      abort.run();
    }
  }

  void end() {
    ended = true;
  }

  boolean wasAborted() {
    return aborted;
  }
}
