package io.asyncio4j.testing;

import io.asyncio4j.EventLoop;
import io.asyncio4j.Future;
import io.asyncio4j.ThrowingRunnable;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Future.State;
import org.jspecify.annotations.Nullable;
import org.opentest4j.AssertionFailedError;

/**
 * Assertions on tasks and futures, on the time that a body takes and on whether it suspends. They
 * throw {@link AssertionError} and need no assertion library.
 *
 * <p>None of them suspends by itself. Those on futures may be called by any thread.
 */
public final class AsyncAssertions {
  private AsyncAssertions() {}

  /**
   * Asserts that a future or task is not done.
   *
   * @param future the future
   * @throws AssertionError if it is done; a failure of it is the cause
   */
  public static void assertPending(Future<?> future) {
    requireState(State.RUNNING, future);
  }

  /**
   * Asserts that a future or task was cancelled.
   *
   * @param future the future
   * @throws AssertionError if it is pending or ended otherwise; a failure of it is the cause
   */
  public static void assertCancelled(Future<?> future) {
    requireState(State.CANCELLED, future);
  }

  /**
   * Asserts that a future or task has failed with an exception of a type, and takes the failure: it
   * is not reported as never retrieved.
   *
   * @param future the future
   * @param type the type, or a supertype, of the exception
   * @return the exception
   * @param <E> the type
   * @throws AssertionError if it is pending, ended otherwise or failed otherwise; what it failed
   *     with is the cause
   */
  public static <E extends Throwable> E assertFailed(Future<?> future, Class<E> type) {
    requireState(State.FAILED, future);
    Throwable failure = Objects.requireNonNull(future.exception());
    if (!type.isInstance(failure)) {
      throw new AssertionFailedError(
          future + " failed with " + failure + ", expected a " + type.getName(),
          type,
          failure.getClass(),
          failure);
    }
    return type.cast(failure);
  }

  /**
   * Asserts that a future or task has a result.
   *
   * @param expected the result, compared by {@code equals}
   * @param future the future
   * @throws AssertionError if it is pending, ended otherwise or has another result; a failure of it
   *     is the cause
   */
  public static void assertResult(@Nullable Object expected, Future<?> future) {
    requireState(State.SUCCESS, future);
    Object actual = future.result();
    if (!Objects.equals(expected, actual)) {
      throw new AssertionFailedError(
          future + " has the result " + actual + ", expected " + expected, expected, actual);
    }
  }

  private static void requireState(State expected, Future<?> future) {
    State actual = future.state();
    if (actual != expected) {
      throw new AssertionFailedError(
          future + " is " + describe(actual) + ", expected it to be " + describe(expected),
          expected,
          actual,
          actual == State.FAILED ? future.exception() : null);
    }
  }

  private static String describe(State state) {
    return switch (state) {
      case RUNNING -> "pending";
      case SUCCESS -> "done with a result";
      case FAILED -> "failed";
      case CANCELLED -> "cancelled";
    };
  }

  /**
   * Runs a body in the calling task and asserts how much time passes on the loop's clock meanwhile.
   *
   * @param expected the time, exactly; meant for a {@link VirtualClock}
   * @param body the body
   * @param <X> the checked exception that the body throws
   * @throws X what the body threw
   * @throws AssertionError if another time has passed
   * @throws IllegalStateException if the caller is neither a task nor a callback
   */
  public static <X extends Exception> void assertElapsed(
      Duration expected, ThrowingRunnable<X> body) throws X {
    EventLoop loop = EventLoop.current();
    long before = loop.time();
    body.run();
    checkElapsed(expected, Duration.ofNanos(loop.time() - before));
  }

  /**
   * Runs a body in the calling task and asserts that it does not suspend: nothing else of the loop
   * runs meanwhile.
   *
   * <p>Counterpart of Trio's {@code assert_no_checkpoints}.
   *
   * @param body the body
   * @param <X> the checked exception that the body throws
   * @throws X what the body threw
   * @throws AssertionError if it suspended
   * @throws IllegalStateException if the caller is neither a task nor a callback
   */
  public static <X extends Exception> void assertDoesNotSuspend(ThrowingRunnable<X> body) throws X {
    EventLoop loop = EventLoop.current();
    long before = loop.statistics().steps();
    body.run();
    if (loop.statistics().steps() != before) {
      throw new AssertionFailedError("the body suspended its task");
    }
  }

  /**
   * Runs a body in the calling task and asserts that it suspends at least once, so that others of
   * the loop can run.
   *
   * <p>Counterpart of Trio's {@code assert_checkpoints}, which asserts of each checkpoint that it
   * hears a cancellation too.
   *
   * @param body the body
   * @param <X> the checked exception that the body throws
   * @throws X what the body threw
   * @throws AssertionError if it did not suspend
   * @throws IllegalStateException if the caller is neither a task nor a callback
   */
  public static <X extends Exception> void assertSuspends(ThrowingRunnable<X> body) throws X {
    EventLoop loop = EventLoop.current();
    long before = loop.statistics().steps();
    body.run();
    if (loop.statistics().steps() == before) {
      throw new AssertionFailedError("the body did not suspend its task");
    }
  }

  static void checkElapsed(Duration expected, Duration actual) {
    if (!actual.equals(expected)) {
      throw new AssertionFailedError(
          actual + " of the loop's time have passed, expected " + expected, expected, actual);
    }
  }
}
