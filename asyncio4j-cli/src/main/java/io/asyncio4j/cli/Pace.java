package io.asyncio4j.cli;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/** How fast work goes on just now: counts seen within the last seconds. */
final class Pace {
  private static final long WINDOW_NANOS = Duration.ofSeconds(5).toNanos();

  private final Deque<Sample> samples = new ArrayDeque<>();

  private record Sample(long nanos, long started, long done) {}

  /** Notes what the counts are at a time. */
  void note(long nanos, long started, long done) {
    samples.addLast(new Sample(nanos, started, done));
    while (samples.size() > 2 && nanos - samples.getFirst().nanos > WINDOW_NANOS) {
      samples.removeFirst();
    }
  }

  /** Returns the things started per second, 0 before it is known. */
  double startedPerSecond() {
    return samples.isEmpty()
        ? 0
        : perSecond(samples.getLast().started - samples.getFirst().started);
  }

  /** Returns the time for so many more things to get done, empty where nothing moves. */
  Optional<Duration> timeFor(long more) {
    double rate =
        samples.isEmpty() ? 0 : perSecond(samples.getLast().done - samples.getFirst().done);
    return rate > 0
        ? Optional.of(Duration.ofMillis(Math.round(more / rate * 1000)))
        : Optional.empty();
  }

  private double perSecond(long count) {
    long nanos = samples.getLast().nanos - samples.getFirst().nanos;
    return nanos > 0 ? count * 1e9 / nanos : 0;
  }
}
