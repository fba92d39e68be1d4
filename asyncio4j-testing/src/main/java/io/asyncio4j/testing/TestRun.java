package io.asyncio4j.testing;

import io.asyncio4j.DeadlockReport;
import io.asyncio4j.EventLoop;
import io.asyncio4j.EventLoops;
import io.asyncio4j.LoopOptions;
import io.asyncio4j.Runner;
import io.asyncio4j.Task;
import io.asyncio4j.ThrowingCallable;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.opentest4j.AssertionFailedError;

/**
 * The loop of one test: runs bodies as main tasks, one after another, and looks at the end what
 * they left.
 */
final class TestRun implements AutoCloseable {
  /* The loop has a thread of its own, so that a task that never gives the loop back cannot keep the
  thread of the test with it. */

  private static final Duration TIME_TO_END = Duration.ofSeconds(5);
  private static final Duration NO_LIMIT = Duration.ofDays(365);
  private static final boolean DEBUGGER =
      ProcessHandle.current().info().arguments().stream()
          .flatMap(Arrays::stream)
          .anyMatch(argument -> argument.startsWith("-agentlib:jdwp"));

  private final TestScope scope;
  private final Duration realTime;
  private final Runner runner;
  private final String name;
  private boolean failed;
  private boolean abandoned;

  /**
   * How long a test may take.
   *
   * @param time by its loop's clock
   * @param realTime really
   * @param cushion how long nothing may happen, really, where only another thread could go on
   */
  record Limits(Duration time, Duration realTime, Duration cushion) {
    static final Limits DEFAULT =
        new Limits(Duration.ofDays(2), Duration.ofSeconds(30), Duration.ofSeconds(5));
  }

  TestRun(TestScope scope, LoopOptions options, Limits limits) {
    this.scope = scope;
    this.realTime = DEBUGGER ? NO_LIMIT : limits.realTime();
    // Not by runner.loop(): what no other thread can know, no other thread can bring to an end.
    runner =
        new Runner(
            options
                .withExceptionHandler(scope::record)
                .withDeadlockHandler(limits.cushion(), TestRun::failForDeadlock));
    name = options.name();
    scope
        .clock()
        .watch(
            limits.time(),
            limits.cushion(),
            new VirtualClock.Watch() {
              @Override
              public void passedLimit() {
                failForTime(limits.time());
              }

              @Override
              public void standsStill() {
                failForStandstill();
              }
            });
  }

  EventLoop loop() {
    return runner.loop();
  }

  /** Tells whether a task kept the loop, which was left to it. */
  boolean isAbandoned() {
    return abandoned;
  }

  /** Runs a body as the main task; returns or throws what it does. */
  <T extends @Nullable Object, X extends Exception> T run(ThrowingCallable<T, X> body) throws X {
    boolean passed = false;
    try {
      T result = inTime(new LoopThread<T, X>(name, thread -> runner.run(() -> thread.main(body))));
      passed = true;
      return result;
    } finally {
      failed |= !passed;
    }
  }

  /**
   * Closes the loop, and fails if tasks are left that the test did not allow; not where a body has
   * failed, for what it left behind would only hide why.
   */
  @Override
  public void close() {
    if (abandoned) {
      return;
    }
    inTime(
        new LoopThread<@Nullable Void, RuntimeException>(
            name,
            _ -> {
              try {
                if (!failed && !scope.leftOverAllowed()) {
                  failForLeftOver(loop().allTasks());
                }
              } finally {
                runner.close();
              }
              return null;
            }));
  }

  private <T extends @Nullable Object, X extends Exception> T inTime(LoopThread<T, X> thread)
      throws X {
    thread.start();
    try {
      if (thread.join(realTime)) {
        return thread.outcome();
      }
    } catch (InterruptedException e) {
      thread.cancelMain();
      if (thread.joinUninterruptibly(TIME_TO_END)) {
        Thread.currentThread().interrupt();
        return thread.outcome();
      }
      abandoned = true;
      Thread.currentThread().interrupt();
      throw new AssertionFailedError("the test was interrupted and did not end" + doing());
    }
    String doing = doing();
    thread.cancelMain();
    abandoned = !thread.joinUninterruptibly(TIME_TO_END);
    throw new AssertionFailedError(
        "the test took longer than its real time limit of "
            + realTime
            + doing
            + (abandoned
                ? "It did not end when it was cancelled; its thread was left behind"
                : ""));
  }

  /** Returns what the tasks are at, and which holds its loop. */
  private static String doing() {
    return ". What the loops of this JVM are at:\n" + EventLoops.tree();
  }

  private static void failForDeadlock(DeadlockReport report) {
    throw new AssertionFailedError(report.text());
  }

  private void failForStandstill() {
    throw new AssertionFailedError(
        "time stands still at "
            + scope.elapsed()
            + ": the clock does not jump by itself, and no task moves it; call clock.advance(...),"
            + " or turn autojump on. "
            + describe(loop().allTasks()));
  }

  private void failForTime(Duration limit) {
    throw new AssertionFailedError(
        "the test passed its limit of "
            + limit
            + " of virtual time; does it poll for what does not come? "
            + describe(loop().allTasks()));
  }

  private static void failForLeftOver(Set<Task<?>> tasks) {
    if (!tasks.isEmpty()) {
      throw new AssertionFailedError(
          "the test left tasks pending; await them, cancel them, or allowLeftOverTasks():"
              + describe(tasks));
    }
  }

  private static String describe(Set<Task<?>> tasks) {
    StringBuilder text = new StringBuilder();
    for (Task<?> task : tasks) {
      text.append("\n  ").append(task);
      String site = task.creationSite();
      if (site != null) {
        text.append(", created at ").append(site);
      }
    }
    return text.toString();
  }
}
