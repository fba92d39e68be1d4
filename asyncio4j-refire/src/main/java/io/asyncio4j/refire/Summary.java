package io.asyncio4j.refire;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How a run ended, in counts that agree: {@code plan.sendable() == fired + notSent}, {@code fired
 * == recovered + failing + interrupted}, and {@code fired} is the number of lines in the log of
 * what was fired.
 *
 * @param plan what was read and chosen
 * @param fired requests that were put on the wire and whose outcome was written
 * @param recovered those whose last answer counts as success
 * @param failing those whose last answer or failure does not
 * @param interrupted those that were on their way when the run was stopped
 * @param notSent requests that were never put on the wire, since the run was stopped before
 * @param unwritten requests that were put on the wire and whose outcome could not be written, since
 *     the disk was full or the like
 * @param attempts requests put on the wire, repeated ones included
 * @param byStatus how many of the fired ended with each status
 * @param byFailure how many of the fired ended without an answer, by kind
 * @param elapsed from the first request to the last outcome
 * @param latencies how long the attempts took that got an answer
 * @param files the files that were written
 * @param stopped why the run ended early; empty if it did not
 */
public record Summary(
    Plan plan,
    long fired,
    long recovered,
    long failing,
    long interrupted,
    long notSent,
    long unwritten,
    long attempts,
    Map<Integer, Long> byStatus,
    Map<FailureKind, Long> byFailure,
    Duration elapsed,
    Latencies latencies,
    List<Path> files,
    Optional<String> stopped) {

  /** Copies the collections, which keep their order. */
  public Summary {
    byStatus = Collections.unmodifiableMap(new LinkedHashMap<>(byStatus));
    byFailure = Collections.unmodifiableMap(new LinkedHashMap<>(byFailure));
    files = List.copyOf(files);
  }

  /**
   * How long attempts took, from the start of an attempt to the end of its answer.
   *
   * @param count attempts measured
   * @param min the shortest
   * @param mean the mean
   * @param p50 half of them took no longer
   * @param p90 nine in ten took no longer
   * @param p99 99 in 100 took no longer
   * @param max the longest
   */
  public record Latencies(
      long count,
      Duration min,
      Duration mean,
      Duration p50,
      Duration p90,
      Duration p99,
      Duration max) {
    /** What is said of no attempts at all. */
    public static final Latencies NONE =
        new Latencies(
            0,
            Duration.ZERO,
            Duration.ZERO,
            Duration.ZERO,
            Duration.ZERO,
            Duration.ZERO,
            Duration.ZERO);
  }

  Summary withFiles(List<Path> newFiles) {
    return new Summary(
        plan,
        fired,
        recovered,
        failing,
        interrupted,
        notSent,
        unwritten,
        attempts,
        byStatus,
        byFailure,
        elapsed,
        latencies,
        newFiles,
        stopped);
  }

  /** Returns the attempts per second of the firing, 0 if there were none. */
  public double throughput() {
    double seconds = elapsed.toNanos() / 1e9;
    return seconds == 0 ? 0 : attempts / seconds;
  }

  /**
   * Returns the exit code of a command that made this run: 3 if it was stopped, 2 if a log could
   * not be read to its end, 1 if a request still fails or none of those that failed could be sent,
   * 0 if all that were sent recovered or nothing was to do.
   */
  public int exitCode() {
    if (stopped.isPresent()) {
      return 3;
    }
    if (!plan.problems().isEmpty()) {
      return 2;
    }
    boolean nothingSendable = plan.distinct() > 0 && plan.sendable() == 0;
    return failing + interrupted > 0 || nothingSendable ? 1 : 0;
  }

  /** Returns the summary as a JSON object on one line. */
  public String toJson() {
    return Json.object(json -> Json.summary(json, this));
  }
}
