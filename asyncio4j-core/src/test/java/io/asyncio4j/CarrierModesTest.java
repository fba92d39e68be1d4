package io.asyncio4j;

import static io.asyncio4j.Asyncio.createTask;
import static io.asyncio4j.Asyncio.currentTask;
import static io.asyncio4j.Asyncio.gather;
import static io.asyncio4j.Asyncio.shield;
import static io.asyncio4j.Asyncio.sleep;
import static io.asyncio4j.Asyncio.timeout;
import static io.asyncio4j.Asyncio.waitFor;
import static org.assertj.core.api.Assertions.assertThat;

import io.asyncio4j.fixtures.ForkedJvm;
import io.asyncio4j.testing.VirtualClock;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;

/** How a JVM comes by its mode, and what the two have in common; each in a JVM of its own. */
@DisabledIfSystemProperty(
    named = "asyncio4j.test.mode",
    matches = "portable",
    disabledReason = "each test chooses the mode of its JVM")
class CarrierModesTest {
  private static final String PORTABLE = "-Dasyncio4j.mode=portable";
  private static final String REQUIRED = "-Dasyncio4j.requireFullMode";
  private static final String SAID = "asyncio4j runs in portable mode";

  @Test
  void run_withoutTheFlag_isPortableAndSaysSoOnceWithTheRemedy() throws Exception {
    ForkedJvm.Outcome outcome = ForkedJvm.run(List.of(), TwoRuns.class);
    assertThat(outcome.output())
        .containsOnlyOnce(SAID)
        .contains(ForkedJvm.FULL_MODE)
        .contains("first run", "second run");
    assertThat(outcome.exitCode()).isZero();
  }

  @Test
  void run_withTheFlagOrAsked_saysNothing() throws Exception {
    for (String flag : List.of(ForkedJvm.FULL_MODE, PORTABLE)) {
      ForkedJvm.Outcome outcome = ForkedJvm.run(List.of(flag), TwoRuns.class);
      assertThat(outcome.output().lines()).containsExactly("first run", "second run");
    }
  }

  static final class TwoRuns {
    public static void main(String[] args) {
      Asyncio.run(() -> System.out.println("first run"));
      Asyncio.run(() -> System.out.println("second run"));
    }
  }

  @Test
  void run_fullModeRequiredAndNotThere_failsAtOnceWithTheRemedy() throws Exception {
    ForkedJvm.Outcome byProperty = ForkedJvm.run(List.of(REQUIRED), TwoRuns.class);
    ForkedJvm.Outcome byOption = ForkedJvm.run(List.of(), Requiring.class);
    for (ForkedJvm.Outcome outcome : List.of(byProperty, byOption)) {
      assertThat(outcome.exitCode()).isEqualTo(1);
      assertThat(outcome.output())
          .contains("IllegalStateException: asyncio4j needs the JVM flag for full mode")
          .contains(ForkedJvm.FULL_MODE)
          .doesNotContain("run\n");
    }
  }

  @Test
  void run_fullModeRequiredAndThere_works() throws Exception {
    ForkedJvm.Outcome outcome =
        ForkedJvm.run(List.of(REQUIRED, ForkedJvm.FULL_MODE), Requiring.class);
    assertThat(outcome.output()).contains("required run");
    assertThat(outcome.exitCode()).isZero();
  }

  @Test
  void run_fullModeRequiredAndPortableAsked_failsNamingBoth() throws Exception {
    ForkedJvm.Outcome outcome =
        ForkedJvm.run(List.of(REQUIRED, PORTABLE, ForkedJvm.FULL_MODE), TwoRuns.class);
    assertThat(outcome.exitCode()).isEqualTo(1);
    assertThat(outcome.output())
        .contains("full mode is required, but the system property asyncio4j.mode asks for");
  }

  static final class Requiring {
    public static void main(String[] args) {
      try (Runner runner = new Runner(LoopOptions.defaults().withFullModeRequired(true))) {
        runner.run(() -> System.out.println("required run"));
      }
    }
  }

  @Test
  void run_unknownModeAsked_failsNamingTheProperty() throws Exception {
    ForkedJvm.Outcome outcome = ForkedJvm.run(List.of("-Dasyncio4j.mode=quick"), TwoRuns.class);
    assertThat(outcome.exitCode()).isEqualTo(1);
    assertThat(outcome.output()).contains("asyncio4j.mode is 'quick'");
  }

  @Test
  void bothModes_sameProgram_sameTrace() throws Exception {
    ForkedJvm.Outcome full = ForkedJvm.run(List.of(ForkedJvm.FULL_MODE), RichProgram.class);
    ForkedJvm.Outcome portable = ForkedJvm.run(List.of(PORTABLE), RichProgram.class);
    ForkedJvm.Outcome oneCpu =
        ForkedJvm.run(List.of(PORTABLE, "-XX:ActiveProcessorCount=1"), RichProgram.class);
    assertThat(full.exitCode()).isZero();
    assertThat(full.output().lines()).hasSizeGreaterThan(1_000).endsWith("end of trace");
    assertThat(portable.output().lines().toList()).isEqualTo(full.output().lines().toList());
    assertThat(oneCpu.output().lines().toList()).isEqualTo(full.output().lines().toList());
  }

