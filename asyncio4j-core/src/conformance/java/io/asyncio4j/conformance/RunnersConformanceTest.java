package io.asyncio4j.conformance;

import static io.asyncio4j.Asyncio.createTask;
import static io.asyncio4j.Asyncio.sleep;
import static java.time.Duration.ZERO;
import static java.time.Duration.ofMillis;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.asyncio4j.Asyncio;
import io.asyncio4j.Context;
import io.asyncio4j.ContextVar;
import io.asyncio4j.EventLoop;
import io.asyncio4j.Future;
import io.asyncio4j.KeyboardInterruptException;
import io.asyncio4j.LoopOptions;
import io.asyncio4j.Runner;
import io.asyncio4j.Task;
import io.asyncio4j.fixtures.ForkedJvm;
import io.asyncio4j.testing.TestLoop;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What CPython's {@code test_runners.py} means. */
class RunnersConformanceTest {
  @RegisterExtension final TestLoop loop = new TestLoop();

  @Test
  @Ported("test_runners.RunTests.test_asyncio_run_return")
  void run_value_isReturned() {
    assertThat(
            Asyncio.<Integer, RuntimeException>run(
                loop.options(),
                () -> {
                  sleep(ZERO);
                  return 42;
                }))
        .isEqualTo(42);
  }

  @Test
  @Ported("test_runners.RunTests.test_asyncio_run_raises")
  void run_exception_isThrown() {
    IOException spam = new IOException("spam");
    assertThatThrownBy(
            () ->
                Asyncio.run(
                    loop.options(),
                    () -> {
                      sleep(ZERO);
                      throw spam;
                    }))
        .isSameAs(spam);
  }

  @Test
  @Ported("test_runners.RunnerTests.test_run_keeps_context")
  void runs_ofOneRunner_shareAContext() {
    ContextVar<Integer> variable = ContextVar.of("variable", -1);
    try (Runner runner = new Runner(loop.options())) {
      for (int value = 1; value <= 3; value++) {
        int set = value;
        int before =
            runner.<Integer, RuntimeException>run(
                () -> {
                  int old = variable.get();
                  sleep(ZERO);
                  variable.set(set);
                  return old;
                });
        assertThat(before).isEqualTo(value == 1 ? -1 : value - 1);
      }
      Context last = runner.<Context, RuntimeException>run(Context::copyCurrent);
      assertThat(last.get(variable)).isEqualTo(3);
    }
    assertThat(variable.get()).isEqualTo(-1);
  }

  @Test
  @Ported({
    "test_runners.RunTests.test_asyncio_run_debug",
    "test_runners.RunnerTests.test_debug",
    "test_runners.RunnerTests.test_non_debug"
  })
  void debug_ofTheOptions_isTheLoops() {
    for (boolean debug : new boolean[] {false, true}) {
      LoopOptions options = loop.options().withDebug(debug);
      assertThat(Asyncio.<Boolean, RuntimeException>run(options, () -> EventLoop.current().debug()))
          .isEqualTo(debug);
      try (Runner runner = new Runner(options)) {
        assertThat(runner.loop().debug()).isEqualTo(debug);
      }
    }
  }

