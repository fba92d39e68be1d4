package io.asyncio4j.testing;

import static io.asyncio4j.Asyncio.createTask;
import static io.asyncio4j.Asyncio.currentTask;
import static io.asyncio4j.Asyncio.sleep;
import static io.asyncio4j.Asyncio.waitFor;
import static io.asyncio4j.testing.PlantedTests.run;
import static io.asyncio4j.testing.PlantedTests.runOne;
import static java.time.Duration.ZERO;
import static java.time.Duration.ofDays;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.asyncio4j.EventLoop;
import io.asyncio4j.Future;
import io.asyncio4j.Lock;
import io.asyncio4j.Queue;
import io.asyncio4j.Task;
import io.asyncio4j.TimeoutException;
import io.asyncio4j.testing.PlantedTests.Outcome;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.junit.platform.engine.TestExecutionResult.Status;

/** What an {@link AsyncTest} is given, and each way in which it fails. */
class AsyncTestTest {

  // ---- what it is given

  @AsyncTest
  void waitFor_tooSlow_timesOut(TestScope scope) {
    assertThrows(
        TimeoutException.class, () -> waitFor(() -> sleep(ofDays(1), "late"), ofSeconds(10)));
    scope.assertElapsed(ofSeconds(10));
  }

  @AsyncTest
  void parameters_areOfThisTestsLoop(TestScope scope, VirtualClock clock, EventLoop loop) {
    assertThat(loop).isSameAs(EventLoop.current());
    assertThat(clock).isSameAs(scope.clock());
    assertThat(loop.name()).isEqualTo("parameters_areOfThisTestsLoop");
    sleep(ofSeconds(1));
    assertThat(clock.nanoTime()).isEqualTo(loop.time()).isEqualTo(1_000_000_000);
    assertThat(scope.seed()).isEmpty();
  }

  @AsyncTest(autojump = false)
  void autojumpOff_clockStandsStill(VirtualClock clock) {
    Task<?> sleeper = createTask(() -> sleep(ofSeconds(1)));
    clock.runUntilIdle();
    AsyncAssertions.assertPending(sleeper);
    clock.advance(ofSeconds(1));
    AsyncAssertions.assertResult(null, sleeper);
  }

