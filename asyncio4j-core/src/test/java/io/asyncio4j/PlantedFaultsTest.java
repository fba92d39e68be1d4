package io.asyncio4j;

import static io.asyncio4j.Asyncio.createTask;
import static io.asyncio4j.Asyncio.gather;
import static io.asyncio4j.Asyncio.sleep;
import static org.assertj.core.api.Assertions.assertThat;

import io.asyncio4j.fixtures.ForkedJvm;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Programs with a fault in them, each run as its user would: it must be named. */
@Tag("foreign-blocking")
class PlantedFaultsTest {
  private static final String DEBUG = "-Dasyncio4j.debug=true";

  private static ForkedJvm.Outcome run(String mode, Class<?> main) throws Exception {
    String flag = mode.equals("full") ? ForkedJvm.FULL_MODE : "-Dasyncio4j.mode=" + mode;
    return ForkedJvm.run(List.of(flag, DEBUG), main);
  }

  @ParameterizedTest
  @ValueSource(strings = {"full", "portable"})
  void locksInOppositeOrder_endTheRunWithTheCircle(String mode) throws Exception {
    ForkedJvm.Outcome outcome = run(mode, LockCycle.class);
    assertThat(outcome.output())
        .contains("io.asyncio4j.DeadlockException: deadlock: all 3 tasks of loop main wait")
        .contains("cycle: Task 'cook' -> Lock 'oven'")
        .containsPattern("Task 'cook' waits for Lock 'oven'.*, held by Task 'baker'")
        .containsPattern("Task 'baker' waits for Lock 'table'.*, held by Task 'cook'")
        .contains("at io.asyncio4j.PlantedFaultsTest$LockCycle.work(PlantedFaultsTest.java:");
    assertThat(outcome.exitCode()).isEqualTo(1);
  }

  static final class LockCycle {
    // region deadlock
    public static void main(String[] args) {
      Lock table = new Lock().named("table");
      Lock oven = new Lock().named("oven");
      Asyncio.run(
          () -> {
            Task<?> cook = createTask("cook", () -> work(table, oven));
            Task<?> baker = createTask("baker", () -> work(oven, table));
            gather(cook, baker).await();
          });
    }

    static void work(Lock first, Lock second) {
      try (var _ = first.hold()) {
        sleep(Duration.ofMillis(10));
        try (var _ = second.hold()) {
          System.out.println("done");
        }
      }
    }

    // endregion
  }

  @ParameterizedTest
  @ValueSource(strings = {"full", "portable"})
  void queueNeverFed_isNamed(String mode) throws Exception {
    ForkedJvm.Outcome outcome = run(mode, NeverFed.class);
    assertThat(outcome.output())
        .containsPattern("Task 'Task-1' waits for Queue 'orders'.*, which no task is known to give")
        .contains("at io.asyncio4j.PlantedFaultsTest$NeverFed.");
    assertThat(outcome.exitCode()).isEqualTo(1);
  }

  static final class NeverFed {
    public static void main(String[] args) {
      Asyncio.run(() -> new Queue<String>().named("orders").get());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"full", "portable"})
  void gatherOnItself_isNamed(String mode) throws Exception {
    ForkedJvm.Outcome outcome = run(mode, GatherOnItself.class);
    assertThat(outcome.output()).contains("cycle: Task 'Task-1' -> gather of 1 -> Task 'Task-1'");
    assertThat(outcome.exitCode()).isEqualTo(1);
  }

  static final class GatherOnItself {
    public static void main(String[] args) {
      Asyncio.run(() -> gather(List.of(Objects.requireNonNull(Asyncio.currentTask()))).await());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"full", "portable"})
  void blockedLoop_isNamedWithTheFrame(String mode) throws Exception {
    ForkedJvm.Outcome outcome = run(mode, BlockedLoop.class);
    assertThat(outcome.output())
        .containsPattern("the loop was held for about \\d+ ms by Task 'report'\\R")
        .contains("PlantedFaultsTest$BlockedLoop.compute(PlantedFaultsTest.java:");
    assertThat(outcome.exitCode()).isZero();
  }

  static final class BlockedLoop {
    private static volatile boolean named;

    public static void main(String[] args) {
      LoopOptions options =
          LoopOptions.defaults()
              .withExceptionHandler(
                  error -> {
                    error.loop().defaultExceptionHandler(error);
                    named |= error.message().contains("and still is, by Task 'report'");
                  });
      Asyncio.run(
          options,
          () -> {
            createTask("report", BlockedLoop::compute).await();
          });
    }

    private static void compute() {
      while (!named) {
        Thread.onSpinWait();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"full", "portable"})
  void swallowedCancel_isNamed(String mode) throws Exception {
    ForkedJvm.Outcome outcome = run(mode, SwallowedCancel.class);
    assertThat(outcome.output())
        .contains("Task 'poller' swallowed its cancellation: it is back at the await in which")
        .contains("PlantedFaultsTest$SwallowedCancel.poll(PlantedFaultsTest.java:");
    assertThat(outcome.exitCode()).isZero();
  }

  static final class SwallowedCancel {
    private static boolean over;

    public static void main(String[] args) {
      Asyncio.run(
          () -> {
            Task<?> poller = createTask("poller", SwallowedCancel::poll);
            sleep(Duration.ofMillis(5));
            poller.cancel();
            sleep(Duration.ofMillis(50));
            over = true;
            poller.await();
          });
    }

    private static void poll() {
      while (!over) {
        try {
          sleep(Duration.ofMillis(10));
        } catch (CancellationException e) {
          // as planted: a catch that is too broad
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"full", "portable"})
  void leakedTask_isNamedWithWhereItWasCreated(String mode) throws Exception {
    ForkedJvm.Outcome outcome = run(mode, LeakedTask.class);
    assertThat(outcome.output())
        .contains("Task was destroyed but it is pending: Task 'leak'")
        .contains("created at io.asyncio4j.PlantedFaultsTest$LeakedTask.start(")
        .contains("    at io.asyncio4j.PlantedFaultsTest$LeakedTask.");
    assertThat(outcome.exitCode()).isZero();
  }

  static final class LeakedTask {
    public static void main(String[] args) {
      try (EventLoop loop = EventLoop.create()) {
        loop.runUntilComplete(() -> start());
      }
    }

    private static void start() {
      createTask("leak", () -> sleep(Duration.ofHours(1)));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"full", "portable"})
  void awaitInClassInitializer_isThrownOut(String mode) throws Exception {
    ForkedJvm.Outcome outcome = run(mode, InitializerAwaits.class);
    assertThat(outcome.output())
        .contains("java.lang.ExceptionInInitializerError")
        .contains("Task 'Task-1' awaited inside a class initialiser");
    assertThat(outcome.exitCode()).isEqualTo(1);
  }

  static final class InitializerAwaits {
    static final class Settings {
      static final String VALUE = createTask(() -> "loaded").await();

      private Settings() {}
    }

    public static void main(String[] args) {
      Asyncio.run(() -> System.out.println(Settings.VALUE));
    }
  }
}
