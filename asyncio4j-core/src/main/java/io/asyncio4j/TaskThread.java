package io.asyncio4j;

import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The thread that carries one task, as the loop sees it: an entry of the ready queue that runs the
 * task until its next suspension.
 */
abstract class TaskThread extends ReadyNode {
  /** Whether the cancel of the task is being passed on to what it awaits. */
  boolean passingCancelOn;

  /** Whether our own cancel has interrupted the task, and that has not struck yet. */
  boolean interruptSent;

  /** Returns the task that this thread carries. */
  abstract Task<?> task();

  /** Returns the Java thread, or null if the task has not begun. */
  abstract @Nullable Thread carrier();

  /**
   * Queues this thread at the end of the ready queue, because what the task awaited in one of our
   * primitives is there. On the loop's thread.
   */
  abstract void wake();

  /** Suspends the calling task until {@link #wake()} lets it go on. Called by the task itself. */
  abstract void park();

  /**
   * Suspends the calling task until what is in the ready queue has run. Called by the task itself.
   */
  void yieldTurn() {
    wake();
    park();
  }

  /**
   * Ends the wait of a task that awaits inside a class initialiser, where its thread cannot be
   * suspended and holds the loop instead: the await throws. May be called by any thread.
   */
  final void throwOutOfInitializer() {
    task().owner().thrownOut = this; // of the tasks of a loop, only one can be there at a time
    LockSupport.unpark(carrier());
  }

  /** Throws if {@link #throwOutOfInitializer} asked for it. Called by the task when it is woken. */
  final void checkThrownOut() {
    EventLoop loop = task().owner();
    if (loop.thrownOut == this) {
      loop.thrownOut = null;
      throw new IllegalStateException(
          task().describe()
              + " awaited inside a class initialiser, where its thread cannot be suspended, so that"
              + " the loop stood still; await before the class is used, and initialise it without"
              + " awaiting");
    }
  }

  /** Tells whether this thread is queued to run. */
  abstract boolean isQueued();

  /**
   * Interrupts the task in a blocking call of another library. On the loop's thread.
   *
   * @return whether it was this interrupt that woke the task
   */
  abstract boolean interrupt();

  /**
   * Interrupts the task if it holds the loop, which cannot deliver the request before that. Called
   * by other threads, after the request was handed to the loop.
   */
  abstract void cancelRequested(CancelRequest request);

  /**
   * Takes the requests to cancel that interrupted this task, which is the caller, and tells whether
   * there were any.
   *
   * @param endedByInterrupt whether a call ended as an interrupt ends it, so that the task knows
   */
  abstract boolean takeRequests(boolean endedByInterrupt);
}