  @Test
  @Ported({
    "test_runners.RunTests.test_asyncio_run_from_running_loop",
    "test_runners.RunnerTests.test_recursive_run"
  })
  void run_insideARun_isRefused() {
    try (Runner runner = new Runner(loop.options())) {
      runner.run(
          () -> {
            assertThatThrownBy(() -> Asyncio.run(() -> 1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("is running");
            assertThatThrownBy(() -> runner.run(() -> 1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("is running");
          });
    }
  }

  @Test
  @Ported("test_runners.RunTests.test_asyncio_run_cancels_hanging_tasks")
  void run_tasksLeftOver_areCancelled() {
    loop.allowLeftOverTasks();
    Task<?> leftOver =
        Asyncio.<Task<?>, RuntimeException>run(
            loop.options(), () -> createTask(() -> sleep(ofMillis(100))));
    assertThat(leftOver.isCancelled()).isTrue();
  }

  @Test
  @Ported("test_runners.RunTests.test_asyncio_run_reports_hanging_tasks_errors")
  void run_taskLeftOverFails_isReported() {
    ArithmeticException failure = new ArithmeticException("1 / 0");
    loop.allowLeftOverTasks();
    loop.run(
        () -> {
          createTask(
              () -> {
                try {
                  sleep(ofMillis(100));
                } catch (CancellationException e) {
                  throw failure;
                }
              });
          sleep(ZERO);
        });
    assertThat(loop.takeReports())
        .singleElement()
        .satisfies(
            report -> {
              assertThat(report.message()).contains("shutdown of the run");
              assertThat(report.exception()).isSameAs(failure);
            });
  }

  @Test
  @Ported("test_runners.RunnerTests.test_run")
  void runner_twoRuns_shareTheLoop() {
    try (Runner runner = new Runner(loop.options())) {
      for (String value : List.of("one", "two")) {
        assertThat(
                runner.<String, RuntimeException>run(
                    () -> {
                      assertThat(EventLoop.current()).isSameAs(runner.loop());
                      return sleep(ZERO, value);
                    }))
            .isEqualTo(value);
      }
    }
  }

  @Test
  @Ported({
    "test_runners.RunnerTests.test_explicit_close",
    "test_runners.RunnerTests.test_double_close",
    "test_runners.RunnerTests.test_second_with_block_raises"
  })
  void runner_closed_runsNoMore() {
    Runner runner = new Runner(loop.options());
    EventLoop own = runner.loop();
    runner.close();
    runner.close();
    assertThat(own.isClosed()).isTrue();
    assertThatThrownBy(() -> runner.run(() -> 1))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("is closed");
  }

  @Test
  @Ported({
    "test_runners.RunnerTests.test_interrupt_call_soon",
    "test_runners.RunnerTests.test_interrupt_wait"
  })
  void ctrlC_mainTaskYieldsOrWaits_isCancelledAndTheRunEndsByIt() throws Exception {
    assertThat(ForkedJvm.run(List.of(ForkedJvm.FULL_MODE), Interrupted.class))
        .isEqualTo(
            new ForkedJvm.Outcome(
                0,
                "cancelled\nKeyboardInterruptException\ncancelled\nKeyboardInterruptException true\n"));
  }

  static final class Interrupted {
    public static void main(String[] args) throws IOException {
      try (Runner runner = new Runner(LoopOptions.defaults().withCtrlC(true))) {
        try {
          runner.run(
              () -> {
                interruptSelf();
                try {
                  while (true) {
                    sleep(ZERO);
                  }
                } catch (CancellationException e) {
                  System.out.print("cancelled\n");
                  throw e;
                }
              });
        } catch (KeyboardInterruptException e) {
          System.out.print("KeyboardInterruptException\n");
        }
        Future<String> future = runner.loop().createFuture();
        try {
          runner.run(
              () -> {
                interruptSelf();
                try {
                  return future.await();
                } catch (CancellationException e) {
                  System.out.print("cancelled\n");
                  throw e;
                }
              });
        } catch (KeyboardInterruptException e) {
          System.out.print("KeyboardInterruptException " + future.isCancelled() + "\n");
        }
      }
    }
  }

  private static void interruptSelf() throws IOException {
    new ProcessBuilder("kill", "-INT", Long.toString(ProcessHandle.current().pid())).start();
  }

  @Test
  @Ported("test_runners.RunnerTests.test_interrupt_cancelled_task")
  void ctrlC_mainTaskCancelledBesides_endsWithPlainCancellation() throws Exception {
    assertThat(ForkedJvm.run(List.of(ForkedJvm.FULL_MODE), CancelledBesides.class))
        .isEqualTo(new ForkedJvm.Outcome(0, "CancellationException\n"));
  }

  static final class CancelledBesides {
    public static void main(String[] args) throws Exception {
      try {
        Asyncio.run(
            LoopOptions.defaults().withCtrlC(true),
            () -> {
              Task<?> main = Objects.requireNonNull(Asyncio.currentTask());
              main.cancel();
              interruptSelf();
              while (main.cancelling() < 2) {
                try {
                  sleep(ofMillis(1));
                } catch (CancellationException oneOfTheTwo) {
                  Objects.requireNonNull(oneOfTheTwo);
                }
              }
              throw new CancellationException("both came");
            });
      } catch (KeyboardInterruptException e) {
        System.out.print("KeyboardInterruptException\n");
      } catch (CancellationException e) {
        System.out.print("CancellationException\n");
      }
    }
  }

  @Test
  @Ported("test_runners.RunnerTests.test_no_repr_is_call_on_the_task_result")
  void run_result_isNotTurnedIntoText() {
    Object untold =
        new Object() {
          @Override
          public String toString() {
            throw new AssertionError("asked for its text");
          }
        };
    assertThat(Asyncio.<Object, RuntimeException>run(loop.options(), () -> untold) == untold)
        .isTrue();
  }
}
