package io.asyncio4j.cli;

import java.time.Duration;
import java.util.Locale;

/** Numbers and times as people read them, the same in every locale. */
final class Format {
  private static final long SECONDS_PER_MINUTE = 60;
  private static final long MINUTES_PER_HOUR = 60;

  private Format() {}

  /** Returns a count with separators: {@code 12,345}. */
  static String count(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  /** Returns a count with its noun: {@code 1 line}, {@code 2 lines}. */
  static String count(long number, String noun) {
    return count(number) + " " + noun + (number == 1 ? "" : "s");
  }

  /**
   * Returns a time with three digits or so: {@code 0.4 ms}, {@code 57 ms}, {@code 1.23 s}, {@code
   * 2m05s}.
   */
  static String time(Duration time) {
    double seconds = time.toNanos() / 1e9;
    if (seconds >= SECONDS_PER_MINUTE) {
      return clock(time);
    }
    if (seconds >= 10) {
      return String.format(Locale.ROOT, "%.1f s", seconds);
    }
    if (seconds >= 1) {
      return String.format(Locale.ROOT, "%.2f s", seconds);
    }
    return String.format(Locale.ROOT, seconds >= 0.01 ? "%.0f ms" : "%.1f ms", seconds * 1e3);
  }

  /** Returns a time in whole seconds: {@code 4s}, {@code 2m05s}, {@code 1h02m}. */
  static String clock(Duration time) {
    long seconds = Math.round(time.toMillis() / 1e3);
    if (seconds < SECONDS_PER_MINUTE) {
      return seconds + "s";
    }
    long minutes = seconds / SECONDS_PER_MINUTE;
    if (minutes < MINUTES_PER_HOUR) {
      return String.format(Locale.ROOT, "%dm%02ds", minutes, seconds % SECONDS_PER_MINUTE);
    }
    return String.format(
        Locale.ROOT, "%,dh%02dm", minutes / MINUTES_PER_HOUR, minutes % MINUTES_PER_HOUR);
  }

  /** Returns events per second: {@code 0.4/s}, {@code 312/s}. */
  static String rate(double perSecond) {
    return String.format(Locale.ROOT, perSecond < 10 ? "%.1f/s" : "%,.0f/s", perSecond);
  }

  /** Returns a size: {@code 812 B}, {@code 1.2 kB}, {@code 3.4 MB}. */
  static String size(long bytes) {
    double rest = bytes;
    String[] units = {"B", "kB", "MB", "GB", "TB"};
    int unit = 0;
    while (rest >= 999.5 && unit < units.length - 1) {
      rest /= 1000;
      unit++;
    }
    return String.format(
        Locale.ROOT, unit == 0 || rest >= 100 ? "%.0f %s" : "%.1f %s", rest, units[unit]);
  }
}
