package io.asyncio4j.refire;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RetryAfterTest {
  private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");
  private static final Duration CAP = Duration.ofSeconds(60);

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0|0",
        "7|7",
        " 7 |7",
        "61|60",
        "99999999999999999999|60",
        "Sat, 21 Nov 2026 12:00:30 GMT|30",
        "Sat, 21 Nov 2026 11:00:00 GMT|0",
        "Sun, 22 Nov 2026 12:00:00 GMT|60"
      })
  void parse_header_isAWaitWithinTheCap(String value, long seconds) {
    assertThat(RetryAfter.parse(value, NOW, CAP)).isEqualTo(Duration.ofSeconds(seconds));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "soon", "-5", "1.5", "Sat, 99 Nov 2026 12:00:30 GMT"})
  void parse_anythingElse_isNoWait(String value) {
    assertThat(RetryAfter.parse(value, NOW, CAP)).isNull();
  }

  @Test
  void parse_noHeader_isNoWait() {
    assertThat(RetryAfter.parse(null, NOW, CAP)).isNull();
  }
}
