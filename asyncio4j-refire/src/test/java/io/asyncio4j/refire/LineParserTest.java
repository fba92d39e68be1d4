package io.asyncio4j.refire;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LineParserTest {
  private static final Answer RECOVERED =
      new Answer(200, 1234, Instant.parse("2026-11-21T03:04:05.678901234Z"), Duration.ofMillis(42));
  private static final Answer NO_ANSWER =
      new Answer(LogLine.NO_STATUS, 0, RECOVERED.at(), Duration.ofMillis(1500));

  private static LogLine read(String text) {
    LineParser.Result result = LineParser.parse(text);
    assertThat(result).as(text).isInstanceOf(LineParser.Understood.class);
    return ((LineParser.Understood) result).line();
  }

  private static void check(
      String text,
      LogFormat format,
      int status,
      String method,
      String target,
      @Nullable String host,
      String rewritten) {
    LogLine line = read(text);
    assertThat(line.format()).isEqualTo(format);
    assertThat(line.status()).isEqualTo(status);
    assertThat(line.request().method()).isEqualTo(method);
    assertThat(line.request().target()).isEqualTo(target);
    assertThat(line.request().host()).isEqualTo(host);
    assertThat(line.rewritten(RECOVERED)).isEqualTo(rewritten);
    assertThat(line.text()).isEqualTo(text);
  }

  @Test
  void parse_common_isReadAndRewritten() {
    check(
        "199.72.81.55 - - [01/Jul/1995:00:00:01 -0400] \"GET /history/apollo/ HTTP/1.0\" 503 6245",
        LogFormat.COMMON,
        503,
        "GET",
        "/history/apollo/",
        null,
        "199.72.81.55 - - [20/Nov/2026:23:04:05 -0400] \"GET /history/apollo/?retry=True HTTP/1.0\""
            + " 200 1234");
  }

  @Test
  void parse_combined_isReadAndRewritten() {
    check(
        "66.249.73.135 - - [18/May/2015:03:05:34 +0000] \"GET /misc/Title.php.txt?a=1 HTTP/1.1\" 500 -"
            + " \"-\" \"Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)\"",
        LogFormat.COMBINED,
        500,
        "GET",
        "/misc/Title.php.txt?a=1",
        null,
        "66.249.73.135 - - [21/Nov/2026:03:04:05 +0000] \"GET /misc/Title.php.txt?a=1&retry=True"
            + " HTTP/1.1\" 200 1234"
            + " \"-\" \"Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)\"");
  }

  @Test
  void parse_nginxImageWithForwardedFor_keepsTheTrailingField() {
    check(
        "2001:db8::7 - alice smith [10/Oct/2024:13:55:36 +0200] \"HEAD /x? HTTP/2.0\" 502 0 \"-\" \"curl/8\""
            + " \"10.0.0.1, 10.0.0.2\"",
        LogFormat.COMBINED,
        502,
        "HEAD",
        "/x?",
        null,
        "2001:db8::7 - alice smith [21/Nov/2026:05:04:05 +0200] \"HEAD /x?retry=True HTTP/2.0\" 200 1234"
            + " \"-\" \"curl/8\" \"10.0.0.1, 10.0.0.2\"");
  }

  @Test
  void parse_vhostWithPort_givesTheHost() {
    check(
        "shop.example:8080 123.123.123.123 - - [04/Jul/2019:09:20:46 +0200] \"GET / HTTP/1.1\" 500 32953"
            + " \"-\" \"Mozilla/5.0\"",
        LogFormat.VHOST_COMBINED,
        500,
        "GET",
        "/",
        "shop.example:8080",
        "shop.example:8080 123.123.123.123 - - [21/Nov/2026:05:04:05 +0200] \"GET /?retry=True HTTP/1.1\""
            + " 200 1234 \"-\" \"Mozilla/5.0\"");
  }

  @Test
  void parse_vhostWithoutPort_givesTheHost() {
    LogLine line =
        read("vhost1.domaine.fr ::1 - bob [04/Jul/2019:09:20:46 +0200] \"GET / HTTP/1.1\" 500 3");
    assertThat(line.format()).isEqualTo(LogFormat.VHOST_COMBINED);
    assertThat(line.request().host()).isEqualTo("vhost1.domaine.fr");
  }

  @Test
  void parse_userWithSpace_isNoVirtualHost() {
    LogLine line =
        read("10.0.0.1 - john doe [04/Jul/2019:09:20:46 +0200] \"GET / HTTP/1.1\" 500 3");
    assertThat(line.format()).isEqualTo(LogFormat.COMMON);
    assertThat(line.request().host()).isNull();
  }

  @Test
  void parse_ingress_rewritesRequestTimeOnly() {
    String tail =
        " [localhost-8080] [] [2a02:cf40::7]:5000, [2a02:cf40::4e36]:5000 0, 0 0.000, 0.000 502, 502 3db7";
    check(
        "1.2.3.4 - - [18/May/2015:03:05:34 +0000] \"GET /favicon.ico HTTP/2.0\" 502 552"
            + " \"https://localhost:8080/\" \"Mozilla/5.0\" 27 0.000"
            + tail,
        LogFormat.COMBINED,
        502,
        "GET",
        "/favicon.ico",
        null,
        "1.2.3.4 - - [21/Nov/2026:03:04:05 +0000] \"GET /favicon.ico?retry=True HTTP/2.0\" 200 1234"
            + " \"https://localhost:8080/\" \"Mozilla/5.0\" 27 0.042"
            + tail);
  }

  @Test
  void parse_traefik_rewritesTheDuration() {
    check(
        "192.168.33.1 - - [02/Oct/2017:20:22:07 +0000] \"GET /ui/f.png HTTP/1.1\" 504 0"
            + " \"http://example.com/login\" \"UA\" 262 \"Host-host-1\" \"http://172.19.0.3:5601\" 2ms",
        LogFormat.COMBINED,
        504,
        "GET",
        "/ui/f.png",
        null,
        "192.168.33.1 - - [21/Nov/2026:03:04:05 +0000] \"GET /ui/f.png?retry=True HTTP/1.1\" 200 1234"
            + " \"http://example.com/login\" \"UA\" 262 \"Host-host-1\" \"http://172.19.0.3:5601\" 42ms");
  }

  @Test
  void parse_unbalancedQuoteInTheTail_isRead() {
    LogLine line =
        read(
            "1.1.1.1 - - [02/Oct/2017:20:22:07 +0000] \"GET /a HTTP/1.1\" 500 7 \"http://x/ \"UA\" 262");
    assertThat(line.request().target()).isEqualTo("/a");
  }

  @Test
  void parse_apacheEscapes_areUndoneInTheRequestAndKeptInTheLine() {
    check(
        "1.1.1.1 - - [02/Oct/2017:20:22:07 +0000] \"GET /a\\\"b\\\\c\\xe9\\t HTTP/1.1\" 500 7",
        LogFormat.COMMON,
        500,
        "GET",
        "/a\"b\\c\u00e9\t",
        null,
        "1.1.1.1 - - [21/Nov/2026:03:04:05 +0000] \"GET /a\\\"b\\\\c\\xe9\\t?retry=True HTTP/1.1\""
            + " 200 1234");
  }

  @Test
  void parse_nginxEscapes_areUndone() {
    LogLine line =
        read("1.1.1.1 - - [02/Oct/2017:20:22:07 +0000] \"GET /a\\x22b\\x5C HTTP/1.1\" 500 7");
    assertThat(line.request().target()).isEqualTo("/a\"b\\");
  }

  @Test
  void parse_statusHiddenInTheEscapedRequest_isNotTaken() {
    LogLine line =
        read(
            "1.1.1.1 - - [02/Oct/2017:20:22:07 +0000] \"GET /x\\\" 500 1 HTTP/1.1\" 404 209 \"-\" \"-\"");
    assertThat(line.status()).isEqualTo(404);
    assertThat(line.request().target()).isEqualTo("/x\" 500 1");
  }

  @Test
  void parse_rawQuoteInTheRequest_isRead() {
    LogLine line =
        read("1.1.1.1 - - [02/Oct/2017:20:22:07 +0000] \"GET /a\"b HTTP/1.1\" 500 209 \"-\" \"-\"");
    assertThat(line.request().target()).isEqualTo("/a\"b");
  }

  @Test
  void parse_tlsHandshakeAsRequest_isReadWithoutARequest() {
    LogLine line =
        read(
            "1.1.1.1 - - [02/Oct/2017:20:22:07 +0000] \"\\x16\\x03\\x01\\x02\\x00\" 500 157 \"-\" \"-\"");
    assertThat(line.status()).isEqualTo(500);
    assertThat(line.request().method()).isNull();
    assertThat(line.request().target()).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"-", "", "GET", "GET ", " / HTTP/1.1", "G@T / HTTP/1.1"})
  void parse_noRequestLine_isReadWithoutARequest(String request) {
    LogLine line = read("1.1.1.1 - - [02/Oct/2017:20:22:07 +0000] \"" + request + "\" 500 -");
    assertThat(line.request().target()).isNull();
  }

  @Test
  void parse_missingProtocol_isRead() {
    LogLine line = read("1.1.1.1 - - [02/Oct/2017:20:22:07 +0000] \"GET /old\" 500 1");
    assertThat(line.request().target()).isEqualTo("/old");
    assertThat(line.rewritten(RECOVERED)).contains("\"GET /old?retry=True\" 200 1234");
  }

  @Test
  void parse_absoluteForm_isMarkedInside() {
    LogLine line =
        read(
            "1.1.1.1 - - [02/Oct/2017:20:22:07 +0000] \"GET http://host:81/x?y=1#top HTTP/1.1\" 500 1");
    assertThat(line.request().target()).isEqualTo("http://host:81/x?y=1#top");
    assertThat(line.rewritten(RECOVERED)).contains("GET http://host:81/x?y=1&retry=True#top HTTP");
  }

  @Test
  void parse_statusDash_hasNoStatus() {
    LogLine line = read("1.1.1.1 - - [02/Oct/2017:20:22:07 +0000] \"GET /x HTTP/1.1\" - -");
    assertThat(line.status()).isEqualTo(LogLine.NO_STATUS);
    assertThat(line.rewritten(RECOVERED)).endsWith("\" 200 1234");
  }

  @Test
  void rewritten_noAnswer_hasDashes() {
    LogLine line =
        read("1.1.1.1 - - [02/Oct/2017:20:22:07 +0000] \"GET /x HTTP/1.1\" 500 12 \"-\"");
    assertThat(line.rewritten(NO_ANSWER))
        .isEqualTo(
            "1.1.1.1 - - [21/Nov/2026:03:04:05 +0000] \"GET /x?retry=True HTTP/1.1\" - - \"-\"");
  }

  @Test
  void rewritten_twice_isMarkedOnce() {
    LogLine line = read("1.1.1.1 - - [02/Oct/2017:20:22:07 +0000] \"GET /x?a HTTP/1.1\" 500 12");
    String once = line.rewritten(NO_ANSWER);
    assertThat(read(once).rewritten(RECOVERED)).containsOnlyOnce("retry=True");
  }

  @Test
  void rewritten_emptyBodyWhereTheLogHadADash_hasADash() {
    LogLine line = read("1.1.1.1 - - [02/Oct/2017:20:22:07 +0000] \"GET /x HTTP/1.1\" 500 -");
    Answer empty = new Answer(304, 0, RECOVERED.at(), RECOVERED.took());
    assertThat(line.rewritten(empty)).endsWith("\" 304 -");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "garbage",
        "1.1.1.1 - - [02/Oct/2017:20:22:07 +0000] \"GET /x HTT",
        "1.1.1.1 - - [02/Oct/2017:20:22:07 +0000] \"GET /x HTTP/1.1\" 50",
        "1.1.1.1 - - [02/Oct/2017:20:22:07 +0000] \"GET /x HTTP/1.1\" 500",
        "1.1.1.1 - - [02/Oct/2017:20:22:07 +0000] \"GET /x HTTP/1.1\" abc 12",
        "1.1.1.1 - - [not a time at all at all] \"GET /x HTTP/1.1\" 500 12",
        "[2019-02-12T18:37:42.921Z] \"GET /httpbin/ip HTTP/1.1\" 503 - 0 43 217 216 \"-\"",
        "http 2019-10-11T15:01:50.492440Z app/x/c8 77.2.1.4:56488 10.0.1.107:80 -1 -1 -1 504 - 125 308"
            + " \"GET http://host:80/ HTTP/1.1\" \"curl/7.58.0\" - -",
        "36c1 test [01/Aug/2019:00:24:41 +0000] 72.21.217.31 arn:aws 44EE REST.GET - \"GET /x HTTP/1.1\""
            + " 500 - 142",
        "{\"status\":500",
        "{\"status\":500}{\"status\":200}",
        "{\"status\":\"many\",\"request\":\"GET / HTTP/1.1\"}",
        "{\"level\":\"info\",\"msg\":\"serving initial configuration\"}",
        "{\"status\":{\"code\":500}}",
        "{}",
        "{",
        "[1,2]",
      })
  void parse_unknownOrCutLine_isUnreadable(String text) {
    assertThat(LineParser.parse(text)).isInstanceOf(LineParser.Unreadable.class);
  }

  @Test
  void parse_nginxJson_isReadAndRewrittenInItsFieldsOnly() {
    check(
        "{ \"time\": \"2022-09-27T06:18:57+00:00\", \"remote_addr\":\"172.31.68.234\","
            + "\"request_method\":\"GET\",\"request_uri\":\"/leaf?a=\\u00e9\\\"\",\"status\":502,"
            + "\"body_bytes_sent\":\"157\",\"request_time\":0.000 , \"upstream_status\":\"502, 502\"}",
        LogFormat.NGINX_JSON,
        502,
        "GET",
        "/leaf?a=\u00c3\u00a9\"",
        null,
        "{ \"time\": \"2026-11-21T03:04:05+00:00\", \"remote_addr\":\"172.31.68.234\","
            + "\"request_method\":\"GET\",\"request_uri\":\"/leaf?a=\\u00e9\\\"&retry=True\",\"status\":200,"
            + "\"body_bytes_sent\":\"1234\",\"request_time\":0.042 , \"upstream_status\":\"502, 502\"}");
  }

  @Test
  void parse_nginxJsonWithRequestLineAndStringStatus_isReadAndRewritten() {
    check(
        "{\"@timestamp\":\"2022-09-27T06:18:57.123Z\",\"http_host\":\"shop.example\",\"scheme\":\"https\","
            + "\"request\":\"GET /a?b HTTP/1.1\",\"http_status\":\"503\",\"bytes_sent\":99,"
            + "\"msec\":\"1664259537.123\"}",
        LogFormat.NGINX_JSON,
        503,
        "GET",
        "/a?b",
        "shop.example",
        "{\"@timestamp\":\"2026-11-21T03:04:05.678Z\",\"http_host\":\"shop.example\",\"scheme\":\"https\","
            + "\"request\":\"GET /a?b&retry=True HTTP/1.1\",\"http_status\":\"200\",\"bytes_sent\":1234,"
            + "\"msec\":\"1795230245.678\"}");
  }

  @Test
  void parse_nginxJsonWithPathAndArgs_marksTheArgs() {
    LogLine line =
        read("{\"status\":500,\"method\":\"GET\",\"uri\":\"/a\",\"args\":\"x=1\",\"host\":\"h\"}");
    assertThat(line.request().target()).isEqualTo("/a?x=1");
    assertThat(line.rewritten(RECOVERED)).contains("\"uri\":\"/a\",\"args\":\"x=1&retry=True\"");
  }

  @Test
  void parse_nginxJsonWithEmptyArgs_marksThePath() {
    LogLine line = read("{\"status\":500,\"method\":\"GET\",\"uri\":\"/a\",\"args\":\"-\"}");
    assertThat(line.request().target()).isEqualTo("/a");
    assertThat(line.rewritten(RECOVERED)).contains("\"uri\":\"/a?retry=True\"");
  }

  @Test
  void parse_nginxJsonWithUriAndRequest_marksBothThatHoldTheUrl() {
    LogLine line =
        read(
            "{\"status\":500,\"request\":\"GET /a?x=1 HTTP/1.1\",\"request_uri\":\"/a?x=1\",\"uri\":\"/a\"}");
    assertThat(line.rewritten(RECOVERED))
        .isEqualTo(
            "{\"status\":200,\"request\":\"GET /a?x=1&retry=True HTTP/1.1\","
                + "\"request_uri\":\"/a?x=1&retry=True\",\"uri\":\"/a\"}");
  }

  @Test
  void parse_nginxJsonWithHexEscapes_isRead() {
    LogLine line = read("{\"status\":500,\"request\":\"GET /a\\x22b HTTP/1.1\",\"ua\":\"\\xE4\"}");
    assertThat(line.request().target()).isEqualTo("/a\"b");
    assertThat(line.rewritten(NO_ANSWER))
        .isEqualTo(
            "{\"status\":\"-\",\"request\":\"GET /a\\x22b?retry=True HTTP/1.1\",\"ua\":\"\\xE4\"}");
  }

  @Test
  void parse_nginxJsonWithRawBytes_keepsThem() {
    String raw = "{\"status\":500,\"request\":\"GET /\u00e9 HTTP/1.1\",\"ua\":\"\u00ff\t\"}";
    assertThat(read(raw).rewritten(RECOVERED))
        .isEqualTo(
            "{\"status\":200,\"request\":\"GET /\u00e9?retry=True HTTP/1.1\",\"ua\":\"\u00ff\t\"}");
  }

  @Test
  void parse_duplicatesAndWeirdNumbers_lastOneCounts() {
    LogLine line =
        read(
            "{\"status\":200,\"x\":1e999999999,\"y\":NaN,\"z\":0001,\"method\":\"GET\",\"uri\":\"/\","
                + "\"status\":503}");
    assertThat(line.status()).isEqualTo(503);
    assertThat(line.rewritten(RECOVERED))
        .startsWith("{\"status\":200,\"x\":1e999999999,")
        .endsWith(":200}");
  }

  @Test
  void parse_shipperWithHostObject_hasNoHost() {
    LogLine line =
        read("{\"host\":{\"name\":\"node\"},\"status\":500,\"request\":\"GET / HTTP/1.1\"}");
    assertThat(line.request().host()).isNull();
  }

  @Test
  void parse_caddy_isReadAndRewritten() {
    check(
        "{\"level\":\"info\",\"ts\":1761019828.6153953,\"logger\":\"http.log.access\",\"msg\":\"handled"
            + " request\",\"request\":{\"proto\":\"HTTP/1.1\",\"method\":\"GET\",\"host\":\"localhost:2015\","
            + "\"uri\":\"/?q=1\",\"headers\":{\"Cookie\":[\"REDACTED\"],\"Host\":[\"x\"]}},"
            + "\"duration\":0.001674508,\"size\":0,\"status\":502}",
        LogFormat.CADDY_JSON,
        502,
        "GET",
        "/?q=1",
        "localhost:2015",
        "{\"level\":\"info\",\"ts\":1795230245.6789012,\"logger\":\"http.log.access\",\"msg\":\"handled"
            + " request\",\"request\":{\"proto\":\"HTTP/1.1\",\"method\":\"GET\",\"host\":\"localhost:2015\","
            + "\"uri\":\"/?q=1&retry=True\",\"headers\":{\"Cookie\":[\"REDACTED\"],\"Host\":[\"x\"]}},"
            + "\"duration\":0.042000000,\"size\":1234,\"status\":200}");
  }

  @Test
  void parse_caddyWithTls_isHttps() {
    LogLine line =
        read(
            "caddy  | {\"request\":{\"method\":\"GET\",\"host\":\"a\",\"uri\":\"/\",\"tls\":{\"version\":772}},"
                + "\"status\":500}");
    assertThat(line.request().scheme()).isEqualTo("https");
    assertThat(line.rewritten(RECOVERED)).startsWith("caddy  | {").contains("\"status\":200");
  }

  @Test
  void parse_caddyWithoutTls_isHttp() {
    LogLine line =
        read("{\"request\":{\"method\":\"GET\",\"host\":\"a\",\"uri\":\"/\"},\"status\":500}");
    assertThat(line.request().scheme()).isEqualTo("http");
  }

  @Test
  void parse_dockerAroundCombined_isReadAndRewrittenInside() {
    check(
        "{\"log\":\"1.1.1.1 - - [02/Oct/2017:20:22:07 +0000] \\\"GET /a\\\\\\\"b HTTP/2.0\\\" 500 844 \\\"-\\\""
            + " \\\"UA\\u003c\\\"\\n\",\"stream\":\"stdout\",\"time\":\"2017-10-02T20:22:07.123456789Z\"}",
        LogFormat.COMBINED,
        500,
        "GET",
        "/a\"b",
        null,
        "{\"log\":\"1.1.1.1 - - [21/Nov/2026:03:04:05 +0000] \\\"GET /a\\\\\\\"b?retry=True HTTP/2.0\\\" 200 1234"
            + " \\\"-\\\" \\\"UA\\u003c\\\"\\n\",\"stream\":\"stdout\",\"time\":\"2026-11-21T03:04:05.678901234Z\"}");
  }

  @Test
  void parse_dockerAroundJson_isReadAndRewrittenInside() {
    check(
        "{\"log\":\"{\\\"status\\\":500,\\\"request\\\":\\\"GET /a HTTP/1.1\\\"}\\n\",\"stream\":\"stdout\"}",
        LogFormat.NGINX_JSON,
        500,
        "GET",
        "/a",
        null,
        "{\"log\":\"{\\\"status\\\":200,\\\"request\\\":\\\"GET /a?retry=True HTTP/1.1\\\"}\\n\",\"stream\":\"stdout\"}");
  }

  @Test
  void rewritten_dockerAroundJsonWithoutAnswer_escapesTheDash() {
    LogLine line =
        read("{\"log\":\"{\\\"status\\\":500,\\\"request\\\":\\\"GET /a HTTP/1.1\\\"}\\n\"}");
    String once = line.rewritten(NO_ANSWER);
    assertThat(once).contains("{\\\"status\\\":\\\"-\\\",");
    assertThat(read(once).status()).isEqualTo(LogLine.NO_STATUS);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"1.1.1.1 - - [02/Oct/2017:20:22:07 +0000] \"GET /a HTTP/1.1\" 500 7\"",
        "\"1.1.1.1 - - [02/Oct/2017:20:22:07 +0000] \\\"GET /a HTTP/1.1\\\" 500 7\"",
        "\"1.1.1.1 - - [02/Oct/2017:20:22:07 +0000] \"\"GET /a HTTP/1.1\"\" 500 7\"",
      })
  void parse_wrappedInQuotes_keepsTheWrapping(String text) {
    LogLine line = read(text);
    assertThat(line.request().target()).isEqualTo("/a");
    assertThat(line.rewritten(RECOVERED))
        .isEqualTo(
            text.replace("02/Oct/2017:20:22:07", "21/Nov/2026:03:04:05")
                .replace("/a", "/a?retry=True")
                .replace("500 7", "200 1234"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"{\\\"status\\\":500,\\\"method\\\":\\\"GET\\\",\\\"url\\\":\\\"/a\\\"}\"",
        "\"{\"\"status\"\":500,\"\"method\"\":\"\"GET\"\",\"\"url\"\":\"\"/a\"\"}\"",
      })
  void parse_jsonWrappedInQuotes_keepsTheWrapping(String text) {
    assertThat(read(text).rewritten(RECOVERED))
        .isEqualTo(text.replace("500", "200").replace("/a", "/a?retry=True"));
  }

  @Test
  void parse_forwardedForInQuotesAsClient_isRead() {
    LogLine line =
        read(
            "\"1.2.3.4, 5.6.7.8\" - - [02/Oct/2017:20:22:07 +0000] \"GET /a HTTP/1.1\" 500 7 \"-\" \"UA\"");
    assertThat(line.request().target()).isEqualTo("/a");
    assertThat(line.request().host()).isNull();
  }

  @Test
  void parse_deeplyNestedJson_isUnreadable() {
    String text = "{\"a\":".repeat(2000) + "1" + "}".repeat(2000);
    assertThat(LineParser.parse(text)).isInstanceOf(LineParser.Unreadable.class);
  }
}
