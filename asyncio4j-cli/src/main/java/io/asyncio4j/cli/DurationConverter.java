package io.asyncio4j.cli;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads durations as people write them: {@code 30}, {@code 2.5s}, {@code 500ms}, {@code 1m30s}. */
final class DurationConverter implements ITypeConverter<Duration> {
  private static final Pattern PART = Pattern.compile("(\\d+(?:\\.\\d+)?)(ms|s|m|h)?");

  @Override
  public Duration convert(String value) {
    Matcher part = PART.matcher(value);
    Duration sum = Duration.ZERO;
    int end = 0;
    try {
      while (end < value.length() && part.find(end) && part.start() == end) {
        // A number without a unit is seconds, and must be all there is: 1m30 could mean anything.
        if (part.group(2) == null && (end > 0 || part.end() < value.length())) {
          break;
        }
        sum = sum.plus(amount(new BigDecimal(part.group(1)), part.group(2)));
        end = part.end();
      }
    } catch (ArithmeticException e) {
      throw new TypeConversionException("'" + value + "' is too long or too exact a duration");
    }
    if (end == 0 || end < value.length()) {
      throw new TypeConversionException(
          "'" + value + "' is no duration; write seconds as 30 or 2.5, or 500ms, 2m, 1m30s, 1h");
    }
    return sum;
  }

  private static Duration amount(
      BigDecimal number, @org.jspecify.annotations.Nullable String unit) {
    long nanos =
        switch (unit == null ? "s" : unit) {
          case "ms" -> 1_000_000L;
          case "s" -> 1_000_000_000L;
          case "m" -> 60_000_000_000L;
          default -> 3_600_000_000_000L;
        };
    return Duration.ofNanos(number.multiply(BigDecimal.valueOf(nanos)).longValueExact());
  }
}