  @AsyncTest(seed = {5, 6})
  void seed_isTold(TestScope scope) {
    assertThat(scope.seed().getAsLong()).isBetween(5L, 6L);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  @AsyncTest
  void parameterizedTest_runsOnALoopForEach(int seconds, TestScope scope) {
    sleep(ofSeconds(seconds));
    scope.assertElapsed(ofSeconds(seconds));
  }

  @Nested
  @ParameterizedClass
  @ValueSource(ints = {1, 2})
  class InParameterizedClasses {
    @Parameter int seconds;

    @AsyncTest(seeds = 3)
    void seeds_runForEachArgument(TestScope scope) {
      sleep(ofSeconds(seconds));
      scope.assertElapsed(ofSeconds(seconds));
    }
  }

  @Nested
  class InNestedClasses {
    private final List<String> steps = new ArrayList<>();
    private @Nullable Task<?> background;
    private @Nullable EventLoop loop;

    @BeforeEach
    void start(TestScope scope) {
      loop = EventLoop.current();
      background =
          createTask(
              () -> {
                while (true) {
                  sleep(ofSeconds(1));
                  steps.add("tick");
                }
              });
      sleep(ofSeconds(1));
      scope.mark("begun");
    }

    @AsyncTest
    void beforeEachAndAfterEach_runOnTheTestsLoop(TestScope scope) {
      assertThat(EventLoop.current()).isSameAs(loop);
      assertThat(scope.trail()).containsExactly("begun");
      sleep(ofSeconds(2).plusMillis(1));
      assertThat(steps).containsExactly("tick", "tick", "tick");
    }

    @AfterEach
    void stop(TestScope scope) {
      assertThat(EventLoop.current()).isSameAs(loop);
      scope.assertElapsed(ofSeconds(3).plusMillis(1));
      Task<?> ticking = background;
      assertThat(ticking).isNotNull();
      ticking.cancel();
      sleep(ZERO);
      sleep(ZERO);
    }
  }

  // ---- tests that can never end

  static class TwoThatAwaitEachOther {
    @AsyncTest
    void test() {
      List<Task<?>> tasks = new ArrayList<>();
      tasks.add(createTask("left", () -> tasks.get(1).await()));
      tasks.add(createTask("right", () -> tasks.get(0).await()));
      tasks.get(0).await();
    }
  }

  @Test
  void tasksAwaitEachOther_failsWithTheCircle() {
    Outcome outcome = runOne(TwoThatAwaitEachOther.class);
    assertThat(outcome.failure()).isInstanceOf(AssertionError.class);
    assertThat(outcome.message())
        .startsWith("deadlock: all 3 tasks of loop test wait")
        .contains("cycle: Task 'left' -> Task 'right' -> Task 'left'")
        .contains("at io.asyncio4j.testing.AsyncTestTest$TwoThatAwaitEachOther.");
  }

  static class QueueThatNobodyFeeds {
    @AsyncTest
    void test() {
      Queue<String> orders = new Queue<>();
      createTask("cook", () -> orders.get()).await();
    }
  }

  @Test
  void queueThatNobodyFeeds_failsAtOnce() {
    Outcome outcome = runOne(QueueThatNobodyFeeds.class);
    assertThat(outcome.message())
        .startsWith("deadlock: all 2 tasks of loop test wait, and nothing is left")
        .contains("Task 'cook' waits for ")
        .contains("AsyncTestTest.java:");
  }

  static class LockHeldByAWaitingTask {
    @AsyncTest
    void test() {
      Lock lock = new Lock();
      Queue<String> answers = new Queue<>();
      createTask(
          "holder",
          () -> {
            try (var _ = lock.hold()) {
              answers.get();
            }
          });
      Task<?> answering =
          createTask(
              "answering",
              () -> {
                try (var _ = lock.hold()) {
                  answers.put("yes");
                }
              });
      answering.await();
    }
  }

  @Test
  void lockHeldByAWaitingTask_failsWithTheHolder() {
    assertThat(runOne(LockHeldByAWaitingTask.class).message())
        .startsWith("deadlock: all 3 tasks of loop test wait, and nothing is left")
        .contains("Task 'answering' waits for ")
        .contains(", held by Task 'holder'");
  }

  // ---- limits of time

  static class Polling {
    @AsyncTest(timeLimit = "PT10S")
    void test() {
      Future<String> never = EventLoop.current().createFuture();
      while (!never.isDone()) {
        sleep(ofMillis(100));
      }
    }
  }

  @Test
  void timeLimit_passedByPolling_fails() {
    assertThat(runOne(Polling.class).message())
        .startsWith("the test passed its limit of PT10S of virtual time")
        .contains("Task-1");
  }

  @AsyncTest(timeLimit = "PT10S")
  void timeLimit_passedOnPurpose_isNotCounted(VirtualClock clock) {
    clock.jump(ofDays(1));
    clock.advance(ofDays(1));
    sleep(ofSeconds(10));
  }

  static class HoldingTheLoop {
    static volatile boolean release;

    @AsyncTest(realTimeLimit = "PT1S")
    void test() {
      createTask("spinning", HoldingTheLoop::spin).await();
    }

    private static void spin() {
      while (!release) {
        Thread.onSpinWait();
      }
    }
  }

  @Test
  void realTimeLimit_taskHoldsTheLoop_failsAndNamesIt() {
    try {
      Outcome outcome = runOne(HoldingTheLoop.class);
      assertThat(outcome.failure()).isInstanceOf(AssertionError.class);
      assertThat(outcome.message())
          .startsWith("the test took longer than its real time limit of PT1S")
          .contains("spinning")
          .contains("HoldingTheLoop.spin(AsyncTestTest.java:")
          .contains("its thread was left behind");
    } finally {
      HoldingTheLoop.release = true;
    }
  }

  static class WaitingForTheWorld {
    static final CountDownLatch OPENED = new CountDownLatch(1);

    @AsyncTest(realTimeLimit = "PT1S")
    void test(EventLoop loop) throws Exception {
      loop.runInExecutor(() -> OPENED.await(1, java.util.concurrent.TimeUnit.DAYS)).await();
    }
  }

  @Test
  void realTimeLimit_callInAnExecutor_fails() {
    try {
      assertThat(runOne(WaitingForTheWorld.class).message())
          .startsWith("the test took longer than its real time limit of PT1S")
          .contains("WaitingForTheWorld.test AsyncTestTest.java:");
    } finally {
      WaitingForTheWorld.OPENED.countDown();
    }
  }

  static class BadDuration {
    @AsyncTest(timeLimit = "10 s")
    void test() {}
  }

  @Test
  void timeLimit_notADuration_saysSo() {
    assertThat(runOne(BadDuration.class).message())
        .contains("@AsyncTest(timeLimit = \"10 s\") is no duration such as \"PT10S\"");
  }

  // ---- what is left behind

  static class LeavingATask {
    @AsyncTest
    void test() {
      createTask("forgotten", () -> sleep(ofDays(1)));
      sleep(ofSeconds(1));
    }
  }

  @Test
  void taskLeftPending_failsAndNamesIt() {
    assertThat(runOne(LeavingATask.class).message())
        .startsWith("the test left tasks pending; await them, cancel them, or")
        .contains("Task 'forgotten' (RUNNING)")
        .contains("created at io.asyncio4j.testing.AsyncTestTest$LeavingATask.")
        .doesNotContain("Task-1");
  }

  @AsyncTest
  void taskLeftPending_allowed_passes(TestScope scope) {
    scope.allowLeftOverTasks();
    createTask(() -> sleep(ofDays(1)));
  }

  static class LosingAFailure {
    @AsyncTest
    void test() {
      createTask(
          "lost",
          () -> {
            throw new IOException("disk full");
          });
      sleep(ofSeconds(1));
    }
  }

  @Test
  void failureThatNobodyRetrieved_fails() {
    Outcome outcome = runOne(LosingAFailure.class);
    assertThat(outcome.message())
        .contains("Task exception was never retrieved: Task 'lost' (FAILED), created at ")
        .contains("java.io.IOException: disk full");
    assertThat(outcome.failure()).hasCauseInstanceOf(IOException.class);
  }

  @AsyncTest
  void failureThatNobodyRetrieved_allowed_passes(TestScope scope) {
    scope.allowReports(report -> report.exception() instanceof IOException);
    new LosingAFailure().test();
  }

  static class LeavingAThread {
    static final CountDownLatch END = new CountDownLatch(1);

    @AsyncTest
    void test() {
      Thread.ofPlatform()
          .name("forgotten-thread")
          .start(
              () -> {
                try {
                  END.await();
                } catch (InterruptedException e) {
                  throw new IllegalStateException(e);
                }
              });
    }
  }

  @Test
  void threadLeftBehind_failsWithItsStack() {
    try {
      assertThat(runOne(LeavingAThread.class).message())
          .startsWith("threads left behind:")
          .contains("forgotten-thread")
          .contains("AsyncTestTest$LeavingAThread.");
    } finally {
      LeavingAThread.END.countDown();
    }
  }

  // ---- failures of its own

  static class FailingAndLeavingATask {
    @AsyncTest
    void test() throws IOException {
      createTask(() -> sleep(ofDays(1)));
      throw new IOException("of its own");
    }
  }

  @Test
  void bodyThrows_isReportedAsThrownAndAlone() {
    Throwable failure = runOne(FailingAndLeavingATask.class).failure();
    assertThat(failure).isInstanceOf(IOException.class).hasMessage("of its own");
    assertThat(failure).hasNoSuppressedExceptions();
  }

  // ---- seeds

  static class OrderByChance {
    static final List<String> RUNS = new ArrayList<>();
    private @Nullable String settings;

    @AsyncTest(seeds = 100)
    void test(TestScope scope) {
      RUNS.add(scope.seed().toString());
      createTask("load", () -> settings = "loaded");
      Task<?> user = createTask("use", () -> assertThat(settings).isEqualTo("loaded"));
      user.await();
    }
  }

  @Test
  void seeds_raceThatTheLoopsOwnOrderHides_isFoundAndNamed() {
    OrderByChance.RUNS.clear();
    List<Outcome> outcomes = run(OrderByChance.class);
    assertThat(outcomes.getFirst()).isEqualTo(new Outcome("in order", Status.SUCCESSFUL, null));
    Outcome found = outcomes.getLast();
    assertThat(found.status()).isEqualTo(Status.FAILED);
    String seed = found.name().replace("seed ", "");
    assertThat(found.message())
        .startsWith("with seed " + seed + ": ")
        .endsWith(
            "To run exactly this again: @AsyncTest(seed = "
                + seed
                + "), or -Dasyncio4j.seed="
                + seed);
    assertThat(outcomes.subList(0, outcomes.size() - 1))
        .extracting(Outcome::status)
        .containsOnly(Status.SUCCESSFUL);
    assertThat(OrderByChance.RUNS).as("none ran after the failure").hasSameSizeAs(outcomes);
  }

  @Test
  void seeds_propertySet_runsThatSeedOnly() {
    OrderByChance.RUNS.clear();
    System.setProperty(Seeds.PROPERTY, "42");
    try {
      run(OrderByChance.class);
      assertThat(OrderByChance.RUNS).containsExactly("OptionalLong[42]");
      System.setProperty(Seeds.PROPERTY, "x");
      assertThat(runOne(OrderByChance.class).message())
          .contains("the system property asyncio4j.seed is 'x'; give the number of a seed");
    } finally {
      System.clearProperty(Seeds.PROPERTY);
    }
  }

  static class Tracing {
    static final List<List<String>> TRACES = new ArrayList<>();

    @AsyncTest(seed = {3, 3, 4})
    void test(TestScope scope) {
      List<Task<?>> tasks = new ArrayList<>();
      for (String name : List.of("a", "b", "c", "d", "e")) {
        tasks.add(
            createTask(
                () -> {
                  for (int i = 0; i < 5; i++) {
                    scope.mark(name + i);
                    sleep(ZERO);
                  }
                }));
      }
      tasks.forEach(Future::await);
      TRACES.add(List.copyOf(scope.trail()));
    }
  }

  @Test
  void seed_givenAgain_givesTheSameTrace() {
    Tracing.TRACES.clear();
    assertThat(run(Tracing.class)).extracting(Outcome::status).containsOnly(Status.SUCCESSFUL);
    assertThat(Tracing.TRACES).hasSize(3);
    assertThat(Tracing.TRACES.get(1)).isEqualTo(Tracing.TRACES.get(0));
    assertThat(Tracing.TRACES.get(2)).isNotEqualTo(Tracing.TRACES.get(0));
  }

  static class LeavingATaskUnderASeed {
    @AsyncTest(seed = 9)
    void test() {
      createTask(() -> sleep(ofDays(1)));
    }
  }

  @Test
  void seed_failureAtTheEnd_namesItToo() {
    assertThat(runOne(LeavingATaskUnderASeed.class).message())
        .startsWith("with seed 9: the test left tasks pending")
        .endsWith("@AsyncTest(seed = 9), or -Dasyncio4j.seed=9");
  }

  static class AssumptionUnderASeed {
    @AsyncTest(seed = 9)
    void test() {
      assumeTrue(currentTask() == null, "never");
    }
  }

  @Test
  void seed_assumptionFails_isAbortedAndNotFailed() {
    assertThat(runOne(AssumptionUnderASeed.class).status()).isEqualTo(Status.ABORTED);
  }

  static class SeedsAndSeed {
    @AsyncTest(seeds = 2, seed = 1)
    void test() {}
  }

  static class NegativeSeeds {
    @AsyncTest(seeds = -2)
    void test() {}
  }

  static class SeedsOfAParameterized {
    @ParameterizedTest
    @ValueSource(ints = 1)
    @AsyncTest(seeds = 2)
    void test(int value) {
      assertThat(value).isOne();
    }
  }

  @Test
  void seeds_thatContradict_areRefused() {
    assertThat(runOne(SeedsAndSeed.class).message()).contains("both seed and seeds");
    assertThat(runOne(NegativeSeeds.class).message()).contains("(seeds = -2) is negative");
    assertThat(runOne(SeedsOfAParameterized.class).message())
        .contains("cannot be combined with @ParameterizedTest");
  }

  // ---- blocking calls of other libraries

  @AsyncTest
  @Tag("foreign-blocking")
  void foreignUntimedWait_letsTheClockJump(TestScope scope) throws InterruptedException {
    var items = new java.util.concurrent.LinkedBlockingQueue<String>();
    createTask(
        () -> {
          sleep(ofSeconds(5));
          items.add("item");
        });
    assertThat(items.take()).isEqualTo("item");
    scope.assertElapsed(ofSeconds(5));
  }

  @AsyncTest
  @Tag("foreign-blocking")
  void foreignTimedWait_keepsTheClock(TestScope scope) throws InterruptedException {
    Task<?> sleeper = createTask(() -> sleep(ofDays(1)));
    assertThat(new CountDownLatch(1).await(1, java.util.concurrent.TimeUnit.MILLISECONDS))
        .isFalse();
    scope.assertElapsed(ZERO);
    sleeper.await();
  }
}
