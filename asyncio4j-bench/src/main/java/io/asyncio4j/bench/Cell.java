package io.asyncio4j.bench;

import java.util.ArrayList;
import java.util.List;

/** What was measured of a row with a peer, process by process, and what went wrong. */
final class Cell {
  private final List<List<Round>> processes = new ArrayList<>();
  private final List<String> failures = new ArrayList<>();

  void add(List<Round> rounds) {
    processes.add(List.copyOf(rounds));
  }

  void addFailure(String failure) {
    failures.add(failure);
  }

  List<String> failures() {
    return failures;
  }

  boolean isMeasured() {
    return !processes.isEmpty();
  }

  int processes() {
    return processes.size();
  }

  int rounds() {
    return processes.stream().mapToInt(List::size).sum();
  }

  /** Returns the median of the processes' medians, so that each process counts alike. */
  double median(Unit unit) {
    return Quantiles.median(
        processes.stream()
            .map(rounds -> Quantiles.median(rounds.stream().map(unit::of).toList()))
            .toList());
  }

  /** Returns a quantile of all rounds. */
  double quantile(Unit unit, double part) {
    return Quantiles.of(processes.stream().flatMap(List::stream).map(unit::of).toList(), part);
  }

  /**
   * Returns the CPU time of an operation in nanoseconds: the median of the processes' means, since
   * some peers know their CPU time only in steps that are longer than a round.
   */
  double cpuNanos() {
    return Quantiles.median(
        processes.stream()
            .map(
                rounds ->
                    rounds.stream().mapToDouble(Round::cpuNanos).sum()
                        / rounds.stream().mapToDouble(Round::ops).sum())
            .toList());
  }
}
