package io.asyncio4j.refire;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A way of writing a moment, learned from a sample: its order, precision and offset from UTC. */
sealed interface TimeStyle {
  /** Writes a moment in this style. */
  String format(Instant instant);

  /** Learns from a sample; null if it is no moment in a style that is known. */
  static @Nullable TimeStyle of(String sample) {
    if (sample.length() > 40) {
      return null;
    }
    Matcher clf = Calendar.CLF.matcher(sample);
    if (clf.matches()) {
      return Calendar.of("dd/MMM/yyyy:HH:mm:ss", clf.group(1), " ", clf.group(2));
    }
    Matcher iso = Calendar.ISO.matcher(sample);
    if (iso.matches()) {
      return Calendar.of(
          "yyyy-MM-dd'" + iso.group(1) + "'HH:mm:ss", iso.group(2), "", iso.group(3));
    }
    Matcher epoch = Epoch.PATTERN.matcher(sample);
    return epoch.matches() ? Epoch.of(epoch.group(1).length(), epoch.group(2)) : null;
  }

  /**
   * Date and time of day.
   *
   * @param formatter how date and time are written, up to the second
   * @param point what stands before the fraction of the second
   * @param digits how many digits the fraction has
   * @param offset the offset from UTC
   * @param suffix the offset as it is written
   */
  record Calendar(
      DateTimeFormatter formatter, String point, int digits, ZoneOffset offset, String suffix)
      implements TimeStyle {
    private static final Pattern CLF =
        Pattern.compile(
            "\\d\\d/[A-Z][a-z]{2}/\\d{4}:\\d\\d:\\d\\d:\\d\\d([.,]\\d{1,9})? ([+-]\\d{4})");
    private static final Pattern ISO =
        Pattern.compile(
            "\\d{4}-\\d\\d-\\d\\d([T ])\\d\\d:\\d\\d:\\d\\d([.,]\\d{1,9})?"
                + "(Z|[+-]\\d\\d(?::?\\d\\d)?)?");

    private static @Nullable TimeStyle of(
        String pattern, @Nullable String fraction, String separator, @Nullable String zone) {
      String written = zone == null ? "" : zone;
      try {
        return new Calendar(
            DateTimeFormatter.ofPattern(pattern, Locale.ROOT),
            fraction == null ? "" : fraction.substring(0, 1),
            fraction == null ? 0 : fraction.length() - 1,
            written.isEmpty() ? ZoneOffset.UTC : ZoneOffset.of(written),
            separator + written);
      } catch (DateTimeException impossibleOffset) {
        return null;
      }
    }

    @Override
    public String format(Instant instant) {
      OffsetDateTime time = instant.atOffset(offset);
      String nanos = "%09d".formatted(time.getNano());
      return formatter.format(time) + point + nanos.substring(0, digits) + suffix;
    }
  }

  /**
   * A number of seconds, or parts of one, since 1970.
   *
   * @param scale by how many powers of ten the unit is smaller than a second
   * @param digits how many digits stand after the point
   */
  record Epoch(int scale, int digits) implements TimeStyle {
    private static final Pattern PATTERN =
        Pattern.compile("(\\d{9,10}|\\d{13}|\\d{16}|\\d{19})(\\.\\d{1,9})?");

    private static TimeStyle of(int length, @Nullable String fraction) {
      int scale = length <= 10 ? 0 : length - 10;
      return new Epoch(scale, fraction == null ? 0 : fraction.length() - 1);
    }

    @Override
    public String format(Instant instant) {
      return BigDecimal.valueOf(instant.getEpochSecond())
          .add(BigDecimal.valueOf(instant.getNano(), 9))
          .scaleByPowerOfTen(scale)
          .setScale(digits, RoundingMode.DOWN)
          .toPlainString();
    }
  }
}
