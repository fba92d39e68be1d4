package io.asyncio4j;

import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A lock with a line of tasks that wait for a change of what the lock protects. It is for the tasks
 * of one loop, and not for threads.
 *
 * {@snippet :
 * try (var _ = stock.hold()) {
 *   stock.awaitUntil(() -> !shelf.isEmpty());
 *   shelf.removeFirst();
 * }
 * }
 *
 * <p>Waiting tasks are woken in the order in which they began to wait. A woken task goes on when it
 * has the lock again, and may find that another was quicker: wait in a loop, or by {@link
 * #awaitUntil}.
 *
 * <p>Counterpart of {@code asyncio.Condition}; {@code wait}, {@code notify} and {@code notifyAll}
 * are taken in every Java object, so they are {@link #await()}, {@link #signal()} and {@link
 * #signalAll()} as in {@link java.util.concurrent.locks.Condition}.
 */
public final class Condition {
  /* From asyncio 3.14's locks.py, with the fixes of 3.13: a waiter that fails passes its signal on, and
  the exception that leaves await() is the one that the cancellation made. */

  private final WaitLine waiters =
      new WaitLine() {
        @Override
        public String describe() {
          return Condition.this.toString();
        }
      };
  private final Lock lock;
  private @Nullable String name;

  /** Creates a condition with a lock of its own. */
  public Condition() {
    this(new Lock());
  }

  /**
   * Creates a condition of a lock, which may have others.
   *
   * @param lock the lock
   */
  public Condition(Lock lock) {
    this.lock = Objects.requireNonNull(lock, "lock");
  }

  /**
   * The state of a condition at one moment.
   *
   * @param tasksWaiting how many tasks wait for a signal
   * @param lock the state of its lock
   */
  public record Statistics(int tasksWaiting, Lock.Statistics lock) {}

  /**
   * Gives this condition a name for reports. Its lock keeps its own.
   *
   * @param newName the name
   * @return this condition
   */
  public Condition named(String newName) {
    name = Objects.requireNonNull(newName, "newName");
    return this;
  }

  // ---- the lock

  /**
   * Acquires the lock, as {@link Lock#acquire()} does.
   *
   * @throws CancellationException if the task was cancelled while it waited
   * @throws IllegalStateException as for {@link Lock#acquire()}
   */
  public void acquire() {
    lock.acquire();
  }

  /**
   * Acquires the lock, as {@link Lock#hold()} does.
   *
   * @return what releases the lock when it is closed
   * @throws CancellationException if the task was cancelled while it waited
   * @throws IllegalStateException as for {@link Lock#acquire()}
   */
  public Hold hold() {
    return lock.hold();
  }

  /**
   * Releases the lock, as {@link Lock#release()} does.
   *
   * @throws IllegalStateException if the lock is not locked
   * @throws WrongThreadException as for {@link Lock#release()}
   */
  public void release() {
    lock.release();
  }

  /**
   * Tells whether the lock is locked.
   *
   * @return whether a task holds it
   */
  public boolean isLocked() {
    return lock.isLocked();
  }

  // ---- waiting

  /**
   * Releases the lock, suspends the calling task until it is signalled, and acquires the lock
   * again. It may return without a signal.
   *
   * <p><b>Cancellation.</b> A task that is cancelled has the lock again before the exception leaves
   * this method, however often it is cancelled meanwhile; a signal that it got goes to the next.
   *
   * @throws CancellationException if the task was cancelled while it waited
   * @throws IllegalStateException if the lock is not locked, if the caller is no task, or is a task
   *     of another loop than those that have waited before
   */
  public void await() {
    checkLocked("await");
    Turn turn = waiters.join("Condition.await");
    try {
      lock.release();
    } catch (RuntimeException e) { // the lock is another loop's
      waiters.leave(turn);
      throw e;
    }
    try {
      awaitSignal(turn);
    } catch (RuntimeException | Error e) { // it may have been signalled: then another must be
      wake(1);
      throw e;
    }
  }

  private void awaitSignal(Turn turn) {
    RuntimeException failure = null;
    try {
      turn.await();
    } catch (RuntimeException e) { // a cancellation; thrown once the lock is held again
      failure = e;
    } finally {
      waiters.leave(turn);
    }
    boolean held = false;
    while (!held) {
      try {
        lock.acquire();
        held = true;
      } catch (CancellationException e) {
        failure = e;
      }
    }
    if (failure != null) {
      throw failure;
    }
  }

  /**
   * Waits as {@link #await()} does until a predicate is true. Returns at once if it is.
   *
   * <p>Counterpart of {@code Condition.wait_for}.
   *
   * @param predicate looks at what the lock protects; called with the lock held
   * @throws CancellationException if the task was cancelled while it waited
   * @throws IllegalStateException if it must wait and {@link #await()} throws it
   */
  public void awaitUntil(BooleanSupplier predicate) {
    while (!predicate.getAsBoolean()) {
      await();
    }
  }

  /**
   * Wakes the task that has waited longest, if one waits. Does not suspend, and does not release
   * the lock, which the woken task needs.
   *
   * @throws IllegalStateException if the lock is not locked
   * @throws WrongThreadException if tasks of a loop have waited here and the caller is not on that
   *     loop's thread
   */
  public void signal() {
    signal(1);
  }

  /**
   * Wakes tasks as {@link #signal()} does.
   *
   * @param count how many at most
   * @throws IllegalStateException if the lock is not locked
   * @throws IllegalArgumentException if {@code count} is negative
   * @throws WrongThreadException as for {@link #signal()}
   */
  public void signal(int count) {
    if (count < 0) {
      throw new IllegalArgumentException("count is " + count + "; it must be at least 0");
    }
    waiters.checkThread("Condition.signal");
    checkLocked("signal");
    wake(count);
  }

  /**
   * Wakes all tasks that wait, as {@link #signal()} does.
   *
   * @throws IllegalStateException if the lock is not locked
   * @throws WrongThreadException as for {@link #signal()}
   */
  public void signalAll() {
    signal(Integer.MAX_VALUE);
  }

  private void wake(int count) {
    int left = count;
    while (left > 0 && waiters.wakeNext()) {
      left--;
    }
  }

  private void checkLocked(String operation) {
    if (!lock.isLocked()) {
      throw new IllegalStateException(
          label() + " is not locked; call acquire() or hold() before " + operation + "()");
    }
  }

  /**
   * Returns the state of this condition.
   *
   * @return how many tasks wait, and the state of the lock
   */
  public Statistics statistics() {
    return new Statistics(waiters.live(), lock.statistics());
  }

  private String label() {
    return WaitLine.label("Condition", name);
  }

  @Override
  public String toString() {
    return label() + " of " + lock;
  }
}
