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
 * <p>{@link Asyncio#timeout} is the short form for a deadline that does not move, {@link
 * CancelScope} the scope that ends without an exception.
 *
 * <p>Wherever a time is given as a {@link Duration}, it counts from now; as a {@code long}, it is a
 * time on the scale of {@link EventLoop#time()}.
 *
 * <p>Counterpart of {@code asyncio.Timeout}, but a blocking call of another library that was
 * interrupted by the deadline counts as well, whatever it threw.
 */
public final class Timeout {
  /**
   * The deadline that never comes, for {@link #at}, {@link #reschedule(long)} and {@link #when}.
   */
  public static final long NEVER = DeadlineScope.NEVER;

  private static final String BY_ITS_DEADLINE = "by its deadline";

  private final DeadlineScope scope;
  private String what;

  private Timeout(long when, String what) {
    this.scope = new DeadlineScope("timeout", when);
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
    return new Timeout(EventLoop.running().deadlineAfter(delay), "within " + delay);
  }

  /**
   * Creates a timeout with a deadline on the loop's clock.
   *
   * <p>Counterpart of {@code asyncio.timeout_at}.
   *
   * @param when nanoseconds on the scale of {@link EventLoop#time()}, or {@link #NEVER}
   * @return a timeout to {@link #run}
   * @throws IllegalStateException if called outside a running loop
   */
  public static Timeout at(long when) {
    return new Timeout(when, BY_ITS_DEADLINE);
  }

  /**
   * Creates a timeout without a deadline, which can be given one by {@link #reschedule(Duration)}
   * once it runs.
   *
   * <p>Counterpart of {@code asyncio.timeout(None)}.
   *
   * @return a timeout to {@link #run}
   * @throws IllegalStateException if called outside a running loop
   */
  public static Timeout never() {
    return at(NEVER);
  }

  /**
   * Returns the deadline.
   *
   * @return nanoseconds on the scale of {@link EventLoop#time()}, or {@link #NEVER}
   */
  public long when() {
    return scope.when();
  }

  /**
   * Tells whether the deadline passed while the scope ran.
   *
   * @return whether the scope was cancelled by this timeout
   */
  public boolean expired() {
    return scope.cancelCalled();
  }

  /**
   * Moves the deadline of the scope that runs to a delay from now.
   *
   * @param delay the delay on the loop's clock; zero or less expires soon
   * @throws IllegalStateException if the scope has not begun, has expired or has ended
   * @throws WrongThreadException if called on a thread other than the loop's
   */
  public void reschedule(Duration delay) {
    move(scope.loop().deadlineAfter(delay), "within " + delay + " of its last extension");
  }

  /**
   * Moves the deadline of the scope that runs.
   *
   * <p>Counterpart of {@code Timeout.reschedule}.
   *
   * @param newWhen nanoseconds on the scale of {@link EventLoop#time()}; one in the past expires
   *     soon, and {@link #NEVER} takes the deadline away
   * @throws IllegalStateException if the scope has not begun, has expired or has ended
   * @throws WrongThreadException if called on a thread other than the loop's
   */
  public void reschedule(long newWhen) {
    move(newWhen, BY_ITS_DEADLINE);
  }

  private void move(long newWhen, String newWhat) {
    if (!scope.isRunning()) {
      throw new IllegalStateException(
          "the deadline of a timeout can be moved while it runs; this one "
              + (expired() ? "has expired" : "has not begun or has ended"));
    }
    what = newWhat;
    scope.reschedule(newWhen, cancelMessage());
  }

  private String cancelMessage() {
    return "timeout: not done " + what;
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
    scope.enter(cancelMessage());
    T result;
    try {
      result = body.call();
    } catch (Throwable e) { // whatever leaves the scope is looked at, and is rethrown
      throw Rethrow.<RuntimeException>as(outcome(e));
    }
    scope.exit();
    return result;
  }

  /**
   * Runs a body as {@link #run(ThrowingCallable)} does.
   *
   * @param body the scope
   * @param <X> the checked exception that the body throws
   * @throws X what the body threw
   */
  public <X extends Exception> void run(ThrowingRunnable<X> body) throws X {
    this.<@Nullable Void, X>run(Asyncio.valued(body));
  }

  /** Ends the scope; returns what to throw. */
  private Throwable outcome(Throwable thrown) {
    CancellationException cancellation = scope.cancellationIn(thrown);
    if (!scope.exit()) {
      return cancellation != null ? cancellation : thrown;
    }
    if (cancellation != null) {
      return new TimeoutException("not done " + what, thrown);
    }
    thrown.addSuppressed(new TimeoutException("not done " + what, null));
    return thrown;
  }

  @Override
  public String toString() {
    return scope.toString();
  }
}
