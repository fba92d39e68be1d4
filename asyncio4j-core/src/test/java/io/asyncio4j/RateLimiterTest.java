package io.asyncio4j;

import static io.asyncio4j.Asyncio.createTask;
import static io.asyncio4j.Asyncio.gather;
import static io.asyncio4j.Asyncio.sleep;
import static java.time.Duration.ZERO;
import static java.time.Duration.ofHours;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofNanos;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.asyncio4j.testing.TestLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The bucket leaks evenly on the loop's clock, to the nanosecond, and serves in order. */
class RateLimiterTest {
  @RegisterExtension final TestLoop loop = new TestLoop();

  private final List<Duration> begun = new ArrayList<>();

  private Task<Void> acquiring(RateLimiter limiter, int amount, String name) {
    return createTask(
        name,
        () -> {
          limiter.acquire(amount);
          begun.add(loop.elapsed());
          loop.mark(name);
        });
  }

  @Test
  void acquire_aFullBucketAtOnce_thenEvenly() {
    RateLimiter limiter = new RateLimiter(3, ofSeconds(1));
    loop.run(
        () -> {
          for (int i = 0; i < 6; i++) {
            limiter.acquire();
            begun.add(loop.elapsed());
          }
        });
    assertThat(begun)
        .containsExactly(
            ZERO, ZERO, ZERO, ofNanos(333_333_334), ofNanos(666_666_667), ofSeconds(1));
  }

  @Test
  void acquire_afterAPause_theBucketIsEmptyAndNoMore() {
    RateLimiter limiter = new RateLimiter(2, ofMillis(20));
    loop.timeLimit(ofHours(101));
    loop.run(
        () -> {
          limiter.acquire(2);
          assertThat(limiter.hasCapacity(1)).isFalse();
          assertThat(limiter.statistics())
              .isEqualTo(new RateLimiter.Statistics(2, ofMillis(20), 0, 0));
          sleep(ofMillis(10));
          assertThat(limiter.hasCapacity(1)).isTrue();
          assertThat(limiter.hasCapacity(2)).isFalse();
          sleep(ofHours(100));
          assertThat(limiter.statistics().available()).isEqualTo(2);
          limiter.acquire(2);
          limiter.acquire();
        });
    assertThat(loop.elapsed()).isEqualTo(ofHours(100).plusMillis(20));
  }

  @Test
  void acquire_muchAskedFirst_isNotOvertakenByLittle() {
    RateLimiter limiter = new RateLimiter(4, ofSeconds(4));
    loop.run(
        () -> {
          limiter.acquire(4);
          gather(acquiring(limiter, 4, "much"), acquiring(limiter, 1, "little")).await();
        });
    assertThat(loop.trail()).containsExactly("much", "little");
    assertThat(begun).containsExactly(ofSeconds(4), ofSeconds(5));
  }

  @Test
  void acquire_firstInLineCancelled_theNextIsServedAsEarlyAsItMay() {
    RateLimiter limiter = new RateLimiter(4, ofSeconds(4));
    loop.run(
        () -> {
          limiter.acquire(4);
          Task<Void> much = acquiring(limiter, 4, "much");
          Task<Void> little = acquiring(limiter, 1, "little");
          sleep(ZERO);
          assertThat(limiter.statistics().tasksWaiting()).isEqualTo(2);
          much.cancel();
          little.await();
          assertThat(much.isCancelled()).isTrue();
        });
    assertThat(begun).containsExactly(ofSeconds(1));
  }

  @Test
  void acquire_cancelledInTheTurnInWhichItIsServed_givesItsShareBack() {
    RateLimiter limiter = new RateLimiter(1, ofSeconds(1));
    loop.run(
        () -> {
          limiter.acquire();
          Task<Void> a = acquiring(limiter, 1, "a");
          Task<Void> b = acquiring(limiter, 1, "b");
          sleep(ZERO);
          // Behind the limiter's own timer, which serves a: a has not run yet.
          EventLoop.current().callLater(ofSeconds(1), a::cancel);
          b.await();
          assertThat(a.isCancelled()).isTrue();
        });
    assertThat(loop.trail()).containsExactly("b");
    assertThat(begun).containsExactly(ofSeconds(1));
  }

  @Test
  void run_beginsWhenTheRateAllows() throws Exception {
    RateLimiter limiter = new RateLimiter(1, ofSeconds(1));
    loop.run(
        () -> {
          limiter.run(() -> loop.mark("first"));
          assertThat(limiter.<String, RuntimeException>run(() -> "second")).isEqualTo("second");
        });
    assertThat(loop.elapsed()).isEqualTo(ofSeconds(1));
  }

  @Test
  void nobodyWaits_noTimerKeepsTheLoop() {
    RateLimiter limiter = new RateLimiter(1, ofHours(1));
    loop.run(
        () -> {
          limiter.acquire();
          Task<Void> waiting = acquiring(limiter, 1, "waiting");
          sleep(ZERO);
          waiting.cancel();
          sleep(ofSeconds(1));
        });
    assertThat(loop.elapsed()).isEqualTo(ofSeconds(1));
  }

  @Test
  void usedOnAnotherLoop_afterTheFirstWasClosed_beginsAnew() {
    RateLimiter limiter = new RateLimiter(1, ofHours(1));
    loop.run(() -> limiter.acquire());
    loop.run(() -> limiter.acquire());
    assertThat(loop.elapsed()).isZero();
  }

  @Test
  void impossibleAmountsAndRates_areRefused() {
    RateLimiter limiter = new RateLimiter(2, ofSeconds(1));
    assertThatThrownBy(() -> limiter.acquire(3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("3");
    assertThatThrownBy(() -> limiter.acquire(-1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new RateLimiter(0, ofSeconds(1)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new RateLimiter(1, ZERO)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new RateLimiter(Integer.MAX_VALUE, Duration.ofDays(365)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("shorter period");
  }
}
