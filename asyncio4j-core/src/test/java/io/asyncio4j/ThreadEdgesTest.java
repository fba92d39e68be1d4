package io.asyncio4j;

import static io.asyncio4j.Asyncio.sleep;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Where other threads meet a loop: hand-ins, wake-ups, cancels and its close, from four at once.
 */
class ThreadEdgesTest {
  private static final int THREADS = 4;
  private static final int HANDSHAKES = 1_500;
  private static final int CLOSES = 60;
  private static final int WORK_PER_CLOSE = 50;

  /** What is wrong with the loop itself must not hang the test. */
  private static final long LOST_AFTER_SECONDS = 120;

  private interface Step {
    void run(Random random) throws Exception;
  }

  /** Runs a step on four threads that begin together; gives what they threw. */
  private static List<Throwable> onFourThreads(long seed, Step step) throws Exception {
    List<Throwable> thrown = new java.util.concurrent.CopyOnWriteArrayList<>();
    CyclicBarrier begin = new CyclicBarrier(THREADS);
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      Random random = new Random(seed * THREADS + i);
      threads.add(
          Thread.ofPlatform()
              .start(
                  () -> {
                    try {
                      begin.await();
                      step.run(random);
                    } catch (Throwable e) { // for the test's thread to see
                      thrown.add(e);
                    }
                  }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    return thrown;
  }

  /**
   * Hands callbacks in, each after the one before has run, so that the loop falls asleep between.
   */
  private static void shakeHands(EventLoop loop, AtomicInteger ran) throws Exception {
    assertThat(
            onFourThreads(
                1,
                _ -> {
                  Semaphore answered = new Semaphore(0);
                  for (int i = 0; i < HANDSHAKES; i++) {
                    loop.callSoonThreadsafe(
                        () -> {
                          ran.incrementAndGet();
                          answered.release();
                        });
                    assertThat(answered.tryAcquire(LOST_AFTER_SECONDS, SECONDS))
                        .as("the wake-up arrived")
                        .isTrue();
                  }
                }))
        .isEmpty();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void callSoonThreadsafe_fourThreadsAndALoopThatSleepsBetween_eachRuns(boolean withSelector)
      throws Exception {
    AtomicInteger ran = new AtomicInteger();
    CompletableFuture<EventLoop> started = new CompletableFuture<>();
    Thread runner =
        Thread.ofPlatform()
            .start(
                () ->
                    Asyncio.run(
                        () -> {
                          if (withSelector) {
                            try (Server _ = Streams.serve((_, _) -> {}, "localhost", 0)) {
                              waitForStop(started);
                            } catch (java.io.IOException e) {
                              started.completeExceptionally(e);
                            }
                          } else {
                            waitForStop(started);
                          }
                        }));
    EventLoop loop = started.get();
    shakeHands(loop, ran);
    loop.submit(() -> loop.allTasks().forEach(Task::cancel));
    runner.join();
    assertThat(ran).hasValue(THREADS * HANDSHAKES);
  }

  private static void waitForStop(CompletableFuture<EventLoop> started) {
    started.complete(EventLoop.current());
    try {
      sleep(Duration.ofHours(1));
    } catch (java.util.concurrent.CancellationException stop) {
      assertThat(stop).isNotNull();
    }
  }

  @Test
  void cancel_fourThreadsAtRandomTimes_eachTaskEndsOnce() throws Exception {
    for (long seed = 1; seed <= CLOSES; seed++) {
      AtomicInteger begun = new AtomicInteger();
      AtomicInteger ended = new AtomicInteger();
      try (LoopGroup group = LoopGroup.create(1)) {
        assertThat(
                onFourThreads(
                    seed,
                    random -> {
                      List<CompletableFuture<Integer>> work = new ArrayList<>();
                      for (int i = 0; i < WORK_PER_CLOSE; i++) {
                        work.add(
                            group.submit(
                                () -> {
                                  begun.incrementAndGet();
                                  try {
                                    return sleep(Duration.ofNanos(random.nextInt(100_000)), 1);
                                  } finally {
                                    ended.incrementAndGet();
                                  }
                                }));
                        work.get(random.nextInt(work.size())).cancel(true);
                      }
                      for (CompletableFuture<Integer> future : work) {
                        future
                            .handle((_, _) -> true)
                            .get(LOST_AFTER_SECONDS, SECONDS); // done, one way or the other
                      }
                    }))
            .isEmpty();
      }
      assertThat(ended).hasValue(begun.get());
    }
  }

  @Test
  void close_whileFourThreadsHandIn_whatIsTakenEndsAndTheRestIsRefused() throws Exception {
    for (long seed = 1; seed <= CLOSES; seed++) {
      LoopGroup group = LoopGroup.create(1);
      EventLoop loop = group.loops().getFirst();
      CountDownLatch half = new CountDownLatch(THREADS);
      Thread closing =
          Thread.ofPlatform()
              .start(
                  () -> {
                    try {
                      half.await();
                    } catch (InterruptedException e) {
                      Thread.currentThread().interrupt();
                    }
                    group.close();
                  });
      List<Throwable> thrown =
          onFourThreads(
              seed,
              random -> {
                List<CompletableFuture<Integer>> taken = new ArrayList<>();
                try {
                  for (int i = 0; i < WORK_PER_CLOSE * 2; i++) {
                    if (i == WORK_PER_CLOSE) {
                      half.countDown();
                    }
                    if (random.nextBoolean()) {
                      loop.callSoonThreadsafe(() -> {});
                    } else {
                      taken.add(
                          loop.submit(() -> sleep(Duration.ofNanos(random.nextInt(50_000)), 1)));
                    }
                  }
                } catch (RejectedExecutionException | IllegalStateException refused) {
                  assertThat(refused).hasMessageContaining(loop.name());
                }
                for (CompletableFuture<Integer> future : taken) {
                  assertThat(future.handle((_, _) -> true).get(LOST_AFTER_SECONDS, SECONDS))
                      .isTrue();
                }
              });
      assertThat(thrown).isEmpty();
      closing.join();
      assertThat(loop.isClosed()).isTrue();
    }
  }
}
