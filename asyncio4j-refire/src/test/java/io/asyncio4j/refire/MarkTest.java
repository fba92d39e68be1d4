package io.asyncio4j.refire;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MarkTest {
  @ParameterizedTest
  @CsvSource({
    "/a, /a?retry=True",
    "/, /?retry=True",
    "/a?, /a?retry=True",
    "/a?b, /a?b&retry=True",
    "/a?b=1&, /a?b=1&retry=True",
    "/a#f, /a?retry=True#f",
    "/a?b#f, /a?b&retry=True#f",
    "/a?#f, /a?retry=True#f",
    "/a#f?x, /a?retry=True#f?x",
    "/a?noretry=True, /a?noretry=True&retry=True",
    "/a?retry=False, /a?retry=False&retry=True",
    "/a?retry=True1, /a?retry=True1&retry=True",
    "/a?xretry=True&b, /a?xretry=True&b&retry=True",
    "/retry=True, /retry=True?retry=True",
    "/a?b?retry=True, /a?b?retry=True&retry=True",
    "http://h/a?b=1, http://h/a?b=1&retry=True",
    "http://h:81, http://h:81?retry=True",
  })
  void add_urlWithoutMark_isMarkedAtTheEndOfItsQuery(String url, String marked) {
    assertThat(Mark.isMarked(url)).isFalse();
    assertThat(Mark.add(url)).isEqualTo(marked);
    assertThat(Mark.isMarked(marked)).isTrue();
    assertThat(Mark.add(marked)).isEqualTo(marked);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/a?retry=True",
        "/a?retry=True&b=1",
        "/a?x&retry=True#f",
        "/a?b&retry=True&c",
        "/?&retry=True"
      })
  void add_markedUrl_staysAsItIs(String url) {
    assertThat(Mark.add(url)).isEqualTo(url);
  }

  @ParameterizedTest
  @CsvSource({
    "/a?retry=True, /a",
    "/a?b&retry=True, /a?b",
    "/a?b&retry=True#f, /a?b#f",
    "/a?retry=True&b, /a?retry=True&b",
    "/a?noretry=True, /a?noretry=True",
    "/retry=True, /retry=True",
    "/a, /a",
    "retry=True, retry=True",
  })
  void removeLast_url_losesTheMarkOfAnEarlierRunOnly(String url, String bare) {
    assertThat(Mark.removeLast(url)).isEqualTo(bare);
  }
}
