package io.asyncio4j;

import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/**
 * A number of permits for the tasks of one loop. It is not for threads.
 *
 * <p>Waiting tasks get permits in the order in which they asked; nobody overtakes them.
 *
 * <p>Counterpart of {@code asyncio.Semaphore}, but {@code async with semaphore} is {@link #hold()}.
 */
public final class Semaphore {
  /* From asyncio 3.14's locks.py, which is strictly FIFO since 3.11.4. */

  private final Set<Future<@Nullable Void>> waiters = new LinkedHashSet<>();
  private int permits;

  /**
   * Creates a semaphore.
   *
   * @param permits how many permits it has at first
   * @throws IllegalArgumentException if {@code permits} is negative
   */
  public Semaphore(int permits) {
    if (permits < 0) {
      throw new IllegalArgumentException("permits is " + permits + "; it must be at least 0");
    }
    this.permits = permits;
  }

  /**
   * Suspends the calling task until there is a permit for it, and takes it. Returns at once if
   * there is one and nobody waits.
   *
   * <p><b>Cancellation.</b> A task that is cancelled while it waits takes no permit; one that it
   * was given meanwhile goes to the next.
   *
   * @throws CancellationException if the task was cancelled while it waited
   * @throws IllegalStateException if it must wait and the caller is no task
   */
  public void acquire() {
    if (!isLocked()) {
      permits--;
      return;
    }
    Future<@Nullable Void> turn = EventLoop.current().createFuture();
    waiters.add(turn);
    try {
      try {
        turn.await();
      } finally {
        waiters.remove(turn);
      }
    } catch (CancellationException e) {
      if (turn.isDone() && !turn.isCancelled()) {
        permits++; // it was given to this task, which does not take it
      }
      throw e;
    } finally {
      while (permits > 0 && wakeNext()) {
        // each turn of the loop lets as many go on as there are permits
      }
    }
  }

  /**
   * Takes a permit as {@link #acquire()} does, for a try-with-resources statement.
   *
   * @return what gives the permit back when it is closed
   * @throws CancellationException if the task was cancelled while it waited
   */
  public Lock.Hold hold() {
    acquire();
    return this::release;
  }

  /** Gives a permit back, or adds one. Does not suspend; the first task that waits gets it. */
  public void release() {
    permits++;
    wakeNext();
  }

  /**
   * Tells whether {@link #acquire()} would wait.
   *
   * @return whether there is no permit, or others wait
   */
  public boolean isLocked() {
    if (permits == 0) {
      return true;
    }
    for (Future<?> waiter : waiters) {
      if (!waiter.isCancelled()) {
        return true;
      }
    }
    return false;
  }

  private boolean wakeNext() {
    for (Future<@Nullable Void> waiter : waiters) {
      if (!waiter.isDone()) {
        permits--;
        waiter.setResult(null);
        return true;
      }
    }
    return false;
  }
}
