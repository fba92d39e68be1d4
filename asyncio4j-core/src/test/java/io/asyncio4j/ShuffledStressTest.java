package io.asyncio4j;

import static io.asyncio4j.Asyncio.createTask;
import static io.asyncio4j.Asyncio.currentTask;
import static io.asyncio4j.Asyncio.gatherResults;
import static io.asyncio4j.Asyncio.shield;
import static io.asyncio4j.Asyncio.sleep;
import static io.asyncio4j.Asyncio.timeout;
import static java.time.Duration.ZERO;
import static java.time.Duration.ofMillis;
import static org.assertj.core.api.Assertions.assertThat;

import io.asyncio4j.testing.TestLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.stream.LongStream;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random steps with our own primitives in shuffled orders, on virtual time: whatever the order, no
 * permit, item, turn or wake-up is lost, and all tasks end. A lost one ends the run as a deadlock.
 */
class ShuffledStressTest {
  private static final int TASKS = 20;
  private static final int STEPS = 30;

  @RegisterExtension final TestLoop loop = new TestLoop();

  private final Lock lock = new Lock();
  private final Semaphore permits = new Semaphore(3);
  private final Queue<Integer> items = new Queue<>(5);
  private final Event gate = new Event();
  private int inLock;
  private int inSemaphore;
  private int put;
  private int got;

  static LongStream seeds() {
    return LongStream.rangeClosed(1, 200);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void randomSteps_anyOrder_allEndAndNothingIsLost(long seed) {
    loop.seed(seed);
    loop.run(
        () -> {
          Random random = new Random(seed);
          Task<?> taker =
              createTask(
                  "taker",
                  () -> {
                    while (true) {
                      items.get();
                      got++;
                      items.taskDone();
                    }
                  });
          List<Task<?>> walkers = new ArrayList<>();
          for (int i = 0; i < TASKS; i++) {
            long own = random.nextLong();
            walkers.add(createTask("walker " + i, () -> walk(new Random(own))));
          }
          for (int i = 0; i < TASKS / 2; i++) {
            sleep(ofMillis(random.nextInt(20)));
            walkers.get(random.nextInt(TASKS)).cancel();
            gate.set();
            gate.clear();
          }
          Task<?> opener =
              createTask(
                  () -> {
                    while (true) {
                      sleep(ofMillis(10));
                      gate.set();
                      gate.clear();
                    }
                  });
          GatheredResults<?> results = gatherResults(walkers).await();
          assertThat(results.exceptions())
              .allSatisfy(e -> assertThat(e).isInstanceOf(CancellationException.class));
          items.join();
          taker.cancel();
          opener.cancel();
          gatherResults(List.of(taker, opener)).await();
          timeout(ofMillis(1), this::takeAllPermits);
        });
    assertThat(got).isEqualTo(put);
    assertThat(lock.isLocked()).isFalse();
    assertThat(inLock + inSemaphore).isZero();
  }

  private void takeAllPermits() {
    permits.acquire();
    permits.acquire();
    permits.acquire();
    assertThat(permits.isLocked()).isTrue();
  }

  private void walk(Random random) {
    for (int step = 0; step < STEPS; step++) {
      switch (random.nextInt(8)) {
        case 0 -> sleep(ZERO);
        case 1 -> sleep(ofMillis(random.nextInt(5)));
        case 2 -> {
          try (var _ = lock.hold()) {
            assertThat(++inLock).isEqualTo(1);
            try {
              sleep(random.nextBoolean() ? ZERO : ofMillis(1));
            } finally {
              inLock--;
            }
          }
        }
        case 3 -> {
          try (var _ = permits.hold()) {
            assertThat(++inSemaphore).isLessThanOrEqualTo(3);
            try {
              sleep(ofMillis(random.nextInt(3)));
            } finally {
              inSemaphore--;
            }
          }
        }
        case 4 -> {
          items.put(step);
          put++;
        }
        case 5 -> gate.await();
        case 6 -> {
          try {
            timeout(ofMillis(random.nextInt(3)), () -> gate.await());
          } catch (TimeoutException e) {
            sleep(ZERO);
          }
        }
        default -> {
          Task<Integer> child = createTask(() -> sleep(ofMillis(1), 1));
          try {
            assertThat(shield(child).await()).isOne();
          } catch (CancellationException e) {
            child.await(); // the shield kept it alive
            throw e;
          }
        }
      }
      assertThat(currentTask()).isNotNull();
    }
  }
}
