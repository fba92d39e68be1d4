package io.asyncio4j;

import java.time.Duration;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/**
 * A deadline for a scope of the calling task, which can be moved while the scope runs.
 *
 * <p>When the deadline passes, the task is cancelled inside the scope, and the scope ends with a
 * {@link TimeoutException}. Only its own cancellation is turned into that exception: one from
 * outside passes, and of nested scopes the outermost that has expired wins. Another exception that
 * the body throws when it is cancelled by the deadline passes too, with the {@link
 * TimeoutException} as a suppressed one.
 *
 * <p>{@link Asyncio#timeout} is the short form for a deadline that does not move.
 *
 * <p>Counterpart of {@code asyncio.Timeout}, but a blocking call of another library that was
 * interrupted by the deadline counts as well, whatever it threw.
 */
public final class Timeout {
  /* From asyncio 3.14's timeouts.py. */

  private enum Stage {
    CREATED,
    ENTERED,
    EXPIRING,
    EXPIRED,
    EXITED
  }

  private final EventLoop loop = EventLoop.current();
  private final String what;
  private Stage stage = Stage.CREATED;
  private long when;
  private @Nullable Task<?> task;
  private @Nullable Handle timer;

  private Timeout(long when, String what) {
    this.when = when;
    this.what = what;
  }

  /**
   * Creates a timeout whose deadline is a delay from now.
   *
   * @param delay the delay on the loop's clock; zero or less cancels at the first suspension
   * @return a timeout to {@link #run}
   * @throws IllegalStateException if called outside a running loop
   */
  public static Timeout after(Duration delay) {
    return new Timeout(EventLoop.current().deadlineAfter(delay), "within " + delay);
  }

  /**
   * Returns the deadline.
   *
   * @return nanoseconds on the scale of {@link EventLoop#time()}
   */
  public long when() {
    return when;
  }

  /**
   * Tells whether the deadline passed while the scope ran.
   *
   * @return whether the scope was cancelled by this timeout
   */
  public boolean expired() {
    return stage == Stage.EXPIRING || stage == Stage.EXPIRED;
  }

  /**
   * Moves the deadline of the scope that runs.
   *
   * @param newWhen nanoseconds on the scale of {@link EventLoop#time()}; one in the past expires
   *     soon
   * @throws IllegalStateException if the scope has not begun, has expired or has ended
   */
  public void reschedule(long newWhen) {
    if (stage != Stage.ENTERED) {
      throw new IllegalStateException(
          "the deadline of a timeout that is " + stage + " cannot be moved");
    }
    if (timer != null) {
      timer.cancel();
    }
    when = newWhen;
    timer =
        newWhen <= loop.time() ? loop.callSoon(this::expire) : loop.callAt(newWhen, this::expire);
  }

  private void expire() {
    Task<?> entered = task;
    if (stage == Stage.ENTERED && entered != null) {
      stage = Stage.EXPIRING;
      entered.cancel("timeout: not done " + what);
    }
  }

  /**
   * Runs a body in the calling task under this deadline.
   *
   * @param body the scope
   * @return what the body returned
   * @param <T> the type of the value
   * @param <X> the checked exception that the body throws
   * @throws X what the body threw
   * @throws TimeoutException if the deadline passed and the body ended by it
   * @throws CancellationException if the task was cancelled from outside
   * @throws IllegalStateException if run a second time, or outside a task
   */
  public <T extends @Nullable Object, X extends Exception> T run(ThrowingCallable<T, X> body)
      throws X {
    if (stage != Stage.CREATED) {
      throw new IllegalStateException("a timeout can be run once; this one is " + stage);
    }
    Task<?> entered = Task.requireCurrent("a timeout");
    task = entered;
    int cancelling = entered.cancelling();
    stage = Stage.ENTERED;
    reschedule(when);
    T result;
    try {
      result = body.call();
    } catch (Throwable e) { // whatever leaves the scope is looked at, and is rethrown
      Throwable outcome = exit(entered, cancelling, e);
      throw Rethrow.<RuntimeException>as(outcome != null ? outcome : e);
    }
    exit(entered, cancelling, null);
    return result;
  }

  /** Ends the scope; returns what to throw, or null where it ended well. */
  private @Nullable Throwable exit(Task<?> entered, int cancelling, @Nullable Throwable thrown) {
    if (timer != null) {
      timer.cancel();
    }
    CancellationException cancellation = thrown == null ? null : Cancellation.of(entered, thrown);
    Throwable outcome = cancellation != null ? cancellation : thrown;
    if (stage != Stage.EXPIRING) {
      stage = Stage.EXITED;
      return outcome;
    }
    stage = Stage.EXPIRED;
    entered.clearOwnInterrupt();
    if (entered.uncancel() > cancelling || thrown == null) {
      return outcome;
    }
    TimeoutException timedOut =
        new TimeoutException("not done " + what, cancellation == null ? null : thrown);
    if (cancellation != null) {
      return timedOut;
    }
    thrown.addSuppressed(timedOut);
    return thrown;
  }
}
