package io.asyncio4j;

import static org.assertj.core.api.Assertions.assertThat;

import io.asyncio4j.testing.TestLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HoldersTest {
  @RegisterExtension final TestLoop loop = new TestLoop();

  private final Holders holders = new Holders();

  private static List<Task<?>> tasks(int count) {
    List<Task<?>> tasks = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      tasks.add(Asyncio.createTask(() -> Asyncio.sleep(Duration.ofSeconds(1))));
    }
    return tasks;
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 16, 17, 40})
  void gaveBack_byOneWhoTookNothing_goesByTheOrderOfTaking(int count) {
    loop.run(
        () -> {
          List<Task<?>> tasks = tasks(count);
          tasks.forEach(holders::took);
          holders.took(null);
          for (int back = 0; back < count; back++) {
            assertThat(holders.tasks()).isEqualTo(tasks.subList(back, count));
            holders.gaveBack(back % 2 == 0 ? null : Task.current());
          }
          holders.gaveBack(null);
          assertThat(holders.tasks()).isEmpty();
          Asyncio.waitUntil(ReturnWhen.ALL_COMPLETED, tasks);
        });
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void randomOperations_anySeed_leaveThoseThatTookMoreThanTheyGaveBack(long seed) {
    loop.run(
        () -> {
          Random random = new Random(seed);
          List<Task<?>> tasks = tasks(30);
          Map<Task<?>, Integer> taken = new HashMap<>();
          for (int i = 0; i < 5_000; i++) {
            Task<?> task = tasks.get(random.nextInt(tasks.size()));
            if (random.nextInt(100) < 50 + 30 * Math.sin(i / 300.0)) {
              holders.took(task);
              taken.merge(task, 1, Integer::sum);
            } else if (taken.containsKey(task)) {
              holders.gaveBack(task);
              taken.computeIfPresent(task, (_, count) -> count == 1 ? null : count - 1);
            }
            assertThat(new HashSet<>(holders.tasks()))
                .as("seed %d, step %d", seed, i)
                .isEqualTo(taken.keySet());
          }
          Asyncio.waitUntil(ReturnWhen.ALL_COMPLETED, tasks);
        });
  }

  @Test
  void took_byTasksThatEndWithIt_isForgotten() {
    loop.run(
        () -> {
          Task<?> alive = Asyncio.createTask(() -> Asyncio.sleep(Duration.ofSeconds(1)));
          holders.took(alive);
          for (int i = 0; i < 1_000; i++) {
            Task<?> ended = Asyncio.createTask(() -> holders.took(Task.current()));
            ended.await();
          }
          assertThat(holders.tasks()).contains(alive).hasSizeLessThan(50);
          alive.await();
        });
  }
}
