package io.asyncio4j;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/**
 * A scope of the calling task that can be left early: when it is cancelled, by hand or by its
 * deadline, its body ends at the next suspension, and the task goes on behind the scope without an
 * exception.
 *
 * {@snippet :
 * CancelScope search = CancelScope.create();
 * boolean finished = search.run(() -> askAll(shops, search::cancel));
 * }
 *
 * <p>Only its own cancellation ends here: one from outside passes, and of nested scopes the
 * outermost that was cancelled is the one that ends. The cancellation is delivered once: a body
 * that catches it goes on.
 *
 * <p>{@link Asyncio#moveOnAfter} is the short form for a deadline, {@link Timeout} the scope that
 * throws when its time has passed, {@link Asyncio#shielded} the one that keeps cancels off.
 *
 * <p>asyncio has no counterpart; {@code CancelScope} of Trio and AnyIO is one, but there each
 * suspension in a cancelled scope throws.
 */
public final class CancelScope {
  private static final String CANCELLED = "the scope was cancelled";
  private static final String DEADLINE = "the deadline of the scope has passed";

  private final DeadlineScope scope;
  private boolean cancelledCaught;

  private CancelScope(long when) {
    scope = new DeadlineScope("cancel scope", when);
  }

  /**
   * Creates a scope without a deadline.
   *
   * @return a scope to {@link #run}
   * @throws IllegalStateException if called outside a running loop
   */
  public static CancelScope create() {
    return new CancelScope(DeadlineScope.NEVER);
  }

  /**
   * Creates a scope whose deadline is a delay from now.
   *
   * @param delay the delay on the loop's clock; zero or less cancels at the first suspension
   * @return a scope to {@link #run}
   * @throws IllegalStateException if called outside a running loop
   */
  public static CancelScope after(Duration delay) {
    return new CancelScope(EventLoop.running().deadlineAfter(delay));
  }

  /**
   * Creates a scope with a deadline on the loop's clock.
   *
   * @param when nanoseconds on the scale of {@link EventLoop#time()}, or {@link Timeout#NEVER}
   * @return a scope to {@link #run}
   * @throws IllegalStateException if called outside a running loop
   */
  public static CancelScope at(long when) {
    return new CancelScope(when);
  }

  /**
   * Returns the deadline.
   *
   * @return nanoseconds on the scale of {@link EventLoop#time()}, or {@link Timeout#NEVER}
   */
  public long when() {
    return scope.when();
  }

  /**
   * Moves the deadline to a delay from now.
   *
   * @param delay the delay on the loop's clock; zero or less cancels soon
   * @throws IllegalStateException if the scope was cancelled or has ended
   * @throws WrongThreadException if called on a thread other than the loop's
   */
  public void reschedule(Duration delay) {
    reschedule(scope.loop().deadlineAfter(delay));
  }

  /**
   * Moves the deadline.
   *
   * @param newWhen nanoseconds on the scale of {@link EventLoop#time()}; one in the past cancels
   *     soon, and {@link Timeout#NEVER} takes the deadline away
   * @throws IllegalStateException if the scope was cancelled or has ended
   * @throws WrongThreadException if called on a thread other than the loop's
   */
  public void reschedule(long newWhen) {
    scope.reschedule(newWhen, DEADLINE);
  }

  /**
   * Cancels the body. Does not suspend. May be called by the body itself, whose next suspension
   * then ends it, and by any other task or callback of the loop; before the scope has begun, so
   * that the body ends at its first suspension. A second call has no effect, nor has one after the
   * end.
   *
   * @throws WrongThreadException if called on a thread other than the loop's
   */
  public void cancel() {
    scope.cancel(CANCELLED);
  }

  /**
   * Tells whether this scope was cancelled before it ended, by {@link #cancel()} or its deadline.
   *
   * @return whether a cancel was asked for
   */
  public boolean cancelCalled() {
    return scope.cancelCalled();
  }

  /**
   * Tells whether the body ended by this scope's cancel, and not by itself.
   *
   * @return whether a cancellation ended here
   */
  public boolean cancelledCaught() {
    return cancelledCaught;
  }

  /**
   * Runs a body in the calling task.
   *
   * @param body the scope
   * @return what the body returned; empty if this scope's cancel ended it, or if it returned null
   * @param <T> the type of the value
   * @param <X> the checked exception that the body throws
   * @throws X what the body threw
   * @throws CancellationException if the task was cancelled from outside
   * @throws IllegalStateException if run a second time, or outside a task
   */
  public <T, X extends Exception> Optional<T> run(ThrowingCallable<? extends @Nullable T, X> body)
      throws X {
    scope.enter(DEADLINE);
    @Nullable T result;
    try {
      result = body.call();
    } catch (Throwable e) { // whatever leaves the scope is looked at
      CancellationException cancellation = scope.cancellationIn(e);
      boolean own = scope.exit();
      if (own && cancellation != null) {
        cancelledCaught = true;
        return Optional.empty();
      }
      throw Rethrow.<RuntimeException>as(cancellation != null ? cancellation : e);
    }
    scope.exit();
    return Optional.ofNullable(result);
  }

  /**
   * Runs a body in the calling task.
   *
   * @param body the scope
   * @return whether the body ended by itself; false if this scope's cancel ended it
   * @param <X> the checked exception that the body throws
   * @throws X what the body threw
   * @throws CancellationException if the task was cancelled from outside
   * @throws IllegalStateException if run a second time, or outside a task
   */
  public <X extends Exception> boolean run(ThrowingRunnable<X> body) throws X {
    this.<Object, X>run(Asyncio.valued(body));
    return !cancelledCaught;
  }

  @Override
  public String toString() {
    return scope.toString();
  }
}
