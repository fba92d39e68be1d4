package io.asyncio4j;

import java.util.Objects;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/**
 * A flag that the tasks of one loop can wait for. It is not for threads.
 *
 * <p>Counterpart of {@code asyncio.Event}; its {@code wait} is {@link #await()}, since {@code wait}
 * is taken in every Java object.
 */
public final class Event {
  private final WaitLine waiters =
      new WaitLine() {
        @Override
        public String describe() {
          return Event.this.toString();
        }
      };
  private @Nullable String name;
  private boolean set;

  /** Creates an event that is not set. */
  public Event() {}

  /**
   * The state of an event at one moment.
   *
   * @param set whether it is set
   * @param tasksWaiting how many tasks wait for it
   */
  public record Statistics(boolean set, int tasksWaiting) {}

  /**
   * Gives this event a name for reports.
   *
   * @param newName the name
   * @return this event
   */
  public Event named(String newName) {
    name = Objects.requireNonNull(newName, "newName");
    return this;
  }

  /**
   * Suspends the calling task until the event is set. Returns at once if it is.
   *
   * @throws CancellationException if the task was cancelled while it waited
   * @throws IllegalStateException if it must wait and the caller is no task, or is a task of
   *     another loop than those that have waited before
   */
  public void await() {
    if (!set) {
      waiters.await("Event.await");
    }
  }

  /**
   * Sets the event: all tasks that wait go on in the loop's next turn, in the order in which they
   * began to wait, even if the event is cleared before. Does not suspend.
   *
   * @throws WrongThreadException if tasks of a loop have waited for it and the caller is not on
   *     that loop's thread; use {@code loop.callSoonThreadsafe(event::set)}
   */
  public void set() {
    waiters.checkThread("Event.set");
    if (!set) {
      set = true;
      waiters.wakeAll();
    }
  }

  /** Clears the event, so that {@link #await()} waits again. Does not suspend. */
  public void clear() {
    set = false;
  }

  /**
   * Tells whether the event is set.
   *
   * @return whether {@link #await()} would return at once
   */
  public boolean isSet() {
    return set;
  }

  /**
   * Returns the state of this event.
   *
   * @return whether it is set, and how many wait
   */
  public Statistics statistics() {
    return new Statistics(set, waiters.live());
  }

  @Override
  public String toString() {
    return WaitLine.label("Event", name) + (set ? " (set)" : " (not set)");
  }
}
