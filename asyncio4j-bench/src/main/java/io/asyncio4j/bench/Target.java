package io.asyncio4j.bench;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A bound that a figure of ours should keep, in the same run.
 *
 * @param says the bound in words
 * @param value the figure
 * @param factor the bound: so many times the yardstick, or that number if there is none
 * @param yardstick what it is measured by
 */
record Target(String says, Figure value, double factor, @Nullable Figure yardstick) {

  /** A figure in the results. */
  record Figure(Row row, String peer, Unit unit) {
    Figure(Row row, String peer) {
      this(row, peer, row.unit());
    }

    double in(Results results) {
      return results.median(row, peer, unit);
    }

    private Figure onFloor() {
      return peer.equals(Results.OURS) ? new Figure(row, Report.BARE_THREADS, unit) : this;
    }
  }

  /** Whether a target holds. */
  enum Verdict {
    HOLDS("yes"),
    MISSED("**no**"),
    UNKNOWN("not measured");

    final String text;

    Verdict(String text) {
      this.text = text;
    }
  }

  /** Returns the figure as it is compared with the factor: a ratio if there is a yardstick. */
  double measured(Results results) {
    return yardstick == null ? value.in(results) : value.in(results) / yardstick.in(results);
  }

  Verdict judge(Results results) {
    double measured = measured(results);
    if (Double.isNaN(measured)) {
      return Verdict.UNKNOWN;
    }
    return measured <= factor ? Verdict.HOLDS : Verdict.MISSED;
  }

  /**
   * Returns what bare virtual threads, the floor of ours, have there; empty if they do no such row.
   */
  String showFloor(Results results) {
    if (!value.peer.equals(Results.OURS)) {
      return "";
    }
    Figure floor = yardstick == null ? null : yardstick.onFloor();
    return new Target(says, value.onFloor(), factor, floor).show(results);
  }

  /** Returns what was measured, beside the bound. */
  String show(Results results) {
    double measured = measured(results);
    if (Double.isNaN(measured)) {
      return "";
    }
    if (yardstick == null) {
      return Unit.format(measured) + " " + value.unit.label;
    }
    return String.format(
        Locale.ROOT,
        "%.2f (%s of %s %s)",
        measured,
        Unit.format(value.in(results)),
        Unit.format(yardstick.in(results)),
        value.unit.label);
  }
}
