package io.asyncio4j.refire;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import org.jspecify.annotations.Nullable;

/** The Retry-After header (RFC 9110, section 10.2.3): seconds, or a date. */
final class RetryAfter {
  private RetryAfter() {}

  /**
   * Reads a header.
   *
   * @return how long to wait, at most the cap; null if the header says nothing that can be
   *     understood
   */
  static @Nullable Duration parse(@Nullable String value, Instant now, Duration cap) {
    if (value == null) {
      return null;
    }
    String text = value.strip();
    Duration wait;
    if (!text.isEmpty() && text.chars().allMatch(c -> HttpSyntax.isDigit((char) c))) {
      wait = text.length() > 9 ? cap : Duration.ofSeconds(Long.parseLong(text));
    } else {
      try {
        Instant date = Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(text));
        wait = Duration.between(now, date);
      } catch (DateTimeException noDate) {
        return null;
      }
    }
    if (wait.isNegative()) {
      return Duration.ZERO;
    }
    return wait.compareTo(cap) > 0 ? cap : wait;
  }
}
