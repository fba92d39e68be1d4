package io.asyncio4j.testing;

import io.asyncio4j.Event;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;

/**
 * An order that a test imposes on parts of several tasks.
 *
 * {@snippet :
 * Sequencer order = new Sequencer();
 * Task<Void> writer =
 *     createTask(
 *         () -> {
 *           try (var _ = order.step(1)) {
 *             file.write();
 *           }
 *         });
 * try (var _ = order.step(0)) {
 *   file.open();
 * }
 * try (var _ = order.step(2)) {
 *   file.read();
 * }
 * }
 *
 * <p>It is for the tasks of one loop, not for threads.
 *
 * <p>Counterpart of Trio's {@code trio.testing.Sequencer}; asyncio has none.
 */
public final class Sequencer {
  private final Map<Integer, Event> turns = new HashMap<>();
  private final Set<Integer> claimed = new HashSet<>();
  private boolean broken;

  /** Creates an order of which no step has begun. */
  public Sequencer() {}

  /** A step that has begun, ended by closing. */
  public interface Step extends AutoCloseable {
    /** Ends the step, so that the next may begin. Does not suspend. */
    @Override
    void close();
  }

  /**
   * Suspends the calling task until the step before this one has ended. Step 0 begins at once.
   *
   * <p><b>Cancellation.</b> A step whose task is cancelled while it waits never comes, so those
   * that wait for later ones fail.
   *
   * @param number the step's number, counted from 0; each is used once
   * @return the step, to be closed
   * @throws IllegalArgumentException if the number is negative
   * @throws IllegalStateException if the step was begun already, if an earlier one can never come,
   *     or if it must wait and the caller is no task
   * @throws CancellationException if the task was cancelled while it waited
   */
  public Step step(int number) {
    if (number < 0) {
      throw new IllegalArgumentException("there is no step " + number + "; count from 0");
    }
    if (!claimed.add(number)) {
      throw new IllegalStateException("step " + number + " was begun already; use each once");
    }
    requireUnbroken(number);
    if (number > 0) {
      try {
        turn(number).await();
      } catch (CancellationException e) {
        broken = true;
        turns.values().forEach(Event::set);
        throw e;
      }
      requireUnbroken(number);
    }
    return () -> turn(number + 1).set();
  }

  private Event turn(int number) {
    return turns.computeIfAbsent(number, _ -> new Event());
  }

  private void requireUnbroken(int number) {
    if (broken) {
      throw new IllegalStateException(
          "step " + number + " can never begin, since an earlier one was cancelled");
    }
  }
}
