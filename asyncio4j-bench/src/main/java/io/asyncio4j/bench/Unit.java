package io.asyncio4j.bench;

import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** What a row is measured in. Less is better in each. */
enum Unit {
  NANOS("ns", round -> (double) round.nanos() / round.ops()),
  MICROS("us", round -> round.nanos() / 1e3 / round.ops()),
  MILLIS_IN_ALL("ms in all", round -> round.nanos() / 1e6),
  BYTES("bytes", round -> (double) round.bytes() / round.ops()),
  RESIDENT_BYTES("bytes", round -> (double) round.rss() / round.ops());

  final String label;
  private final ToDoubleFunction<Round> value;

  Unit(String label, ToDoubleFunction<Round> value) {
    this.label = label;
    this.value = value;
  }

  double of(Round round) {
    return value.applyAsDouble(round);
  }

  /** Returns a number with as many digits as it is good for. */
  static String format(double number) {
    if (Double.isNaN(number)) {
      return "";
    }
    String format = number >= 100 ? "%,.0f" : number >= 10 ? "%.1f" : "%.2f";
    return String.format(Locale.ROOT, format, number);
  }
}
