package io.asyncio4j.refire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RefireOptionsTest {
  private static RefireOptions.Builder options() {
    return RefireOptions.builder("logs/access.log.gz", "-");
  }

  @Test
  void outFile_byDefault_isBesideTheFirstLog() {
    assertThat(options().build().outFile()).isEqualTo(Path.of("logs/access.log.gz.retry.log"));
    assertThat(options().build().unreadableFile())
        .isEqualTo(Path.of("logs/access.log.gz.retry.log.unreadable"));
    assertThat(RefireOptions.builder("-").build().outFile()).isEqualTo(Path.of("refire.retry.log"));
    assertThat(options().out(Path.of("x")).build().outFile()).isEqualTo(Path.of("x"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"ftp://h", "h:80", "http:///", "http://h/base", "http://h?x", "http://u@h", "/x"})
  void build_badTarget_saysWhatIsWrong(String target) {
    assertThatThrownBy(() -> options().target(URI.create(target)).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("the target '" + target + "'");
  }

  @ParameterizedTest
  @CsvSource({
    "http://h, http://h",
    "HTTPS://H:443/, https://h",
    "http://[::1]:81, http://[::1]:81"
  })
  void build_goodTarget_isTaken(String target, String origin) {
    assertThat(Origin.ofTarget(URI.create(target)).toString()).isEqualTo(origin);
  }

  @Test
  void build_valuesOutOfRange_areRefused() {
    assertRefused(options().concurrency(0), "concurrency");
    assertRefused(options().rate(-1), "rate");
    assertRefused(options().rate(Double.NaN), "rate");
    assertRefused(options().timeout(Duration.ZERO), "timeout");
    assertRefused(options().retries(-1), "retries");
    assertRefused(options().retryAfterCap(Duration.ofSeconds(-1)), "Retry-After");
    assertRefused(options().maxFailuresInARow(-1), "failures in a row");
    assertRefused(options().methods(List.of("G T")), "no HTTP method");
    assertRefused(options().methods(List.of()), "at least one method");
    assertRefused(options().allowHost("a b"), "no host to allow");
    assertRefused(options().allowHost("ftp://a"), "no host to allow");
    assertRefused(options().keepHost(true), "--keep-host");
    assertRefused(options().target(URI.create("http://h")).allowHost("h"), "--allow-host");
    assertRefused(RefireOptions.builder(), "name a log");
    assertRefused(RefireOptions.builder("-", "-"), "once only");
    assertRefused(RefireOptions.builder(""), "empty");
  }

  private static void assertRefused(RefireOptions.Builder builder, String message) {
    assertThatThrownBy(builder::build)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  @Test
  void header_parse_takesNameAndValue() {
    assertThat(RefireOptions.Header.parse("X-A: b: c "))
        .isEqualTo(new RefireOptions.Header("X-A", "b: c"));
    assertThatThrownBy(() -> RefireOptions.Header.parse("X-A")).hasMessageContaining("Name: value");
    assertThatThrownBy(() -> RefireOptions.Header.parse("X A: b"))
        .hasMessageContaining("header name");
    assertThatThrownBy(() -> new RefireOptions.Header("X", "a\r\nB: c"))
        .hasMessageContaining("control character");
  }

  @Test
  void statusSet_parse_readsCodesAndRanges() {
    StatusSet set = StatusSet.parse("500-599, 429");
    assertThat(set.contains(429)).isTrue();
    assertThat(set.contains(500)).isTrue();
    assertThat(set.contains(599)).isTrue();
    assertThat(set.contains(499)).isFalse();
    assertThat(set.toString()).isEqualTo("500-599,429");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "5xx", "500-", "-500", "500,", "599-500", "99", "1000", "099"})
  void statusSet_parse_saysWhatIsWrong(String text) {
    assertThatThrownBy(() -> StatusSet.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }
}
