package io.asyncio4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FormatTest {
  @ParameterizedTest
  @CsvSource({
    "400, 0.4 ms",
    "57000, 57 ms",
    "1234000, 1.23 s",
    "12340000, 12.3 s",
    "125000000, 2m05s",
    "3720000000, 1h02m",
  })
  void time_ofAnyLength_isShort(long micros, String expected) {
    assertThat(Format.time(Duration.of(micros, java.time.temporal.ChronoUnit.MICROS)))
        .isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({"0, 0 B", "999, 999 B", "1000, 1.0 kB", "123456, 123 kB", "3400000, 3.4 MB"})
  void size_ofAnyLength_isShort(long bytes, String expected) {
    assertThat(Format.size(bytes)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"0 | 0 lines", "1 | 1 line", "12345 | 12,345 lines"})
  void count_withItsNoun_agreesInNumber(long count, String expected) {
    assertThat(Format.count(count, "line")).isEqualTo(expected);
  }
}
