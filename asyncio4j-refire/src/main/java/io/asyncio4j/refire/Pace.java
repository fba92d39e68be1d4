package io.asyncio4j.refire;

import io.asyncio4j.Asyncio;
import io.asyncio4j.EventLoop;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * When the next request may begin: not above the rate, and not while its host asked for a pause.
 */
final class Pace {
  private final long interval;
  private final Map<Origin, Long> pausedUntil = new HashMap<>();
  private long nextStart;

  /** Makes a pace of so many requests in a second; 0 for any number. */
  Pace(double rate) {
    interval = rate == 0 ? 0 : (long) Math.max(1, 1e9 / rate);
    nextStart = EventLoop.current().time();
  }

  /** Suspends the calling task until the rate allows one more request. */
  void awaitTurn() {
    if (interval == 0) {
      return;
    }
    long now = EventLoop.current().time();
    long turn = Math.max(now, nextStart);
    nextStart = turn + interval;
    if (turn > now) {
      Asyncio.sleep(Duration.ofNanos(turn - now));
    }
  }

  /** Suspends the calling task while the host pauses. */
  void awaitHost(Origin origin) {
    long left = pauseLeft(origin);
    while (left > 0) {
      Asyncio.sleep(Duration.ofNanos(left));
      left = pauseLeft(origin);
    }
  }

  /** Tells whether the host pauses. */
  boolean isPaused(Origin origin) {
    return pauseLeft(origin) > 0;
  }

  /**
   * Lets nothing more begin at the host for some time.
   *
   * @return whether that is longer than it was to be before
   */
  boolean pause(Origin origin, Duration wait) {
    long until = EventLoop.current().time() + wait.toNanos();
    boolean longer = wait.isPositive() && pausedUntil.getOrDefault(origin, Long.MIN_VALUE) < until;
    if (longer) {
      pausedUntil.put(origin, until);
    }
    return longer;
  }

  private long pauseLeft(Origin origin) {
    Long until = pausedUntil.get(origin);
    return until == null ? 0 : until - EventLoop.current().time();
  }
}
