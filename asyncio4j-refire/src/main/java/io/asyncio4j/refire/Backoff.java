package io.asyncio4j.refire;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long to wait before the next attempt: a random part (full jitter) of half a second that
 * doubles with each attempt, up to half a minute.
 */
final class Backoff {
  private static final long BASE = Duration.ofSeconds(1).toNanos();
  private static final long MAX = Duration.ofSeconds(30).toNanos();
  private static final int MAX_DOUBLINGS = 5;

  private final RandomGenerator random;

  Backoff(RandomGenerator random) {
    this.random = random;
  }

  /** Returns how long to wait after so many attempts. */
  Duration after(int attempts) {
    long longest = Math.min(MAX, BASE << Math.min(MAX_DOUBLINGS, attempts - 1));
    return Duration.ofNanos(random.nextLong(longest + 1));
  }
}
