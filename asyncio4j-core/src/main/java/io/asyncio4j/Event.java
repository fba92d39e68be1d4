package io.asyncio4j;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/**
 * A flag that the tasks of one loop can wait for. It is not for threads.
 *
 * <p>Counterpart of {@code asyncio.Event}; its {@code wait} is {@link #await()}, since {@code wait}
 * is taken in every Java object.
 */
public final class Event {
  private final Set<Future<@Nullable Void>> waiters = new LinkedHashSet<>();
  private boolean set;

  /** Creates an event that is not set. */
  public Event() {}

  /**
   * Suspends the calling task until the event is set. Returns at once if it is.
   *
   * @throws CancellationException if the task was cancelled while it waited
   * @throws IllegalStateException if it must wait and the caller is no task
   */
  public void await() {
    if (set) {
      return;
    }
    Future<@Nullable Void> wake = EventLoop.current().createFuture();
    waiters.add(wake);
    try {
      wake.await();
    } finally {
      waiters.remove(wake);
    }
  }

  /**
   * Sets the event: all tasks that wait go on in the loop's next turn, in the order in which they
   * began to wait, even if the event is cleared before. Does not suspend.
   */
  public void set() {
    if (!set) {
      set = true;
      for (Future<@Nullable Void> waiter : List.copyOf(waiters)) {
        if (!waiter.isDone()) {
          waiter.setResult(null);
        }
      }
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
}
