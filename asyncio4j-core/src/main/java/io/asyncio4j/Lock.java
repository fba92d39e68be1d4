package io.asyncio4j;

import java.util.List;
import java.util.Objects;
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
 * <p>Waiting tasks get the lock in the order in which they asked. The lock remembers the task that
 * took it, for reports; it may be released by another.
 *
 * <p>Counterpart of {@code asyncio.Lock}, but {@code async with lock} is {@link #hold()}.
 */
public final class Lock {
  /* From asyncio 3.14's locks.py. */

  private final WaitLine waiters =
      new WaitLine() {
        @Override
        public String describe() {
          return Lock.this.toString();
        }

        @Override
        public List<Task<?>> holders() {
          Task<?> holder = owner;
          return holder == null ? List.of() : List.of(holder);
        }
      };
  private @Nullable String name;
  private @Nullable Task<?> owner;
  private boolean locked;

  /** Creates an unlocked lock. */
  public Lock() {}

  /**
   * The state of a lock at one moment.
   *
   * @param locked whether the lock is locked
   * @param owner the task that took it, or null if it is not locked or was taken in a callback
   * @param tasksWaiting how many tasks wait for it
   */
  public record Statistics(boolean locked, @Nullable Task<?> owner, int tasksWaiting) {}

  /**
   * Gives this lock a name for reports.
   *
   * @param newName the name
   * @return this lock
   */
  public Lock named(String newName) {
    name = Objects.requireNonNull(newName, "newName");
    return this;
  }

  /**
   * Suspends the calling task until the lock is free, and takes it. Returns at once if it is free
   * and nobody waits.
   *
   * <p><b>Cancellation.</b> A task that is cancelled while it waits does not get the lock; if it
   * was its turn, the next one's comes.
   *
   * @throws CancellationException if the task was cancelled while it waited
   * @throws IllegalStateException if it must wait and the caller is no task, or is a task of
   *     another loop than those that have waited before
   */
  public void acquire() {
    if (locked || waiters.live() > 0) {
      checkHolderIsHere();
      awaitTurn();
    }
    locked = true;
    owner = Task.current();
  }

  private void awaitTurn() {
    try {
      waiters.await("Lock.acquire");
    } catch (CancellationException e) {
      if (!locked) {
        waiters.wakeFirst();
      }
      throw e;
    }
  }

  /** A lock that two loops use would be released on one and waited for on the other. */
  private void checkHolderIsHere() {
    Task<?> holder = owner;
    Task<?> asking = Task.current();
    if (holder != null && asking != null && holder.owner() != asking.owner()) {
      throw new IllegalStateException(
          this
              + " belongs to loop "
              + holder.owner().name()
              + ", where it is held, but was asked for on loop "
              + asking.owner().name()
              + "; use one lock for each loop");
    }
  }

  /**
   * Takes the lock as {@link #acquire()} does, for a try-with-resources statement.
   *
   * @return what releases the lock when it is closed
   * @throws CancellationException if the task was cancelled while it waited
   * @throws IllegalStateException as for {@link #acquire()}
   */
  public Hold hold() {
    acquire();
    return new Hold(this::release);
  }

  /**
   * Releases the lock. Does not suspend; the first task that waits gets it in the loop's next turn.
   *
   * @throws IllegalStateException if the lock is not locked
   * @throws WrongThreadException if tasks of a loop have waited for it and the caller is not on
   *     that loop's thread
   */
  public void release() {
    waiters.checkThread("Lock.release");
    if (!locked) {
      throw new IllegalStateException(
          label() + " is not locked; release() was called once too often");
    }
    locked = false;
    owner = null;
    waiters.wakeFirst();
  }

  /**
   * Tells whether a task holds the lock.
   *
   * @return whether the lock is locked
   */
  public boolean isLocked() {
    return locked;
  }

  /**
   * Returns the state of this lock.
   *
   * @return who holds it, and how many wait
   */
  public Statistics statistics() {
    return new Statistics(locked, owner, waiters.live());
  }

  private String label() {
    return WaitLine.label("Lock", name);
  }

  @Override
  public String toString() {
    Task<?> holder = owner;
    return label()
        + (!locked
            ? " (unlocked)"
            : holder == null ? " (locked)" : " (locked by " + holder.describe() + ")");
  }
}
