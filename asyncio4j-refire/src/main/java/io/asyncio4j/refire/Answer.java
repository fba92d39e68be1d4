package io.asyncio4j.refire;

import java.time.Duration;
import java.time.Instant;

/**
 * How firing a request ended, as a log line can tell it.
 *
 * @param status the status, or {@link LogLine#NO_STATUS} where no answer came
 * @param size the bytes of the answer's body; 0 where no answer came
 * @param at when the last attempt was fired
 * @param took how long the last attempt took
 */
record Answer(int status, long size, Instant at, Duration took) {
  boolean came() {
    return status != LogLine.NO_STATUS;
  }

  /** Returns seconds with so many digits after the point, rounded down. */
  String seconds(int digits) {
    return java.math.BigDecimal.valueOf(took.toNanos(), 9)
        .setScale(digits, java.math.RoundingMode.DOWN)
        .toPlainString();
  }
}
