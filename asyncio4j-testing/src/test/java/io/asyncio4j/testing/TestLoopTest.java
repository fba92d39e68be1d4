package io.asyncio4j.testing;

import static io.asyncio4j.Asyncio.createTask;
import static io.asyncio4j.Asyncio.sleep;
import static java.time.Duration.ZERO;
import static java.time.Duration.ofDays;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.asyncio4j.EventLoop;
import io.asyncio4j.Future;
import io.asyncio4j.LoopErrorContext;
import io.asyncio4j.Task;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Runs by hand: their results, their limits, their order of steps, and what they leave. */
class TestLoopTest {
  @RegisterExtension final TestLoop loop = new TestLoop();

  @Test
  void sleep_aDay_takesNoTime() {
    loop.run(() -> sleep(Duration.ofDays(1)));
    loop.assertElapsed(Duration.ofDays(1));
  }

  // ---- runs

  @Test
  void run_severalTimes_goesOnOnTheSameClock() {
    assertThat(loop.<Integer, RuntimeException>run(() -> sleep(ofSeconds(1), 1))).isOne();
    assertThat(loop.<Integer, RuntimeException>run(() -> sleep(ofSeconds(1), 2))).isEqualTo(2);
    loop.assertElapsed(ofSeconds(2));
  }

  @Test
  void run_bodyThrows_throwsTheSameObject() {
    IOException failure = new IOException();
    assertThatThrownBy(
            () ->
                loop.run(
                    () -> {
                      throw failure;
                    }))
        .isSameAs(failure);
    StackOverflowError error = new StackOverflowError();
    assertThatThrownBy(
            () ->
                loop.run(
                    () -> {
                      throw error;
                    }))
        .isSameAs(error);
  }

