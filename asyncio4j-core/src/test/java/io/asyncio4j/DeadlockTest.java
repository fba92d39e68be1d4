package io.asyncio4j;

import static io.asyncio4j.Asyncio.createTask;
import static io.asyncio4j.Asyncio.gather;
import static io.asyncio4j.Asyncio.sleep;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.asyncio4j.testing.TestLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Deadlocks that were planted: each is found, and called certain only where it is. */
class DeadlockTest {
  @RegisterExtension private final TestLoop loop = new TestLoop();

  private LoopOptions debug() {
    return loop.options().withDebug(true);
  }

  /** Ends the run with what was found. */
  private static void watch(EventLoop watched) {
    watched.onDeadlock(
        Duration.ofMillis(1),
        report -> {
          throw new DeadlockException(report);
        });
  }

  @Test
  void run_debugAndTasksAwaitOneAnother_endsWithTheCircle() {
    assertThatThrownBy(
            () ->
                Asyncio.run(
                    debug(),
                    () -> {
                      List<Task<?>> tasks = new ArrayList<>();
                      tasks.add(createTask("a", () -> tasks.get(1).await()));
                      tasks.add(createTask("b", () -> tasks.get(0).await()));
                      tasks.get(0).await();
                    }))
        .isInstanceOfSatisfying(
            DeadlockException.class,
            e -> {
              assertThat(e.report().certain()).isTrue();
              assertThat(e.report().tasks())
                  .extracting(Task::name)
                  .containsExactly("Task-1", "a", "b");
            })
        .hasMessageContainingAll(
            "deadlock: all 3 tasks of loop test wait, and nothing is left that could end the wait",
            "cycle: Task 'a' -> Task 'b' -> Task 'a'",
            "Task 'Task-1' waits for Task 'a'",
            "at io.asyncio4j.DeadlockTest.");
  }

  @Test
  void run_debugAndGatherOnItself_endsWithTheCircle() {
    assertThatThrownBy(
            () ->
                Asyncio.run(
                    debug(),
                    () -> {
                      Task<?> self = Asyncio.currentTask();
                      gather(List.of(self)).await();
                    }))
        .isInstanceOf(DeadlockException.class)
        .hasMessageContaining("cycle: Task 'Task-1' -> gather of 1 -> Task 'Task-1'");
  }

  @Test
  void debug_circleWhileATimerKeepsTheLoopGoing_isReportedOnce() {
    Lock table = new Lock().named("table");
    Lock oven = new Lock().named("oven");
    List<String> reports = new ArrayList<>();
    LoopOptions options = debug().withExceptionHandler(report -> reports.add(report.message()));
    try (Runner runner = new Runner(options)) {
      runner.loop().slowCallbackDuration(Duration.ofHours(1)); // of deadlocks only
      runner.run(
          () -> {
            Task<?> cook = createTask("cook", () -> takeBoth(table, oven));
            Task<?> baker = createTask("baker", () -> takeBoth(oven, table));
            for (int beat = 0; beat < 200; beat++) {
              sleep(Duration.ofMillis(200));
            }
            cook.cancel();
            assertThatThrownBy(cook::await).isInstanceOf(CancellationException.class);
            baker.await();
          });
    }
    assertThat(reports)
        .singleElement()
        .asString()
        .startsWith("tasks wait for one another, which only a timeout or a cancel can end")
        .contains(
            "Task 'cook' waits for Lock 'oven' (locked by Task 'baker'), held by Task 'baker'")
        .contains("DeadlockTest.takeBoth");
  }

  private static void takeBoth(Lock first, Lock second) {
    try (var _ = first.hold()) {
      sleep(Duration.ofMillis(10));
      try (var _ = second.hold()) {
        sleep(Duration.ofMillis(10));
      }
    }
  }