  /** Prints what happens, in order, in tasks that walk at random through all that suspends. */
  static final class RichProgram {
    private final VirtualClock clock = new VirtualClock();
    private final Random random;
    private final Queue<Integer> queue = new Queue<>(3);
    private final Lock lock = new Lock();
    private final Semaphore semaphore = new Semaphore(2);
    private final Event event = new Event();
    private final List<Task<?>> walkers = new ArrayList<>();
    private boolean over;

    private RichProgram(long seed) {
      random = new Random(seed);
    }

    public static void main(String[] args) {
      for (long seed = 1; seed <= 20; seed++) {
        new RichProgram(seed).run(LoopOptions.defaults());
        new RichProgram(seed).run(LoopOptions.defaults().withShuffle(seed));
      }
      System.out.println("end of trace");
    }

    private void run(LoopOptions options) {
      try (Runner runner = new Runner(options.withClock(clock).withName("traced"))) {
        runner.loop().exceptionHandler(report -> say("report: " + report.message()));
        runner.run(
            () -> {
              for (int i = 0; i < 8; i++) {
                walkers.add(createTask("walker " + i, () -> walk(12)));
              }
              sleep(Duration.ofMillis(40));
              over = true; // from here on, none swallows a cancel
              walkers.forEach(Task::cancel);
              Asyncio.waitUntil(ReturnWhen.ALL_COMPLETED, walkers);
              walkers.forEach(walker -> say(walker.name() + " " + walker.state()));
              createTask("left over", () -> sleep(Duration.ofDays(1)));
              sleep(Duration.ZERO);
            });
      }
    }

    private void say(String step) {
      Task<?> task = Task.current();
      System.out.println(
          clock.elapsed().toMillis() + " " + (task == null ? "-" : task.name()) + ": " + step);
    }

    private Duration moment() {
      return Duration.ofMillis(random.nextInt(5));
    }

    private void walk(int steps) throws Exception {
      for (int i = 0; i < steps; i++) {
        int kind = random.nextInt(14);
        say("step " + kind);
        try {
          step(kind, steps);
        } catch (CancellationException e) {
          say("cancelled " + currentTask().cancelling());
          if (over || random.nextBoolean()) {
            throw e;
          }
          currentTask().uncancel();
        } catch (TimeoutException | IOException e) {
          say("caught " + e.getMessage());
        } catch (TaskGroupException e) {
          say("group " + e.exceptions().size());
        }
      }
    }

    private void step(int kind, int steps) throws Exception {
      switch (kind) {
        case 0 -> sleep(moment());
        case 1 -> queue.put(random.nextInt(100));
        case 2 -> say("got " + waitFor(queue::get, moment()));
        case 3 -> {
          try (var _ = lock.hold()) {
            sleep(moment());
          }
        }
        case 4 -> {
          try (var _ = semaphore.hold()) {
            sleep(moment());
          }
        }
        case 5 -> timeout(moment(), () -> event.await());
        case 6 -> {
          event.set();
          event.clear();
        }
        case 7 ->
            say("gathered " + gather(() -> sleep(moment(), 1), () -> sleep(moment(), 2)).await());
        case 8 -> {
          Task<?> other = walkers.get(random.nextInt(walkers.size()));
          if (other != currentTask()) {
            say("cancels " + other.name() + ": " + other.cancel());
          }
        }
        case 9 ->
            TaskGroup.run(
                group -> {
                  group.createTask(() -> sleep(moment()));
                  group.createTask(
                      () -> {
                        sleep(moment());
                        if (random.nextBoolean()) {
                          throw new IOException("member");
                        }
                      });
                  sleep(moment());
                });
        case 10 -> {
          if (steps > 3) {
            createTask("child", () -> walk(3));
          }
        }
        case 11 -> shield(createTask("shielded", () -> sleep(moment()))).await();
        case 12 -> EventLoop.current().callLater(moment(), () -> say("timer"));
        default -> EventLoop.current().callSoon(() -> say("callback"));
      }
    }
  }

  @Test
  void portable_loopClosedWithTasksPending_theirThreadsRestAndAreCollected() throws Exception {
    ForkedJvm.Outcome outcome = ForkedJvm.run(List.of(PORTABLE), LeftPending.class);
    assertThat(outcome.output())
        .contains("Task was destroyed but it is pending: Task 'left'")
        .contains("collected")
        .doesNotContain("went on");
    assertThat(outcome.exitCode()).isZero();
  }

  static final class LeftPending {
    public static void main(String[] args) throws InterruptedException {
      WeakReference<Thread> thread = leaveOne();
      while (thread.get() != null) {
        System.gc();
      }
      System.out.println("collected");
    }

    private static WeakReference<Thread> leaveOne() {
      Thread[] thread = new Thread[1];
      EventLoop loop = EventLoop.create();
      loop.createTask(
          "left",
          () -> {
            thread[0] = Thread.currentThread();
            try {
              sleep(Duration.ofDays(1));
            } finally {
              System.out.println("went on");
            }
          });
      loop.runUntilComplete(() -> sleep(Duration.ZERO, 1));
      loop.close();
      thread[0].interrupt();
      while (thread[0].isInterrupted()) {
        Thread.onSpinWait(); // until it has seen it, and found its loop closed
      }
      return new WeakReference<>(thread[0]);
    }
  }
}
