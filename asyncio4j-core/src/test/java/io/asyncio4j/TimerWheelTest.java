package io.asyncio4j;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TimerWheelTest {
  private static final long HOUR = 3_600_000_000_000L;

  private final EventLoop loop = EventLoop.create();
  private final TimerWheel wheel = new TimerWheel();
  private int age;

  @AfterEach
  void closeLoop() {
    loop.close();
  }

  private TimerHandle timer(long when) {
    return new TimerHandle(loop, () -> {}, when, age++);
  }

  private TimerHandle add(long when) {
    TimerHandle timer = timer(when);
    wheel.add(timer);
    return timer;
  }

  private List<TimerHandle> takeDue(long now) {
    List<TimerHandle> due = new ArrayList<>();
    for (TimerHandle t = wheel.pollDue(now); t != null; t = wheel.pollDue(now)) {
      due.add(t);
    }
    return due;
  }

  /** What a delay is drawn from: equal deadlines, one tick, some ticks, all levels, the past. */
  private static long randomDelay(Random random) {
    return switch (random.nextInt(8)) {
      case 0 -> 0;
      case 1 -> random.nextInt(4);
      case 2 -> random.nextInt(1 << 16);
      case 3 -> random.nextInt(1 << 23);
      case 4 -> random.nextLong(HOUR);
      case 5 -> random.nextLong(1L << (1 + random.nextInt(61)));
      case 6 -> -random.nextLong(HOUR);
      default -> (long) random.nextInt(4) << (16 + 6 * random.nextInt(8)); // the edges of slots
    };
  }

  private static long randomStep(Random random, @Nullable TimerHandle first, long now) {
    return switch (random.nextInt(5)) {
      case 0 -> 0;
      case 1 -> random.nextInt(1 << 17);
      case 2 -> first == null ? 0 : Math.max(0, first.when() - now); // exactly to the next
      case 3 -> first == null ? 0 : Math.max(0, first.when() - now - 1); // just short of it
      default -> random.nextLong(1L << (1 + random.nextInt(45)));
    };
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16})
  void randomOperations_anySeed_giveWhatAPriorityQueueGives(long seed) {
    Random random = new Random(seed);
    PriorityQueue<TimerHandle> model = new PriorityQueue<>();
    List<TimerHandle> made = new ArrayList<>();
    long now = random.nextBoolean() ? 0 : random.nextLong(1L << 60);
    for (int i = 0; i < 20_000; i++) {
      int operation = random.nextInt(10);
      if (operation < 5) {
        TimerHandle added = add(now + randomDelay(random));
        model.add(added);
        made.add(added);
      } else if (operation < 8 && !made.isEmpty()) { // also such as were removed or fired before
        TimerHandle removed = made.get(random.nextInt(made.size()));
        wheel.remove(removed);
        model.remove(removed);
      } else {
        now += randomStep(random, model.peek(), now);
        List<TimerHandle> expected = new ArrayList<>();
        while (!model.isEmpty() && model.element().when() <= now) {
          expected.add(model.remove());
        }
        assertThat(takeDue(now)).as("seed %d, step %d", seed, i).isEqualTo(expected);
      }
      TimerHandle first = model.peek();
      long deadline = first == null ? Long.MAX_VALUE : first.when();
      assertThat(wheel.size()).as("seed %d, step %d", seed, i).isEqualTo(model.size());
      assertThat(wheel.firstDeadline(Integer.MAX_VALUE))
          .as("seed %d, step %d", seed, i)
          .isEqualTo(deadline);
      assertThat(wheel.firstDeadline(2))
          .as("seed %d, step %d", seed, i)
          .isLessThanOrEqualTo(deadline);
    }
    List<TimerHandle> rest = new ArrayList<>();
    while (!model.isEmpty()) {
      rest.add(model.remove());
    }
    assertThat(takeDue(Long.MAX_VALUE)).as("seed %d", seed).isEqualTo(rest);
    assertThat(wheel.isEmpty()).isTrue();
  }

  @Test
  void equalDeadlines_aThousand_areGivenByAge() {
    List<TimerHandle> timers = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      timers.add(add(HOUR));
    }
    assertThat(takeDue(HOUR - 1)).isEmpty();
    assertThat(takeDue(HOUR)).isEqualTo(timers);
  }

  @Test
  void firstDeadline_fewLookedAt_reachesTheTimerInAFewSteps() {
    for (int i = 0; i < 1_000; i++) {
      add(HOUR + i);
    }
    long now = 0;
    int steps = 0;
    while (takeDue(now).isEmpty()) {
      long next = wheel.firstDeadline(64);
      assertThat(next).isGreaterThan(now).isLessThanOrEqualTo(HOUR);
      now = next;
      steps++;
    }
    assertThat(now).isEqualTo(HOUR);
    assertThat(steps).isLessThanOrEqualTo(8);
  }

  @Test
  void extremeDeadlines_areKept() {
    TimerHandle last = add(Long.MAX_VALUE);
    TimerHandle late = add(Long.MAX_VALUE / 4);
    TimerHandle past = add(Long.MIN_VALUE);
    assertThat(takeDue(0)).containsExactly(past);
    assertThat(wheel.firstDeadline(1)).isEqualTo(Long.MAX_VALUE / 4);
    assertThat(takeDue(Long.MAX_VALUE - 1)).containsExactly(late);
    assertThat(takeDue(Long.MAX_VALUE)).containsExactly(last);
  }

  @Test
  void cancelledTimers_aMillionTimeouts_leaveNothingBehind() {
    loop.runUntilComplete(
        () -> {
          TimerHandle kept = loop.callLater(Duration.ofHours(1), () -> {});
          int most = 0;
          for (int i = 0; i < 1_000_000; i++) {
            loop.callLater(Duration.ofNanos(1 + 100L * i), () -> {}).cancel();
            most = Math.max(most, loop.statistics().timers());
          }
          assertThat(most).isEqualTo(1);
          kept.cancel();
          assertThat(loop.statistics().timers()).isZero();
        });
  }
}
