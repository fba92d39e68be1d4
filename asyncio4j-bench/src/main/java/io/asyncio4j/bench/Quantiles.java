package io.asyncio4j.bench;

import java.util.Collection;
import java.util.List;

/** Medians and their like, each of them one of the values. */
final class Quantiles {
  private Quantiles() {}

  static double median(Collection<Double> values) {
    return of(values, 0.5);
  }

  /**
   * Returns the value below which that part of the values is, of two that are as near the lesser,
   * since what disturbs a measurement only adds to it; NaN if there are none.
   */
  static double of(Collection<Double> values, double part) {
    if (values.isEmpty()) {
      return Double.NaN;
    }
    List<Double> sorted = values.stream().sorted().toList();
    return sorted.get((int) Math.ceil(part * (sorted.size() - 1) - 0.5));
  }
}
