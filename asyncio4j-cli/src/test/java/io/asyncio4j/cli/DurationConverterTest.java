package io.asyncio4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

class DurationConverterTest {
  @ParameterizedTest
  @CsvSource({
    "30, PT30S",
    "2.5, PT2.5S",
    "0, PT0S",
    "500ms, PT0.5S",
    "1s, PT1S",
    "2m, PT2M",
    "1m30s, PT1M30S",
    "1h, PT1H",
    "1h2m3s4ms, PT1H2M3.004S",
  })
  void convert_asPeopleWriteIt_isThatLong(String text, Duration expected) {
    assertThat(new DurationConverter().convert(text)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "s", "x", "-1", "1 s", "1x", "1m30", "30 seconds", "1.s", "1e3"})
  void convert_anythingElse_isRefusedWithTheWaysToWriteIt(String text) {
    assertThatThrownBy(() -> new DurationConverter().convert(text))
        .isInstanceOf(TypeConversionException.class)
        .hasMessage(
            "'%s' is no duration; write seconds as 30 or 2.5, or 500ms, 2m, 1m30s, 1h", text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"99999999999999h", "0.0000000001s"})
  void convert_beyondNanoseconds_isRefused(String text) {
    assertThatThrownBy(() -> new DurationConverter().convert(text))
        .isInstanceOf(TypeConversionException.class)
        .hasMessageContaining("too long or too exact");
  }
}
