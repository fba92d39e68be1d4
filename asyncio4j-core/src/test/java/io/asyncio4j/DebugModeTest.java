package io.asyncio4j;

import static io.asyncio4j.Asyncio.createTask;
import static io.asyncio4j.Asyncio.sleep;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.asyncio4j.testing.TestLoop;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What debug mode names, each planted, and what it must not accuse. */
class DebugModeTest {
  @RegisterExtension private final TestLoop loop = new TestLoop();

  private final List<String> reports = new CopyOnWriteArrayList<>();

  private <X extends Exception> void runInDebug(ThrowingRunnable<X> main) throws X {
    try (Runner runner = new Runner(loop.options().withDebug(true))) {
      runner.loop().exceptionHandler(report -> reports.add(report.message()));
      runner.loop().slowCallbackDuration(Duration.ofHours(1));
      runner.run(main);
    }
  }

  // ---- slow steps

  private static final String NAMED = "\\R(    at .*\\R)*    at .*DebugModeTest.hold";

  /** Holds the loop for some of the durations that count as slow here. */
  private static void hold() {
    long end = System.nanoTime() + Duration.ofMillis(50).toNanos();
    while (System.nanoTime() < end) {
      Thread.onSpinWait();
    }
  }

  /** A step that the machine holds up is slow too, and is reported beside those that are meant. */
  private boolean isReported(String pattern) {
    return reports.stream().anyMatch(Pattern.compile(pattern).asPredicate());
  }

  @Test
  void slowStep_ofTask_isNamedWithItsFrameWhileItLastsAndAfter() {
    runInDebug(
        () -> {
          EventLoop.current().slowCallbackDuration(Duration.ofMillis(1));
          createTask(
                  "greedy",
                  () -> {
                    while (!isReported(
                            "the loop has been held for \\d+ ms, and still is, by Task 'greedy'"
                                + NAMED)
                        || !isReported(
                            "the loop was held for about \\d+ ms by Task 'greedy'" + NAMED)) {
                      hold();
                      sleep(Duration.ZERO);
                    }
                  })
              .await();
          EventLoop.current().slowCallbackDuration(Duration.ofHours(1));
        });
  }

  @Test
  void slowStep_ofCallback_isNamedWithItsFrame() {
    runInDebug(
        () -> {
          EventLoop.current().slowCallbackDuration(Duration.ofMillis(1));
          while (!isReported("by a callback" + NAMED)) {
            EventLoop.current().callSoon(DebugModeTest::hold);
            sleep(Duration.ZERO);
          }
          EventLoop.current().slowCallbackDuration(Duration.ofHours(1));
        });
  }

  @Test
  void slowCallbackDuration_notPositive_isRefused() {
    try (EventLoop created = EventLoop.create()) {
      assertThat(created.slowCallbackDuration()).isEqualTo(Duration.ofMillis(100));
      assertThatThrownBy(() -> created.slowCallbackDuration(Duration.ZERO))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("PT0S");
    }
  }

  // ---- class initialisers

  static final class AwaitsInInitializer {
    static final String VALUE = sleep(Duration.ofHours(1), "slept");

    private AwaitsInInitializer() {}
  }

  @Test
  @Tag("foreign-blocking")
  void awaitInClassInitializer_isThrownOut() {
    Throwable[] thrown = new Throwable[1];
    runInDebug(
        () -> {
          EventLoop.current().slowCallbackDuration(Duration.ofMillis(10));
          createTask(
                  "initialiser",
                  () -> {
                    try {
                      assertThat(AwaitsInInitializer.VALUE).isNull();
                    } catch (ExceptionInInitializerError e) {
                      thrown[0] = e.getCause();
                    }
                  })
              .await();
        });
    assertThat(thrown[0])
        .isInstanceOf(IllegalStateException.class)
        .hasMessageStartingWith("Task 'initialiser' awaited inside a class initialiser");
  }

  // ---- swallowed cancellations

  private static void swallow(Duration pause) {
    try {
      sleep(pause);
    } catch (CancellationException e) {
      // as planted
    }
  }

  @Test
  void cancelledTask_endsWithAResult_isNamed() {
    runInDebug(
        () -> {
          Task<?> task = createTask("deaf", () -> swallow(Duration.ofHours(1)));
          sleep(Duration.ZERO);
          task.cancel();
          task.await();
        });
    assertThat(reports)
        .singleElement()
        .asString()
        .contains("Task 'deaf' swallowed its cancellation: it was cancelled at ")
        .contains("DebugModeTest.swallow")
        .contains("and ended with a result");
  }

