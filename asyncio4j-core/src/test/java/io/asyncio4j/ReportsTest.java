package io.asyncio4j;

import static io.asyncio4j.Asyncio.createTask;
import static io.asyncio4j.Asyncio.gather;
import static io.asyncio4j.Asyncio.sleep;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.asyncio4j.fixtures.ForkedJvm;
import io.asyncio4j.testing.TestLoop;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** No failure is lost: what nobody retrieves is reported. */
class ReportsTest {
  @RegisterExtension final TestLoop loop = new TestLoop();

  @Test
  void failure_neverRetrieved_isReportedAtCloseWithTaskStateSiteAndWhatItAwaited() {
    IOException failure = new IOException("refused");
    Task<?> kept =
        loop.<Task<?>, RuntimeException>run(
            () -> {
              Task<String> inner = createTask("inner", () -> sleepThenThrow(failure));
              Task<?> outer = createTask("outer", () -> inner.await());
              sleep(Duration.ofSeconds(1));
              return outer;
            });
    assertThat(kept.isDone()).isTrue();
    List<LoopErrorContext> reports = loop.takeReports();
    assertThat(reports).hasSize(1);
    LoopErrorContext report = reports.getFirst();
    assertThat(report.exception()).isSameAs(failure);
    assertThat(report.message())
        .startsWith("Task exception was never retrieved: Task 'outer' (FAILED), created at ")
        .contains("ReportsTest.lambda")
        .contains("(ReportsTest.java:")
        .endsWith(", while awaiting Task 'inner'");
  }

  private static String sleepThenThrow(IOException failure) throws IOException {
    sleep(Duration.ofMillis(1));
    throw failure;
  }

  @Test
  void failure_afterAnotherWasCaught_isNotBlamedOnWhatWasAwaitedThen() {
    loop.run(
        () -> {
          Task<?> task =
              createTask(
                  () -> {
                    Task<String> inner =
                        createTask("inner", () -> sleepThenThrow(new IOException()));
                    try {
                      inner.<IOException>await();
                    } catch (IOException e) {
                      loop.mark("caught");
                    }
                    throw new IllegalStateException("later");
                  });
          sleep(Duration.ofSeconds(1));
          assertThat(task.isDone()).isTrue();
        });
    assertThat(loop.trail()).containsExactly("caught");
    assertThat(loop.takeReports())
        .singleElement()
        .satisfies(report -> assertThat(report.message()).doesNotContain("awaiting"));
  }

  @Test
  void failure_collectedBeforeTheClose_isReportedThen() {
    try (Runner runner = new Runner()) {
      runner.loop().exceptionHandler(loop::record);
      runner.run(
          () -> {
            Callable<String> body = () -> sleepThenThrow(new IOException("x"));
            WeakReference<Task<String>> task = new WeakReference<>(createTask("lost", body));
            while (!task.refersTo(null)) {
              System.gc();
              sleep(Duration.ofMillis(1));
            }
            while (loop.takeReports().isEmpty()) {
              System.gc();
              sleep(Duration.ofMillis(1));
            }
            loop.mark("reported while running");
          });
    }
    assertThat(loop.trail()).containsExactly("reported while running");
    assertThat(loop.takeReports()).as("reported twice").isEmpty();
  }

  @Test
  void failure_retrievedByAnyMeans_isNotReported() {
    loop.run(
        () -> {
          IllegalArgumentException failure = new IllegalArgumentException("x");
          Task<Integer> awaited = failing(failure);
          assertThatThrownBy(() -> awaited.await()).isSameAs(failure);
          Task<Integer> asked = failing(failure);
          sleep(Duration.ZERO);
          assertThat(asked.exception()).isSameAs(failure);
          Task<Integer> asFuture = failing(failure);
          sleep(Duration.ZERO);
          assertThat(asFuture.exceptionNow()).isSameAs(failure);
          Task<Integer> gathered = failing(failure);
          assertThatThrownBy(() -> gather(gathered, () -> 1).await()).isSameAs(failure);
          Task<Integer> second = failing(failure);
          Task<Integer> first = failing(failure);
          assertThatThrownBy(() -> gather(first, second).await()).isSameAs(failure);
          sleep(Duration.ZERO);
        });
  }

  private static Task<Integer> failing(RuntimeException failure) {
    return createTask(
        () -> {
          if (failure.getMessage() != null) {
            throw failure;
          }
          return 1;
        });
  }

  @Test
  void pendingTask_atClose_isReportedWithWhatItAwaits() {
    EventLoop own = EventLoop.create(loop.options());
    own.exceptionHandler(loop::record);
    Task<String> stuck = own.createTask("stuck", () -> own.<String>createFuture().await());
    own.createTask("never begun", () -> 1);
    own.<Integer, RuntimeException>runUntilComplete(() -> 1);
    Task<Integer> notBegun = own.createTask("not begun", () -> 1);
    own.close();
    assertThat(stuck.isDone()).isFalse();
    assertThat(notBegun.isDone()).isFalse();
    assertThat(loop.takeReports())
        .extracting(LoopErrorContext::message)
        .satisfiesExactly(
            message ->
                assertThat(message)
                    .startsWith(
                        "Task was destroyed but it is pending: Task 'stuck' (RUNNING) awaiting"
                            + " Future, created at ")
                    .contains("ReportsTest.java:"),
            message -> assertThat(message).contains("Task 'not begun' (RUNNING), created at "));
  }

  @Test
  void shutdownOfRun_leftOverTaskFailsInItsCleanUp_isReported() {
    loop.allowLeftOverTasks();
    IllegalStateException failure = new IllegalStateException("in clean-up");
    loop.run(
        () -> {
          createTask(
              "bad",
              () -> {
                try {
                  sleep(Duration.ofDays(1));
                } finally {
                  failIn(failure);
                }
              });
          sleep(Duration.ZERO);
        });
    List<LoopErrorContext> reports = loop.takeReports();
    assertThat(reports).hasSize(1);
    assertThat(reports.getFirst().message())
        .isEqualTo("unhandled exception during shutdown of the run: Task 'bad' (FAILED)");
    assertThat(reports.getFirst().exception()).isSameAs(failure);
  }

  private static void failIn(RuntimeException failure) {
    throw failure;
  }

  @Test
  void errorLogged_rightBeforeTheProcessEnds_isWritten() throws Exception {
    ForkedJvm.Outcome outcome = ForkedJvm.run(List.of(), LogsAndEnds.class);
    assertThat(outcome.output()).contains("the last error");
  }

  static final class LogsAndEnds {
    public static void main(String[] args) {
      ErrorLog.error("the last error", null);
      ErrorLog.flush(Duration.ofMinutes(1));
      Runtime.getRuntime().halt(0);
    }
  }

  @Test
  void callback_throws_isReportedAndTheLoopGoesOn() {
    IllegalStateException failure = new IllegalStateException("cb");
    loop.run(
        () -> {
          EventLoop.current().callSoon(() -> failIn(failure));
          sleep(Duration.ZERO);
          loop.mark("went on");
        });
    assertThat(loop.trail()).containsExactly("went on");
    assertThat(loop.takeReports())
        .singleElement()
        .satisfies(report -> assertThat(report.exception()).isSameAs(failure));
  }
}
