package io.asyncio4j.examples;

import static io.asyncio4j.Asyncio.run;
import static io.asyncio4j.Asyncio.sleep;
import static java.time.Duration.ofDays;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FasterClockTest {
  @Test
  void sleep_onAFasterClock_isOverSooner() {
    run(FasterClock.times(1_000_000_000), () -> sleep(ofDays(1))); // 86.4 microseconds
  }

  @Test
  void waitNanos_dividesTheTimeThatIsLeft_andKnowsNoDeadline() {
    FasterClock clock = new FasterClock(10);
    assertThat(clock.waitNanos(clock.nanoTime() + 1000, false)).isLessThanOrEqualTo(100);
    assertThat(clock.waitNanos(Long.MAX_VALUE, false)).isEqualTo(Long.MAX_VALUE);
  }
}
