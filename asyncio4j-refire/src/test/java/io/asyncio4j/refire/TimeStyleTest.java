package io.asyncio4j.refire;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TimeStyleTest {
  @ParameterizedTest
  @CsvSource({
    "01/Jul/1995:00:00:01 -0400, 20/Nov/2026:23:04:05 -0400",
    "01/Jul/1995:00:00:01.123 +0530, 21/Nov/2026:08:34:05.678 +0530",
    "2022-09-27T06:18:57+00:00, 2026-11-21T03:04:05+00:00",
    "2022-09-27T06:18:57.5+0200, 2026-11-21T05:04:05.6+0200",
    "2022-09-27T06:18:57.123456789Z, 2026-11-21T03:04:05.678901234Z",
    "2022-09-27 06:18:57, 2026-11-21 03:04:05",
    "1664259537, 1795230245",
    "1664259537.123, 1795230245.678",
    "1664259537123, 1795230245678",
    "1664259537123456, 1795230245678901",
  })
  void format_sample_isWrittenAlike(String sample, String expected) {
    TimeStyle style = TimeStyle.of(sample);
    assertThat(style).isNotNull();
    assertThat(style.format(Instant.parse("2026-11-21T03:04:05.678901234Z"))).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "yesterday", "42", "2022-09-27T06:18:57+99:00", "01/Jul/1995:00:00:01"})
  void of_noMoment_isNull(String sample) {
    assertThat(TimeStyle.of(sample)).isNull();
  }
}
