package io.asyncio4j;

import org.jspecify.annotations.Nullable;

/**
 * A request of another thread to cancel a task. It comes to the task once: through the loop, or, if
 * the task holds the loop, by an interrupt.
 */
final class CancelRequest implements Runnable {
  private final Task<?> task;
  private final @Nullable String message;
  private boolean taken;
  private boolean interrupted;

  /** Another request that the same task did not take yet; for the thread that holds them. */
  @Nullable CancelRequest next;

  CancelRequest(Task<?> task, @Nullable String message) {
    this.task = task;
    this.message = message;
  }

  @Nullable String message() {
    return message;
  }

  /** Interrupts the thread of the task, unless the request was taken. Called by any thread. */
  synchronized void interrupt(Thread thread) {
    if (!taken) {
      interrupted = true;
      thread.interrupt();
    }
  }

  /** Takes the request, once: whoever gets true sees to it. */
  synchronized boolean take() {
    boolean first = !taken;
    taken = true;
    return first;
  }

  /** Tells whether the thread of the task was interrupted for this request. */
  synchronized boolean wasInterrupted() {
    return interrupted;
  }

  /** Is what the loop does with the request. */
  @Override
  public void run() {
    if (take()) {
      task.cancelAsAsked(message, wasInterrupted());
    }
  }
}