  @Test
  void run_callerInterrupted_cancelsTheMainTaskAndKeepsTheFlag() {
    Thread caller = Thread.currentThread();
    assertThatThrownBy(
            () ->
                loop.run(
                    () -> {
                      EventLoop.current().callSoon(caller::interrupt);
                      EventLoop.current().createFuture().await();
                    }))
        .isInstanceOf(CancellationException.class);
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void run_tasksLeft_failsUnlessAllowed() {
    assertThatThrownBy(() -> loop.run(() -> createTask("left", () -> sleep(ofDays(1)))))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("Task 'left'")
        .hasMessageContaining("TestLoopTest.java:");
    loop.allowLeftOverTasks();
    loop.run(() -> createTask(() -> sleep(ofDays(1))));
  }

  // ---- limits

  @Test
  void timeLimit_passed_fails() {
    loop.timeLimit(ofSeconds(10));
    assertThatThrownBy(() -> loop.run(() -> sleep(ofSeconds(11))))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("limit of PT10S of virtual time");
    loop.assertElapsed(ZERO);
  }

  @Test
  void timeLimit_ofTheNextRun_beginsAnew() {
    loop.timeLimit(ofSeconds(10));
    loop.run(() -> sleep(ofSeconds(8)));
    loop.run(() -> sleep(ofSeconds(8)));
    loop.assertElapsed(ofSeconds(16));
  }

  @Test
  void realTimeLimit_loopIsFree_endsAllTasks() {
    CountDownLatch never = new CountDownLatch(1);
    Duration limit = ofMillis(50);
    while (loop.trail().isEmpty()) { // a slow machine may take longer than that to begin
      limit = limit.multipliedBy(2);
      loop.realTimeLimit(limit);
      assertThatThrownBy(() -> loop.run(() -> waitInExecutor(never)))
          .isInstanceOf(AssertionError.class)
          .hasMessageContaining("real time limit of " + limit);
    }
    never.countDown();
    assertThat(loop.trail()).containsExactly("began", "cleaned up");
  }

  private void waitInExecutor(CountDownLatch never) {
    loop.mark("began");
    try {
      EventLoop.current()
          .runInExecutor(
              Thread.ofVirtual()::start,
              () -> {
                never.await();
                return 1;
              })
          .await();
    } finally {
      loop.mark("cleaned up");
    }
  }

  @Test
  void autojumpOff_nobodyMovesTheClock_failsAndSaysSo() {
    loop.cushion(ofMillis(1));
    loop.clock().autojump(false);
    assertThatThrownBy(() -> loop.run(() -> sleep(ofSeconds(1))))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("time stands still at PT0S")
        .hasMessageContaining("call clock.advance(...), or turn autojump on");
  }

  @Test
  void futureThatOnlyAnotherThreadCouldComplete_isSuspected() {
    loop.cushion(ofMillis(1));
    assertThatThrownBy(
            () ->
                loop.run(
                    () -> {
                      Future<String> future = EventLoop.current().createFuture();
                      future.await();
                    }))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("suspected deadlock: the one task of loop test waits")
        .hasMessageContaining("TestLoopTest.java:");
  }

  @Test
  void futureThatAnotherThreadCompletes_isWaitedFor() {
    String result =
        loop.run(
            () -> {
              Future<String> future = EventLoop.current().createFuture();
              EventLoop current = EventLoop.current();
              Thread.ofPlatform()
                  .start(() -> current.callSoonThreadsafe(() -> future.setResult("outside")));
              return future.await();
            });
    assertThat(result).isEqualTo("outside");
  }

  // ---- order

  @Test
  void expect_inOrder_passes() {
    loop.run(
        () -> {
          loop.expect(1);
          Task<?> task =
              createTask(
                  () -> {
                    loop.expect(3);
                    sleep(ZERO);
                    loop.expect(5);
                  });
          loop.expect(2);
          sleep(ZERO);
          loop.expect(4);
          task.await();
          loop.finish(6);
        });
  }

  @Test
  void expect_outOfOrder_namesBoth() {
    loop.expect(1);
    assertThatThrownBy(() -> loop.expect(3))
        .isInstanceOf(AssertionError.class)
        .hasMessage("step 3 came when step 2 was due");
  }

  @Test
  void finish_stepsMissingOrFollowing_fails() {
    loop.expect(1);
    assertThatThrownBy(() -> loop.finish(3)).hasMessage("step 3 came when step 2 was due");
    loop.finish(3);
    assertThatThrownBy(() -> loop.expect(4)).hasMessage("step 4 came after the last, which was 3");
  }

  @Test
  void seed_sameAndAnother_sameTraceAndAnother() {
    assertThat(trace(1)).isEqualTo(trace(1)).isNotEqualTo(trace(2));
  }

  private static List<String> trace(long seed) {
    TestLoop shuffled = new TestLoop().seed(seed);
    shuffled.run(
        () -> {
          List<Task<?>> tasks = new ArrayList<>();
          for (int i = 0; i < 10; i++) {
            String name = "t" + i;
            tasks.add(
                createTask(
                    () -> {
                      shuffled.mark(name);
                      sleep(ZERO);
                      shuffled.mark(name);
                    }));
          }
          tasks.forEach(Future::await);
        });
    return shuffled.trail();
  }

  // ---- at the end

  @Test
  void report_notTaken_failsTheTestWithAllOfThem() {
    PlantedTests.Outcome outcome = PlantedTests.runOne(ReportNotTaken.class);
    assertThat(outcome.message())
        .startsWith("the loop's exception handler was told")
        .contains("IllegalStateException: first", "IOException: second")
        .endsWith("A test that expects this takes it: takeReports() or allowReports(...)");
    assertThat(outcome.failure()).hasCauseInstanceOf(IllegalStateException.class);
    assertThat(outcome.failure().getSuppressed()).hasOnlyElementsOfType(IOException.class);
  }

  @Test
  void report_taken_passes() {
    ReportNotTaken planted = new ReportNotTaken();
    planted.test();
    assertThat(planted.loop.takeReports()).hasSize(2);
    assertThat(planted.loop.takeReports()).isEmpty();
    loop.record(new LoopErrorContext(null, "expected", null));
    loop.allowReports(report -> report.message().equals("expected"));
  }
}
