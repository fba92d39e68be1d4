package io.asyncio4j;

import java.util.List;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/**
 * A number of permits for the tasks of one loop. It is not for threads.
 *
 * {@snippet :
 * try (var _ = semaphore.hold()) {
 *   work();
 * }
 * }
 *
 * <p>Waiting tasks get permits in the order in which they asked; nobody overtakes them. A permit
 * belongs to nobody: any task may release, and as often as it likes, unless the semaphore is {@link
 * #bounded}. {@link CapacityLimiter} knows its borrowers and can be resized.
 *
 * <p>Counterpart of {@code asyncio.Semaphore} and {@code asyncio.BoundedSemaphore}, but {@code
 * async with semaphore} is {@link #hold()}.
 */
public final class Semaphore {
  /* From asyncio 3.14's locks.py, which is strictly FIFO since 3.11.4. */

  private final WaitLine waiters =
      new WaitLine() {
        @Override
        public String describe() {
          return Semaphore.this.toString();
        }

        @Override
        public List<Task<?>> holders() {
          return holders.tasks();
        }
      };
  private final Holders holders = new Holders();
  private final int bound;
  private @Nullable String name;
  private int permits;

  /**
   * Creates a semaphore.
   *
   * @param permits how many permits it has at first
   * @throws IllegalArgumentException if {@code permits} is negative
   */
  public Semaphore(int permits) {
    this(permits, Integer.MAX_VALUE);
  }

  private Semaphore(int permits, int bound) {
    if (permits < 0) {
      throw new IllegalArgumentException("permits is " + permits + "; it must be at least 0");
    }
    this.permits = permits;
    this.bound = bound;
  }

  /**
   * Creates a semaphore that never has more permits than at first: a release too many is an error.
   *
   * <p>Counterpart of {@code asyncio.BoundedSemaphore}.
   *
   * @param permits how many permits it has at first, and at most
   * @return the semaphore
   * @throws IllegalArgumentException if {@code permits} is negative
   */
  public static Semaphore bounded(int permits) {
    return new Semaphore(permits, permits);
  }

  /**
   * The state of a semaphore at one moment.
   *
   * @param permits how many permits are there to be taken
   * @param tasksWaiting how many tasks wait for one
   */
  public record Statistics(int permits, int tasksWaiting) {}

  /**
   * Gives this semaphore a name for reports.
   *
   * @param newName the name
   * @return this semaphore
   */
  public Semaphore named(String newName) {
    name = Objects.requireNonNull(newName, "newName");
    return this;
  }

  /**
   * Suspends the calling task until there is a permit for it, and takes it. Returns at once if
   * there is one and nobody waits.
   *
   * <p><b>Cancellation.</b> A task that is cancelled while it waits takes no permit; one that it
   * was given meanwhile goes to the next.
   *
   * @throws CancellationException if the task was cancelled while it waited
   * @throws IllegalStateException if it must wait and the caller is no task, or is a task of
   *     another loop than those that have waited before
   */
  public void acquire() {
    if (isLocked()) {
      awaitTurn();
    } else {
      permits--;
    }
    holders.took(Task.current());
  }

  private void awaitTurn() {
    Turn turn = waiters.join("Semaphore.acquire");
    try {
      try {
        turn.await();
      } finally {
        waiters.leave(turn);
      }
    } catch (CancellationException e) {
      if (turn.hasCome()) {
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
   * @throws IllegalStateException as for {@link #acquire()}
   */
  public Hold hold() {
    acquire();
    return new Hold(this::release);
  }

  /**
   * Gives a permit back, or adds one. Does not suspend; the first task that waits gets it.
   *
   * @throws IllegalStateException if this semaphore is {@link #bounded} and has all its permits
   * @throws WrongThreadException if tasks of a loop have waited for it and the caller is not on
   *     that loop's thread
   */
  public void release() {
    waiters.checkThread("Semaphore.release");
    if (permits >= bound) {
      throw new IllegalStateException(
          this + " has all its permits; release() was called once too often");
    }
    permits++;
    holders.gaveBack(Task.current());
    wakeNext();
  }

  /**
   * Tells whether {@link #acquire()} would wait.
   *
   * @return whether there is no permit, or others wait
   */
  public boolean isLocked() {
    return permits == 0 || waiters.live() > 0;
  }

  /**
   * Returns the state of this semaphore.
   *
   * @return how many permits there are, and how many tasks wait
   */
  public Statistics statistics() {
    return new Statistics(permits, waiters.live());
  }

  private boolean wakeNext() {
    if (waiters.wakeNext()) {
      permits--;
      return true;
    }
    return false;
  }

  @Override
  public String toString() {
    return WaitLine.label("Semaphore", name)
        + (permits == 1 ? " (1 permit)" : " (" + permits + " permits)");
  }
}
