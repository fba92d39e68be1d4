package io.asyncio4j;

import static io.asyncio4j.Asyncio.createTask;
import static io.asyncio4j.Asyncio.sleep;
import static io.asyncio4j.Asyncio.waitUntil;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The edges between threads under random load: no wake-up, item, permit or cancel is lost. */
@Tag("foreign-blocking")
class StressTest {
  private static final int TASKS = 400;
  private static final int STEPS = 60;

  /** What the tasks of one run share. */
  private static final class Shared {
    final Semaphore permits = new Semaphore(7);
    final Lock lock = new Lock();
    final Queue<Integer> ours = new Queue<>();
    final LinkedBlockingQueue<Integer> foreign = new LinkedBlockingQueue<>();
    final Object monitor = new Object();
    int inLock;
    int inSemaphore;
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void randomSteps_cancelledFromInsideAndOutside_allTasksEndAndNothingIsLost(long seed)
      throws Exception {
    Shared shared = new Shared();
    AtomicBoolean over = new AtomicBoolean();
    List<Task<?>> tasks = new ArrayList<>();
    Thread[] outside = new Thread[2];
    int ended =
        Asyncio.run(
            () -> {
              EventLoop loop = EventLoop.current();
              for (int i = 0; i < TASKS; i++) {
                Random random = new Random(seed * 1_000 + i);
                tasks.add(createTask("t" + i, () -> walk(shared, random)));
              }
              List<Task<?>> targets = List.copyOf(tasks);
              AtomicInteger given = new AtomicInteger();
              outside[0] =
                  Thread.ofPlatform()
                      .start(
                          () -> {
                            while (!over.get()) {
                              if (shared.foreign.size() < TASKS) {
                                shared.foreign.add(given.incrementAndGet());
                                loop.callSoonThreadsafe(() -> shared.ours.putNow(1));
                              }
                              Thread.onSpinWait();
                            }
                          });
              outside[1] =
                  Thread.ofPlatform()
                      .start(
                          () -> {
                            Random random = new Random(seed);
                            for (int i = 0; i < TASKS / 2 && !over.get(); i++) {
                              targets.get(random.nextInt(TASKS)).cancel();
                            }
                          });
              Random random = new Random(-seed);
              for (int i = 0; i < TASKS / 4; i++) {
                sleep(Duration.ZERO);
                targets.get(random.nextInt(TASKS)).cancel();
              }
              waitUntil(ReturnWhen.ALL_COMPLETED, targets);
              over.set(true);
              for (Thread thread : outside) {
                thread.join();
              }
              return (int) targets.stream().filter(Future::isDone).count();
            });
    assertThat(ended).isEqualTo(TASKS);
    assertThat(tasks)
        .allSatisfy(
            task ->
                assertThat(task.state())
                    .isIn(
                        java.util.concurrent.Future.State.SUCCESS,
                        java.util.concurrent.Future.State.CANCELLED));
    assertThat(shared.lock.isLocked()).isFalse();
    assertThat(shared.permits.isLocked()).isFalse();
    assertThat(shared.inLock + shared.inSemaphore).isZero();
  }

  private static void walk(Shared shared, Random random) throws InterruptedException {
    for (int step = 0; step < STEPS; step++) {
      switch (random.nextInt(7)) {
        case 0 -> sleep(Duration.ZERO);
        case 1 -> sleep(Duration.ofNanos(random.nextInt(200_000)));
        case 2 -> {
          try (var _ = shared.lock.hold()) {
            assertThat(++shared.inLock).isEqualTo(1);
            try {
              sleep(Duration.ZERO);
            } finally {
              shared.inLock--;
            }
          }
        }
        case 3 -> {
          try (var _ = shared.permits.hold()) {
            assertThat(++shared.inSemaphore).isLessThanOrEqualTo(7);
            try {
              sleep(Duration.ofNanos(random.nextInt(100_000)));
            } finally {
              shared.inSemaphore--;
            }
          }
        }
        case 4 -> assertThat(shared.ours.get()).isEqualTo(1);
        case 5 -> assertThat(shared.foreign.take()).isPositive();
        default -> {
          synchronized (shared.monitor) {
            Thread.onSpinWait();
          }
        }
      }
    }
  }
}
