package io.asyncio4j;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/**
 * A mutual exclusion lock for the tasks of one loop. It is not reentrant, and not for threads.
 *
 * {@snippet :
 * try (var _ = lock.hold()) {
 *   update();
 * }
 * }
 *
 * <p>Waiting tasks get the lock in the order in which they asked.
 *
 * <p>Counterpart of {@code asyncio.Lock}, but {@code async with lock} is {@link #hold()}.
 */
public final class Lock {
  /* From asyncio 3.14's locks.py. */

  private final Deque<Future<@Nullable Void>> waiters = new ArrayDeque<>();
  private boolean locked;

  /** Creates an unlocked lock. */
  public Lock() {}

  /** The lock as held by a task, released by closing. */
  public interface Hold extends AutoCloseable {
    /** Releases what is held. Does not suspend. */
    @Override
    void close();
  }

  /**
   * Suspends the calling task until the lock is free, and takes it. Returns at once if it is free
   * and nobody waits.
   *
   * <p><b>Cancellation.</b> A task that is cancelled while it waits does not get the lock; if it
   * was its turn, the next one's comes.
   *
   * @throws CancellationException if the task was cancelled while it waited
   * @throws IllegalStateException if it must wait and the caller is no task
   */
  public void acquire() {
    if (!locked && waiters.stream().allMatch(Future::isCancelled)) {
      locked = true;
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
      if (!locked) {
        wakeFirst();
      }
      throw e;
    }
    locked = true;
  }

  /**
   * Takes the lock as {@link #acquire()} does, for a try-with-resources statement.
   *
   * @return what releases the lock when it is closed
   * @throws CancellationException if the task was cancelled while it waited
   */
  public Hold hold() {
    acquire();
    return this::release;
  }

  /**
   * Releases the lock. Does not suspend; the first task that waits gets it in the loop's next turn.
   *
   * @throws IllegalStateException if the lock is not locked
   */
  public void release() {
    if (!locked) {
      throw new IllegalStateException(
          "the lock is not locked; release() was called once too often");
    }
    locked = false;
    wakeFirst();
  }

  /**
   * Tells whether a task holds the lock.
   *
   * @return whether the lock is locked
   */
  public boolean isLocked() {
    return locked;
  }

  private void wakeFirst() {
    Future<@Nullable Void> first = waiters.peek();
    if (first != null && !first.isDone()) {
      first.setResult(null);
    }
  }
}
