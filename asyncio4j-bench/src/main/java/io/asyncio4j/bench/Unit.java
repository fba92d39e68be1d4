package io.asyncio4j.bench;

import java.util.Locale;

/** What a row is measured in. Less is better in each. */
enum Unit {
  NANOS("ns"),
  MICROS("us"),
  MILLIS_IN_ALL("ms in all"),
  BYTES("bytes"),
  RESIDENT_BYTES("bytes");

  final String label;

  Unit(String label) {
    this.label = label;
  }

  double of(Round round) {
    return switch (this) {
      case NANOS -> (double) round.nanos() / round.ops();
      case MICROS -> round.nanos() / 1e3 / round.ops();
      case MILLIS_IN_ALL -> round.nanos() / 1e6;
      case BYTES -> (double) round.bytes() / round.ops();
      case RESIDENT_BYTES -> (double) round.rss() / round.ops();
    };
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
