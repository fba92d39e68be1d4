package io.asyncio4j.testing;

import io.asyncio4j.LoopErrorContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.opentest4j.AssertionFailedError;

/**
 * What a test on a loop of its own says to that loop, and asks of it: its clock, the order of its
 * steps, what was reported, and what the test may leave behind.
 *
 * <p>A parameter of an {@link AsyncTest} method; {@link TestLoop} is one as well.
 *
 * <p>Its methods are for the test's tasks and callbacks and for the thread that runs the test,
 * except where they say otherwise. None of them suspends.
 */
public sealed class TestScope permits TestLoop {
  private final VirtualClock clock = new VirtualClock();
  private final List<LoopErrorContext> reports = new CopyOnWriteArrayList<>();
  private final List<String> trail = Collections.synchronizedList(new ArrayList<>());
  private volatile Predicate<? super LoopErrorContext> allowedReports = _ -> false;
  private volatile OptionalLong seed = OptionalLong.empty();
  private volatile boolean leftOverAllowed;
  private volatile boolean leftOverThreadsAllowed;
  private int steps;
  private boolean finished;

  TestScope() {}

  // ---- time

  /**
   * Returns the clock of the test's loop.
   *
   * @return the clock
   */
  public final VirtualClock clock() {
    return clock;
  }

  /**
   * Returns the time that has passed on the test's clock. May be called by any thread.
   *
   * @return the time
   */
  public final Duration elapsed() {
    return clock.elapsed();
  }

  /**
   * Asserts that exactly so much time has passed on the test's clock.
   *
   * @param expected the time
   * @throws AssertionError if it is another
   */
  public final void assertElapsed(Duration expected) {
    AsyncAssertions.checkElapsed(expected, elapsed());
  }

  // ---- order

  /**
   * Asserts that this is the n-th step of the test, counted from 1. Calls that are spread over
   * tasks and callbacks thus say in which order these are to run.
   *
   * <p>Counterpart of {@code expect} in the tests of kotlinx.coroutines.
   *
   * @param n the number that this step is to have
   * @throws AssertionError if another step is due, or after {@link #finish(int)}
   */
  public final void expect(int n) {
    if (finished) {
      throw new AssertionFailedError("step " + n + " came after the last, which was " + steps);
    }
    steps++;
    if (n != steps) {
      throw new AssertionFailedError(
          "step " + n + " came when step " + steps + " was due", steps, n);
    }
  }

  /**
   * Asserts as {@link #expect(int)} does that this is the n-th step, and that it is the last: the
   * test fails if another follows.
   *
   * @param n the number of steps
   * @throws AssertionError if another step is due
   */
  public final void finish(int n) {
    expect(n);
    finished = true;
  }

  /**
   * Notes a step, to be compared with {@link #trail()}. May be called by any thread.
   *
   * @param step what to note
   */
  public final void mark(String step) {
    trail.add(step);
  }

  /**
   * Returns the steps that were noted, in order. May be called by any thread.
   *
   * @return the steps, as they are when one looks
   */
  public final List<String> trail() {
    return Collections.unmodifiableList(trail);
  }

  /**
   * Returns the seed by which the order of ready tasks is shuffled.
   *
   * @return the seed, or empty for the loop's own order
   */
  public final OptionalLong seed() {
    return seed;
  }

  final void shuffleBy(OptionalLong newSeed) {
    seed = newSeed;
  }

  // ---- what goes wrong, and what is left

  /**
   * Returns what was reported to the loop's exception handler so far, and takes it: it no longer
   * fails the test. May be called by any thread.
   *
   * <p>A failure that nobody awaits is reported when its future is collected or the loop closes.
   * That is after the body of an {@link AsyncTest}, which says {@link #allowReports} instead.
   *
   * @return the reports, oldest first
   */
  public final List<LoopErrorContext> takeReports() {
    List<LoopErrorContext> taken = List.copyOf(reports);
    reports.removeAll(taken);
    return taken;
  }

  /**
   * Lets reports of a kind not fail the test, whenever they come. May be called by any thread. Of
   * several calls the last one counts.
   *
   * @param which tells whether a report is expected
   */
  public final void allowReports(Predicate<? super LoopErrorContext> which) {
    allowedReports = which;
  }

  /**
   * Adds a report, as a loop's exception handler does. For loops that the test makes itself: {@code
   * loop.exceptionHandler(scope::record)}. May be called by any thread.
   *
   * @param report the report
   */
  public final void record(LoopErrorContext report) {
    reports.add(report);
  }

  /** Lets the test leave tasks pending. They are cancelled at its end. */
  public final void allowLeftOverTasks() {
    leftOverAllowed = true;
  }

  /**
   * Lets the test leave threads behind that it started, such as those of a pool that other tests
   * use too.
   */
  public final void allowLeftOverThreads() {
    leftOverThreadsAllowed = true;
  }

  final boolean leftOverAllowed() {
    return leftOverAllowed;
  }

  /** Fails for reports that the test did not take and for threads that it left. */
  final void checkAtEnd(@Nullable LeakedThreads threads) throws InterruptedException {
    failForReports();
    List<Thread> left = threads == null || leftOverThreadsAllowed ? List.of() : threads.find();
    if (!left.isEmpty()) {
      throw new AssertionFailedError(LeakedThreads.describe(left));
    }
  }

  private void failForReports() {
    List<LoopErrorContext> untaken =
        takeReports().stream().filter(report -> !allowedReports.test(report)).toList();
    if (untaken.isEmpty()) {
      return;
    }
    StringBuilder text = new StringBuilder("the loop's exception handler was told");
    for (LoopErrorContext report : untaken) {
      text.append("\n  ").append(report.message());
      Throwable exception = report.exception();
      if (exception != null) {
        text.append(": ").append(exception);
      }
    }
    text.append("\nA test that expects this takes it: takeReports() or allowReports(...)");
    AssertionFailedError failure =
        new AssertionFailedError(text.toString(), untaken.getFirst().exception());
    untaken.stream()
        .skip(1)
        .map(LoopErrorContext::exception)
        .forEach(
            exception -> {
              if (exception != null) {
                failure.addSuppressed(exception);
              }
            });
    throw failure;
  }
}
