package io.asyncio4j;

import static io.asyncio4j.Asyncio.createTask;
import static io.asyncio4j.Asyncio.sleep;
import static org.assertj.core.api.Assertions.assertThat;

import io.asyncio4j.fixtures.ForkedJvm;
import io.asyncio4j.testing.TestLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class EventLoopsTest {
  @RegisterExtension private final TestLoop loop = new TestLoop();

  @Test
  void table_hasARowForEachAwaiter() {
    loop.run(
        () -> {
          Task<?> child = createTask("child", () -> sleep(Duration.ofSeconds(1)));
          createTask("reader", () -> child.await());
          createTask("writer", () -> child.await());
          sleep(Duration.ZERO);
          String table = EventLoops.table();
          assertThat(table.lines().findFirst().orElseThrow().split(" {2,}"))
              .containsExactly(
                  "tid",
                  "task id",
                  "task name",
                  "coroutine stack",
                  "awaiter chain",
                  "awaiter name",
                  "awaiter id");
          assertThat(table.lines().filter(line -> line.contains(" child ")))
              .hasSize(2)
              .anyMatch(line -> line.contains(" reader "))
              .anyMatch(line -> line.contains(" writer "))
              .allMatch(line -> line.startsWith(Long.toString(threadOf(child))));
          child.await();
        });
  }

  private static long threadOf(Task<?> task) {
    return java.util.Objects.requireNonNull(task.loop().runsOn()).threadId();
  }

  @Test
  void tree_putsTheAwaitedTaskBelowTheFramesOfItsAwaiter() {
    loop.run(
        () -> {
          Task<?> child = createTask("child", () -> sleep(Duration.ofSeconds(1)));
          Task<?> parent = createTask("parent", () -> child.await());
          sleep(Duration.ZERO);
          assertThat(EventLoops.tree())
              .containsPattern(
                  """
                  └── \\(T\\) parent
                      └── EventLoopsTest.lambda\\$tree\\S+ EventLoopsTest.java:\\d+
                          └── \\(T\\) child
                  """);
          parent.await();
        });
  }

  @Test
  void tree_circle_isAnError() {
    loop.allowLeftOverTasks();
    loop.run(
        () -> {
          List<Task<?>> tasks = new ArrayList<>();
          tasks.add(createTask("a", () -> tasks.get(1).await()));
          tasks.add(createTask("b", () -> tasks.get(0).await()));
          sleep(Duration.ZERO);
          assertThat(EventLoops.tree())
              .contains("ERROR: tasks wait in a circle: a → b → a")
              .contains("(T) a  ERROR: this is a circle");
        });
  }

  @Test
  void snapshot_ofHeldLoop_namesTheTaskAndItsFrame() throws InterruptedException {
    AtomicBoolean released = new AtomicBoolean();
    CountDownLatch held = new CountDownLatch(1);
    EventLoop other = EventLoop.create(LoopOptions.defaults().withName("held"));
    Thread runs =
        Thread.ofPlatform()
            .start(
                () ->
                    other.runUntilComplete(
                        other.createTask(
                            "greedy",
                            () -> {
                              spinUntil(held, released);
                            })));
    held.await();
    try {
      List<LoopSnapshot> snapshots =
          LoopSnapshot.ofAll(List.of(other), TimeUnit.MILLISECONDS.toNanos(1));
      assertThat(snapshots.getFirst().threadId()).isPositive();
      assertThat(snapshots.getFirst().notes().getFirst())
          .contains("ERROR: loop held has not answered for 1 ms: it is held by Task 'greedy'")
          .contains("EventLoopsTest.spinUntil");
    } finally {
      released.set(true);
      runs.join();
      other.close();
    }
  }

  private static void spinUntil(CountDownLatch held, AtomicBoolean released) {
    held.countDown();
    while (!released.get()) {
      Thread.onSpinWait();
    }
  }

  @Test
  void tree_loopThatDoesNotRun_isSaidToStandStill() {
    try (EventLoop idle = EventLoop.create(LoopOptions.defaults().withName("idle"))) {
      assertThat(EventLoops.tree()).contains("loop " + idle.name() + " is not being run");
    }
    assertThat(EventLoops.tree()).doesNotContain("idle");
  }

  @Test
  void name_severalLoopsWithoutOne_areNumberedWhileTheyAreOpen() throws Exception {
    ForkedJvm.Outcome outcome = ForkedJvm.run(List.of(ForkedJvm.FULL_MODE), SeveralLoops.class);
    assertThat(outcome.output()).isEqualTo("main, main-2, main, main-3\nmain-2\n");
  }

  /** A program of its own, since other tests may have left loops open. */
  static final class SeveralLoops {
    public static void main(String[] args) {
      try (EventLoop first = EventLoop.create()) {
        try (EventLoop second = EventLoop.create();
            EventLoop named = EventLoop.create(LoopOptions.defaults().withName("main"));
            EventLoop third = EventLoop.create()) {
          System.out.println(
              String.join(", ", first.name(), second.name(), named.name(), third.name()));
        }
        Asyncio.run(() -> System.out.println(EventLoop.current().name()));
      }
    }
  }

  @Test
  void registry_closedLoop_isForgotten() {
    EventLoop closed = EventLoop.create();
    assertThat(LoopRegistry.open()).contains(closed);
    closed.close();
    assertThat(LoopRegistry.open()).doesNotContain(closed);
  }

  @Test
  void statistics_countsWhatWasDone() {
    loop.run(
        () -> {
          EventLoop running = EventLoop.current();
          LoopStatistics before = running.statistics();
          Task<?> done = createTask(() -> {});
          Task<?> pending = createTask(() -> sleep(Duration.ofSeconds(1)));
          sleep(Duration.ZERO);
          LoopStatistics after = running.statistics();
          assertThat(after.tasksStarted() - before.tasksStarted()).isEqualTo(2);
          assertThat(after.tasksFinished() - before.tasksFinished()).isEqualTo(1);
          assertThat(after.tasksPending()).isEqualTo(2);
          assertThat(after.timers()).isEqualTo(1);
          assertThat(after.turns()).isGreaterThan(before.turns());
          assertThat(after.steps() - before.steps()).isEqualTo(3);
          assertThat(done.isDone()).isTrue();
          pending.await();
        });
  }
}
