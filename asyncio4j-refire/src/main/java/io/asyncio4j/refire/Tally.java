package io.asyncio4j.refire;

import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/** The counts of a run. */
final class Tally {
  private static final long LONGEST_MICROS = TimeUnit.HOURS.toMicros(24);

  private final Map<Integer, Long> byStatus = new TreeMap<>();
  private final Map<FailureKind, Long> byFailure = new EnumMap<>(FailureKind.class);
  private final Histogram latencies = new Histogram(LONGEST_MICROS, 3);
  private long recovered;
  private long failing;
  private long interrupted;
  private long notSent;
  private long unwritten;
  private long attempts;

  /** Counts a request that was put on the wire. */
  void attempt() {
    attempts++;
  }

  /** Counts how long an answer took. */
  void latency(Duration took) {
    latencies.recordValue(Math.min(LONGEST_MICROS, took.toNanos() / 1000));
  }

  /** Counts a request whose line is in the log. */
  void fired(Outcome outcome) {
    switch (outcome.kind()) {
      case RECOVERED -> recovered++;
      case FAILING -> failing++;
      case INTERRUPTED -> interrupted++;
      case NOT_SENT -> throw new IllegalArgumentException("a request not sent was not fired");
    }
    if (outcome.failure() == null) {
      byStatus.merge(outcome.status(), 1L, Long::sum);
    } else {
      byFailure.merge(outcome.failure(), 1L, Long::sum);
    }
  }

  /** Counts a request that was to be sent, and was not. */
  void notSent() {
    notSent++;
  }

  /** Counts a request that was fired, and whose line could not be written. */
  void unwritten() {
    unwritten++;
  }

  long done() {
    return recovered + failing + interrupted + unwritten;
  }

  long recovered() {
    return recovered;
  }

  long failing() {
    return failing;
  }

  long attempts() {
    return attempts;
  }

  Summary summary(Plan plan, Duration elapsed, List<Path> files, Optional<String> stopped) {
    return new Summary(
        plan,
        recovered + failing + interrupted,
        recovered,
        failing,
        interrupted,
        notSent,
        unwritten,
        attempts,
        byStatus,
        byFailure,
        elapsed,
        latencies(),
        files,
        stopped);
  }

  private Summary.Latencies latencies() {
    if (latencies.getTotalCount() == 0) {
      return Summary.Latencies.NONE;
    }
    return new Summary.Latencies(
        latencies.getTotalCount(),
        micros(latencies.getMinValue()),
        micros((long) latencies.getMean()),
        micros(latencies.getValueAtPercentile(50)),
        micros(latencies.getValueAtPercentile(90)),
        micros(latencies.getValueAtPercentile(99)),
        micros(latencies.getMaxValue()));
  }

  private static Duration micros(long value) {
    return Duration.ofNanos(value * 1000);
  }
}
