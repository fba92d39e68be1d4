package io.asyncio4j.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** URLs are read as browsers read them. */
final class UrlTest {
  @ParameterizedTest
  @CsvSource({
    "http://h, http://h/",
    "HTTP://Host.EXAMPLE:80/A, http://host.example/A",
    "https://h:443/?, https://h/?",
    "http://h:8080?q, http://h:8080/?q",
    "http://h/a b|c{d}?e^f#g, http://h/a%20b%7Cc%7Bd%7D?e%5Ef",
    "http://h/%zz%41%, http://h/%25zz%41%25",
    "http://h/ü?ö, http://h/%C3%BC?%C3%B6",
    "http://bücher.example/, http://xn--bcher-kva.example/",
    "http://u:p@h/, http://h/",
    "http://u@v:p@h/, http://h/",
    "http://[::1]:81/x, http://[::1]:81/x",
    "http://h//a//b, http://h//a//b",
    "http://h/a[1]=(2), http://h/a[1]=(2)",
  })
  void parse_whatPeopleWrite_isEncodedForTheWire(String given, String read) {
    assertThat(Url.parse(given)).hasToString(read);
  }

  /** From RFC 3986, section 5.4, with http. */
  @ParameterizedTest
  @CsvSource({
    "g, http://a/b/c/g",
    "./g, http://a/b/c/g",
    "g/, http://a/b/c/g/",
    "/g, http://a/g",
    "//g, http://g/",
    "?y, http://a/b/c/d?y",
    "g?y, http://a/b/c/g?y",
    "g#s, http://a/b/c/g",
    "., http://a/b/c/",
    "./, http://a/b/c/",
    ".., http://a/b/",
    "../, http://a/b/",
    "../g, http://a/b/g",
    "../.., http://a/",
    "../../g, http://a/g",
    "../../../g, http://a/g",
    "g.., http://a/b/c/g..",
    "./../g, http://a/b/g",
    "g/../h?x/../y, http://a/b/c/h?x/../y",
    "https://other/x, https://other/x",
    "#s, http://a/b/c/d?q",
  })
  void resolve_references_asTheStandardSays(String reference, String resolved) {
    assertThat(Url.parse("http://a/b/c/d?q").resolve(reference)).hasToString(resolved);
  }

  @Test
  void withQuery_queriesOfAllShapes_getOneSeparator() {
    assertThat(Url.parse("http://h/").withQuery("a", "b").target()).isEqualTo("/?a=b");
    assertThat(Url.parse("http://h/?").withQuery("a", "b").target()).isEqualTo("/?a=b");
    assertThat(Url.parse("http://h/?c").withQuery("a", "b").target()).isEqualTo("/?c&a=b");
    assertThat(Url.parse("http://h/?c&").withQuery("a", "b").target()).isEqualTo("/?c&a=b");
  }
}