  @Test
  void cancelledTask_comesBackToTheSameAwait_isNamedOnce() {
    runInDebug(
        () -> {
          boolean[] stop = new boolean[1];
          Task<?> task =
              createTask(
                  "deaf",
                  () -> {
                    while (!stop[0]) {
                      swallow(Duration.ofSeconds(1));
                    }
                    throw new CancellationException("at last");
                  });
          sleep(Duration.ZERO);
          task.cancel();
          sleep(Duration.ofSeconds(5));
          stop[0] = true;
          sleep(Duration.ofSeconds(5));
        });
    assertThat(reports)
        .singleElement()
        .asString()
        .contains(
            "Task 'deaf' swallowed its cancellation: it is back at the await in which it was"
                + " cancelled, at ")
        .contains("DebugModeTest.swallow");
  }

  @Test
  void cancelledTask_thatCleansUpAndEndsCancelled_isNotAccused() {
    runInDebug(
        () -> {
          Task<?> task =
              createTask(
                  () -> {
                    try {
                      sleep(Duration.ofHours(1));
                    } finally {
                      sleep(Duration.ofSeconds(1));
                      sleep(Duration.ofSeconds(1));
                    }
                  });
          sleep(Duration.ZERO);
          task.cancel();
          Asyncio.waitUntil(ReturnWhen.ALL_COMPLETED, List.of(task));
          assertThat(task.isCancelled()).isTrue();
        });
    assertThat(reports).isEmpty();
  }

  @Test
  void timeoutsInALoop_areNotAccused_evenWhenTheTaskIsCancelledLater() {
    runInDebug(
        () -> {
          Task<?> task =
              createTask(
                  () -> {
                    while (true) {
                      try {
                        Asyncio.timeout(Duration.ofSeconds(1), () -> sleep(Duration.ofSeconds(10)));
                      } catch (TimeoutException e) {
                        loop.mark("timed out");
                      }
                    }
                  });
          sleep(Duration.ofMillis(2_500));
          task.cancel();
          Asyncio.waitUntil(ReturnWhen.ALL_COMPLETED, List.of(task));
          assertThat(task.isCancelled()).isTrue();
        });
    assertThat(loop.trail()).containsExactly("timed out", "timed out");
    assertThat(reports).isEmpty();
  }

  @Test
  void taskGroupThatIsCancelled_awaitsItsTasksAgain_isNotAccused() {
    runInDebug(
        () -> {
          Task<?> task =
              createTask(
                  () ->
                      TaskGroup.run(
                          group -> {
                            for (int i = 1; i <= 2; i++) {
                              Duration cleanUp = Duration.ofSeconds(i);
                              group.createTask(
                                  () -> {
                                    try {
                                      sleep(Duration.ofHours(1));
                                    } finally {
                                      sleep(cleanUp);
                                    }
                                  });
                            }
                          }));
          sleep(Duration.ofSeconds(1));
          task.cancel();
          Asyncio.waitUntil(ReturnWhen.ALL_COMPLETED, List.of(task));
          assertThat(task.isCancelled()).isTrue();
        });
    assertThat(reports).isEmpty();
  }

  // ---- where things come from

  @Test
  void leftTask_isReportedWithTheWholeStackOfItsCreation() {
    try (EventLoop created = EventLoop.create(loop.options().withDebug(true))) {
      created.exceptionHandler(report -> reports.add(report.message()));
      created.runUntilComplete(() -> plant());
    }
    assertThat(reports)
        .singleElement()
        .asString()
        .containsPattern(
            "Task was destroyed but it is pending: Task 'leaked' .*, created at"
                + " io.asyncio4j.DebugModeTest.plant\\(.*\\R"
                + "    at io.asyncio4j.DebugModeTest.lambda");
  }

  private static void plant() {
    createTask("leaked", () -> sleep(Duration.ofHours(1)));
  }

  @Test
  void resourceNotClosed_isReportedWithWhereItWasOpened() throws Exception {
    runInDebug(
        () -> {
          Streams.serve((_, _) -> {}, "localhost", 0).close();
          Streams.serve((_, _) -> {}, "localhost", 0);
        });
    assertThat(reports)
        .singleElement()
        .asString()
        .contains("was not closed before its loop was")
        .contains("opened at io.asyncio4j.DebugModeTest.");
  }

  @Test
  void debugOff_keepsNoAccounts() {
    try (EventLoop created = EventLoop.create(loop.options())) {
      assertThat(created.cancelWatch()).isNull();
      created.debug(true);
      assertThat(created.debug()).isTrue();
      assertThat(created.cancelWatch()).isNotNull();
    }
  }
}
