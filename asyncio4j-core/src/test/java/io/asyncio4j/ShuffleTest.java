package io.asyncio4j;

import static io.asyncio4j.Asyncio.createTask;
import static io.asyncio4j.Asyncio.sleep;
import static org.assertj.core.api.Assertions.assertThat;

import io.asyncio4j.testing.TestLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A seed gives one order of the tasks that are ready; other seeds give all the others. */
class ShuffleTest {

  /** Runs tasks that each mark some steps, with a turn of the loop between them. */
  private static List<String> trace(TestLoop loop, int tasks, int steps) {
    loop.run(
        () -> {
          List<Task<?>> started = new ArrayList<>();
          for (int i = 0; i < tasks; i++) {
            String name = "t" + i;
            started.add(
                createTask(
                    () -> {
                      for (int step = 0; step < steps; step++) {
                        loop.mark(name);
                        sleep(Duration.ZERO);
                      }
                    }));
          }
          started.forEach(Future::await);
        });
    return loop.trail();
  }

  @Test
  void sameSeed_samePrograms_giveTheSameTrace() {
    for (long seed : new long[] {0, 1, -1, Long.MIN_VALUE, Long.MAX_VALUE}) {
      assertThat(trace(new TestLoop().seed(seed), 8, 10))
          .isEqualTo(trace(new TestLoop().seed(seed), 8, 10));
    }
  }

  @Test
  void seedsNearEachOther_giveEveryOrderOfThree() {
    Set<List<String>> orders = new HashSet<>();
    for (long seed = 1; seed <= 100; seed++) {
      orders.add(List.copyOf(trace(new TestLoop().seed(seed), 3, 1)));
    }
    assertThat(orders).hasSize(6);
  }

  @Test
  void seedsNearEachOther_twoTasks_halfOfThemSwap() {
    int swapped = 0;
    for (long seed = 1; seed <= 1000; seed++) {
      if (trace(new TestLoop().seed(seed), 2, 1).getFirst().equals("t1")) {
        swapped++;
      }
    }
    assertThat(swapped).isBetween(400, 600);
  }

  @Test
  void noSeed_keepsTheOrder() {
    assertThat(trace(new TestLoop(), 3, 2)).containsExactly("t0", "t1", "t2", "t0", "t1", "t2");
  }

  @Test
  void callbacks_keepTheirPlacesAndTheirOrder() {
    for (long seed = 1; seed <= 50; seed++) {
      TestLoop loop = new TestLoop().seed(seed);
      loop.run(
          () -> {
            EventLoop current = EventLoop.current();
            List<Task<?>> tasks = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
              int n = i;
              current.callSoon(() -> loop.mark("callback " + n));
              tasks.add(createTask(() -> loop.mark("task")));
            }
            tasks.forEach(Future::await);
          });
      assertThat(loop.trail())
          .containsExactly(
              "callback 0",
              "task",
              "callback 1",
              "task",
              "callback 2",
              "task",
              "callback 3",
              "task");
    }
  }

  @Test
  void tasksOfOneTurn_areAllRunBeforeThoseOfTheNext() {
    for (long seed = 1; seed <= 50; seed++) {
      List<String> trace = trace(new TestLoop().seed(seed), 5, 4);
      for (int turn = 0; turn < 4; turn++) {
        assertThat(trace.subList(turn * 5, turn * 5 + 5))
            .containsExactlyInAnyOrder("t0", "t1", "t2", "t3", "t4");
      }
    }
  }

  @Test
  void options_holdTheSeed() {
    assertThat(LoopOptions.defaults().shuffleSeed()).isEmpty();
    LoopOptions shuffled = LoopOptions.defaults().withName("x").withShuffle(7).withDebug(true);
    assertThat(shuffled.shuffleSeed()).hasValue(7);
    assertThat(shuffled.name()).isEqualTo("x");
    assertThat(shuffled.debug()).isTrue();
    assertThat(shuffled.withShuffle(8).shuffleSeed()).hasValue(8);
    assertThat(shuffled.shuffleSeed()).hasValue(7);
  }
}