  @Test
  void onDeadlock_handlerCompletesWhatIsAwaited_theTaskGoesOn() {
    try (Runner runner = new Runner(loop.options())) {
      EventLoop watched = runner.loop();
      Future<String> future = watched.createFuture();
      watched.onDeadlock(Duration.ofMillis(1), _ -> future.setResult("by the handler"));
      assertThat(runner.<String, RuntimeException>run(() -> future.await()))
          .isEqualTo("by the handler");
    }
  }

  @Test
  void onDeadlock_timerLeft_isNotAsked() {
    try (Runner runner = new Runner(loop.options())) {
      watch(runner.loop());
      runner.run(
          () -> {
            Future<String> future = runner.loop().createFuture();
            runner.loop().callLater(Duration.ofHours(1), () -> future.setResult("late"));
            assertThat(future.await()).isEqualTo("late");
          });
    }
  }

  @Test
  void onDeadlock_futureThatAnotherThreadMayComplete_isOnlySuspected() {
    try (Runner runner = new Runner(loop.options())) {
      watch(runner.loop());
      assertThatThrownBy(() -> runner.run(() -> runner.loop().createFuture().await()))
          .isInstanceOfSatisfying(
              DeadlockException.class, e -> assertThat(e.report().certain()).isFalse())
          .hasMessageContaining("suspected deadlock: the one task of loop test waits")
          .hasMessageContaining("Task 'Task-1' waits for Future, which no task completes");
    }
  }

  @Test
  void withDeadlockHandler_stageThatAnotherThreadMayComplete_isOnlySuspected() {
    LoopOptions watched =
        loop.options()
            .withDeadlockHandler(
                Duration.ofMillis(1),
                report -> {
                  throw new DeadlockException(report);
                });
    for (java.util.concurrent.Future<String> outside :
        List.of(new CompletableFuture<String>(), new FutureTask<>(() -> "never run"))) {
      assertThatThrownBy(() -> Asyncio.run(watched, () -> Asyncio.fromFuture(outside).await()))
          .isInstanceOfSatisfying(
              DeadlockException.class, e -> assertThat(e.report().certain()).isFalse());
      outside.cancel(true);
    }
  }

  @Test
  void withExceptionHandler_failureLost_isTold() {
    LoopOptions told = loop.options().withExceptionHandler(loop::record);
    Asyncio.run(
        told,
        () -> {
          createTask(
              () -> {
                throw new IllegalStateException("lost");
              });
          Asyncio.sleep(Duration.ZERO);
        });
    assertThat(loop.takeReports())
        .singleElement()
        .satisfies(report -> assertThat(report.exception()).hasMessage("lost"));
  }

  @Test
  void onDeadlock_callInExecutorUnderWay_isNotAsked() throws InterruptedException {
    CountDownLatch idleTwice = new CountDownLatch(2);
    LoopClock clock =
        new LoopClock() {
          @Override
          public long nanoTime() {
            return 0;
          }

          @Override
          public long waitNanos(long deadline, boolean eventsPending) {
            idleTwice.countDown();
            return idleTwice.getCount() > 0 ? 1 : Long.MAX_VALUE;
          }
        };
    try (Runner runner = new Runner(loop.options().withClock(clock))) {
      List<DeadlockReport> reports = new ArrayList<>();
      runner.loop().onDeadlock(Duration.ZERO, reports::add);
      runner.run(() -> Asyncio.toThread(() -> idleTwice.await()));
      assertThat(reports).isEmpty();
    }
  }

  @Test
  @Tag("foreign-blocking")
  void onDeadlock_foreignQueueNeverFed_isSuspectedWithItsStack() {
    try (Runner runner = new Runner(loop.options())) {
      watch(runner.loop());
      assertThatThrownBy(() -> runner.run(() -> new LinkedBlockingQueue<String>().take()))
          .isInstanceOfSatisfying(
              DeadlockException.class, e -> assertThat(e.report().certain()).isFalse())
          .hasMessageContaining("waits in a blocking call of another library")
          .hasMessageContaining("at java.base/java.util.concurrent.LinkedBlockingQueue.take");
    }
  }
}
