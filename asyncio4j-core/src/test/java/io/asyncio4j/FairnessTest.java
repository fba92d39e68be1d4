package io.asyncio4j;

import static io.asyncio4j.Asyncio.createTask;
import static io.asyncio4j.Asyncio.gatherResults;
import static io.asyncio4j.Asyncio.sleep;
import static io.asyncio4j.Asyncio.waitFor;
import static java.time.Duration.ZERO;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.asyncio4j.testing.TestLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.stream.LongStream;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Tasks that come, wait, are served and are cancelled at random: before they wait, while they wait,
 * in the turn in which they are served, while they have what they waited for. Whatever the seed,
 * nothing is lost or made, and nobody overtakes.
 */
class FairnessTest {
  private static final int STEPS = 300;
  private static final Duration LONG = ofSeconds(1_000);

  @RegisterExtension final TestLoop loop = new TestLoop();

  private final List<Task<?>> crowd = new ArrayList<>();
  private final List<Integer> served = new ArrayList<>();
  private int asked;
  private int inside;
  private int mostInside;

  static LongStream seeds() {
    return LongStream.range(0, 100);
  }

  /** Lets the crowd live for a while, then lets all that are left end. */
  private void live(Random random, ThrowingRunnable<Exception> body, Runnable event) {
    for (int i = 0; i < STEPS; i++) {
      switch (random.nextInt(6)) {
        case 0, 1 -> crowd.add(createTask(body));
        case 2 -> {
          if (!crowd.isEmpty()) {
            // Mostly one of the newest, which still wait.
            int newest = Math.min(crowd.size(), 1 + random.nextInt(12));
            crowd.get(crowd.size() - newest).cancel();
          }
        }
        case 3 -> event.run();
        default -> sleep(ZERO);
      }
    }
  }

  /** Waits for all of the crowd; that one waits for ever shows as a timeout, in no time. */
  private void end() {
    GatheredResults<Object> outcomes = waitFor(gatherResults(crowd), LONG);
    assertThat(outcomes.exceptions()).allMatch(e -> e instanceof CancellationException);
    assertThat(outcomes.successes().size()).isPositive();
    assertThat(outcomes.exceptionCount()).isPositive();
  }

  private void stayInside(Random random, int number) {
    served.add(number);
    inside++;
    mostInside = Math.max(mostInside, inside);
    try {
      for (int turns = random.nextInt(3); turns > 0; turns--) {
        sleep(ZERO);
      }
    } finally {
      inside--;
    }
  }

  private void assertServedInOrder() {
    assertThat(served).isSorted().doesNotHaveDuplicates();
    assertThat(inside).isZero();
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void lock(long seed) {
    Random random = new Random(seed);
    Lock lock = new Lock();
    loop.run(
        () -> {
          live(
              random,
              () -> {
                int number = asked++;
                try (Hold _ = lock.hold()) {
                  stayInside(random, number);
                }
              },
              () -> {});
          end();
        });
    assertServedInOrder();
    assertThat(mostInside).isEqualTo(1);
    assertThat(lock.statistics()).isEqualTo(new Lock.Statistics(false, null, 0));
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void semaphore(long seed) {
    Random random = new Random(seed);
    int permits = 1 + random.nextInt(3);
    Semaphore semaphore = Semaphore.bounded(permits);
    loop.run(
        () -> {
          live(
              random,
              () -> {
                int number = asked++;
                try (Hold _ = semaphore.hold()) {
                  stayInside(random, number);
                }
              },
              () -> {});
          end();
        });
    assertServedInOrder();
    assertThat(mostInside).isEqualTo(permits);
    assertThat(semaphore.statistics()).isEqualTo(new Semaphore.Statistics(permits, 0));
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void capacityLimiter_resizedMeanwhile(long seed) {
    Random random = new Random(seed);
    CapacityLimiter limiter = new CapacityLimiter(2);
    loop.run(
        () -> {
          live(
              random,
              () -> {
                int number = asked++;
                try (Hold _ = limiter.hold()) {
                  assertThat(limiter.borrowedTokens()).isPositive();
                  stayInside(random, number);
                }
              },
              () -> {
                int borrowed = limiter.borrowedTokens();
                limiter.totalTokens(random.nextInt(4));
                assertThat(limiter.borrowedTokens())
                    .isLessThanOrEqualTo(Math.max(borrowed, limiter.totalTokens()));
              });
          limiter.totalTokens(2);
          end();
        });
    assertServedInOrder();
    assertThat(mostInside).isBetween(2, 3);
    assertThat(limiter.statistics()).isEqualTo(new CapacityLimiter.Statistics(0, 2, List.of(), 0));
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void event_waitersOfEachSet_allGoOn(long seed) {
    Random random = new Random(seed);
    Event event = new Event();
    loop.run(
        () -> {
          live(
              random,
              () -> {
                int number = asked++;
                event.await();
                served.add(number);
              },
              () -> {
                event.set();
                event.clear();
              });
          event.set();
          end();
        });
    assertThat(served).doesNotHaveDuplicates();
    assertThat(event.statistics().tasksWaiting()).isZero();
  }

  /** Puts and gets of a queue or channel at random; who is cancelled has put or got nothing. */
  private final class Traffic {
    final Set<Integer> sent = new HashSet<>();
    final List<Integer> received = new ArrayList<>();
    final TreeMap<Integer, Integer> receivedByNumber = new TreeMap<>();
    private int receives;

    void send(java.util.function.IntConsumer send) {
      int item = asked++;
      send.accept(item);
      sent.add(item);
    }

    void receive(java.util.function.IntSupplier receive) {
      int number = receives++;
      int item = receive.getAsInt();
      received.add(item);
      receivedByNumber.put(number, item);
    }
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void queue_itemsComeOnceAndInOrder(long seed) {
    Random random = new Random(seed);
    Queue<Integer> queue = new Queue<>(random.nextInt(4));
    Traffic traffic = new Traffic();
    loop.run(
        () -> {
          live(
              random,
              () -> {
                if (random.nextBoolean()) {
                  traffic.send(queue::put);
                } else {
                  traffic.receive(queue::get);
                }
              },
              () -> {
                // One who need not wait, between those who do.
                if (!queue.isEmpty()) {
                  traffic.received.add(queue.getNow());
                }
              });
          sleep(ofMillis(1)); // all that can go on has
          drain(queue, traffic);
          end();
        });
    assertThat(new HashSet<>(traffic.received)).isEqualTo(traffic.sent);
    assertThat(traffic.received).doesNotHaveDuplicates();
    assertThat(queue.statistics().tasksWaitingGet()).isZero();
    assertThat(queue.statistics().tasksWaitingPut()).isZero();
  }

  /** Ends those who wait to put by making room, and those who wait to get by items of our own. */
  private void drain(Queue<Integer> queue, Traffic traffic) {
    while (queue.statistics().tasksWaitingPut() > 0 || !queue.isEmpty()) {
      if (!queue.isEmpty()) {
        traffic.received.add(queue.getNow());
      }
      sleep(ZERO);
    }
    for (int i = queue.statistics().tasksWaitingGet(); i > 0; i--) {
      traffic.send(queue::put);
    }
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void channel_itemsComeOnceAndInOrderToReceiversInOrder(long seed) {
    Random random = new Random(seed);
    Channel<Integer> channel = new Channel<>(random.nextInt(3));
    Traffic traffic = new Traffic();
    loop.run(
        () -> {
          live(
              random,
              () -> {
                if (random.nextBoolean()) {
                  traffic.send(item -> channel.sender().send(item));
                } else {
                  traffic.receive(() -> channel.receiver().receive());
                }
              },
              () -> {});
          sleep(ofMillis(1)); // all that can go on has
          Channel.Statistics left = channel.statistics();
          for (int i = left.tasksWaitingReceive(); i > 0; i--) {
            traffic.send(item -> channel.sender().send(item));
          }
          for (int i = left.tasksWaitingSend() + left.currentBufferUsed(); i > 0; i--) {
            traffic.receive(() -> channel.receiver().receive());
          }
          end();
        });
    assertThat(traffic.received).doesNotHaveDuplicates();
    assertThat(new HashSet<>(traffic.received)).isEqualTo(traffic.sent);
    assertThat(List.copyOf(traffic.receivedByNumber.values())).isSorted();
    assertThat(channel.statistics())
        .isEqualTo(new Channel.Statistics(0, channel.statistics().maxBufferSize(), 1, 1, 0, 0));
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void condition_oneSignalAnItem_noItemWaitsBesideAConsumer(long seed) {
    Random random = new Random(seed);
    Condition condition = new Condition();
    int[] items = {0};
    loop.run(
        () -> {
          live(
              random,
              () -> {
                if (random.nextInt(3) == 0) {
                  try (Hold _ = condition.hold()) {
                    items[0]++;
                    condition.signal();
                  }
                } else {
                  try (Hold _ = condition.hold()) {
                    condition.awaitUntil(() -> items[0] > 0);
                    items[0]--;
                  }
                }
              },
              () -> {});
          sleep(ofMillis(1)); // all that can go on has
          assertThat(condition.isLocked()).isFalse();
          if (condition.statistics().tasksWaiting() > 0) {
            assertThat(items[0]).isZero();
          }
          try (Hold _ = condition.hold()) {
            items[0] += condition.statistics().tasksWaiting();
            condition.signalAll();
          }
          end();
        });
    assertThat(condition.statistics().tasksWaiting()).isZero();
    assertThat(condition.isLocked()).isFalse();
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void barrier_passedByAsManyAsItHasParties(long seed) {
    Random random = new Random(seed);
    int parties = 2 + random.nextInt(3);
    Barrier barrier = new Barrier(parties);
    int[] passed = new int[parties];
    loop.run(
        () -> {
          live(random, () -> passed[barrier.await()]++, () -> {});
          sleep(ofMillis(1)); // all that can go on has
          assertThat(barrier.waitingCount()).isLessThan(parties);
          for (int missing = (parties - barrier.waitingCount()) % parties; missing > 0; missing--) {
            crowd.add(createTask(() -> passed[barrier.await()]++));
          }
          end();
        });
    assertThat(barrier.waitingCount()).isZero();
    assertThat(barrier.isBroken()).isFalse();
    // Each round has each number once, except those of tasks that were cancelled as they passed.
    for (int times : passed) {
      assertThat(times).isLessThanOrEqualTo(passed[parties - 1]);
    }
    assertThat(passed[parties - 1]).isPositive();
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void rateLimiter_neverMoreThanTheBucketAllows(long seed) {
    Random random = new Random(seed);
    int maxRate = 1 + random.nextInt(7);
    long period = 1_000L + random.nextInt(100_000);
    RateLimiter limiter = new RateLimiter(maxRate, Duration.ofNanos(period));
    List<Long> times = new ArrayList<>();
    List<Integer> amounts = new ArrayList<>();
    loop.run(
        () -> {
          live(
              random,
              () -> {
                int number = asked++;
                int amount = 1 + random.nextInt(maxRate);
                limiter.acquire(amount);
                served.add(number);
                times.add(EventLoop.current().time());
                amounts.add(amount);
              },
              () -> sleep(Duration.ofNanos(random.nextLong(period / 2))));
          end();
          sleep(Duration.ofNanos(period));
          assertThat(limiter.statistics().available()).isEqualTo(maxRate);
        });
    assertServedInOrder();
    for (int from = 0; from < times.size(); from++) {
      long sum = 0;
      for (int to = from; to < times.size(); to++) {
        sum += amounts.get(to);
        long leaked = (times.get(to) - times.get(from)) * maxRate;
        assertThat(sum * period).isLessThanOrEqualTo(maxRate * period + leaked);
      }
    }
  }
}
