package io.asyncio4j.refire;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TargetBuilderTest {
  private static final URI TARGET = URI.create("http://127.0.0.1:8080");

  private static Sending build(RefireOptions.Builder options, LoggedRequest request) {
    return new TargetBuilder(options.build()).build(request);
  }

  private static Sending.Send sent(RefireOptions.Builder options, LoggedRequest request) {
    Sending sending = build(options, request);
    assertThat(sending).isInstanceOf(Sending.Send.class);
    return (Sending.Send) sending;
  }

  private static Refusal refused(RefireOptions.Builder options, LoggedRequest request) {
    Sending sending = build(options, request);
    assertThat(sending).isInstanceOf(Sending.Refused.class);
    return ((Sending.Refused) sending).refusal();
  }

  private static RefireOptions.Builder options() {
    return RefireOptions.builder("a.log");
  }

  private static RefireOptions.Builder toTarget() {
    return options().target(TARGET);
  }

  private static LoggedRequest get(String target, @Nullable String scheme, @Nullable String host) {
    return new LoggedRequest("GET", target, scheme, host);
  }

  @ParameterizedTest
  @CsvSource({
    "/a, /a",
    "/a?b=c#d, /a?b=c",
    "/a b, /a%20b",
    "/\u00e9, /%E9",
    "/%zz|{}\"<>^`\\, /%zz|{}\"<>^`\\",
    "//evil.example/x, //evil.example/x",
    "http://other.example:99/x?y, /x?y",
    "HTTP://other.example, /",
    "https://other.example?x, /?x",
    "/a?retry=True, /a",
    "/a?b&retry=True, /a?b",
    "/a?retry=True&b, /a?retry=True&b",
  })
  void build_withTarget_goesThereAsLogged(String logged, String wire) {
    Sending.Send send = sent(toTarget(), get(logged, null, null));
    assertThat(send.origin()).isEqualTo(new Origin("http", "127.0.0.1", 8080));
    assertThat(send.hostHeader()).isEqualTo("127.0.0.1:8080");
    assertThat(send.target()).isEqualTo(wire);
  }

  @ParameterizedTest
  @CsvSource({
    "/a, /a?retry=True",
    "/a?b&retry=True, /a?b&retry=True",
    "/a?retry=True&b, /a?retry=True&b",
    "/a#f, /a?retry=True",
  })
  void build_withSendMark_sendsTheMarkOnce(String logged, String wire) {
    assertThat(sent(toTarget().sendMark(true), get(logged, null, null)).target()).isEqualTo(wire);
  }

  @Test
  void build_markedByAnEarlierRun_isTheSameRequest() {
    assertThat(sent(toTarget(), get("/a?retry=True", null, null)).identity())
        .isEqualTo(sent(toTarget(), get("/a", null, null)).identity());
    RefireOptions.Builder mark = toTarget().sendMark(true);
    assertThat(sent(mark, get("/a?retry=True", null, null)).identity())
        .isEqualTo(sent(mark, get("/a", null, null)).identity());
  }

  @ParameterizedTest
  @CsvSource({
    "shop.example, shop.example",
    "shop.example:443, shop.example",
    "shop.example:80, shop.example",
    "Shop.Example:8080, shop.example:8080",
    "[2001:DB8::1]:81, [2001:db8::1]:81",
    "not a host, 127.0.0.1:8080",
    ", 127.0.0.1:8080",
  })
  void build_keepHost_sendsTheHostOfTheLog(@Nullable String host, String header) {
    Sending.Send send = sent(toTarget().keepHost(true), get("/a", null, host));
    assertThat(send.hostHeader()).isEqualTo(header);
    assertThat(send.origin().host()).isEqualTo("127.0.0.1");
  }

  @Test
  void build_keepHostOfAbsoluteUrl_sendsThatHost() {
    Sending.Send send =
        sent(toTarget().keepHost(true), get("http://shop.example:81/a", null, "other"));
    assertThat(send.hostHeader()).isEqualTo("shop.example:81");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/a\r\nX: y",
        "/a\n",
        "/a\tb",
        "/\u0000",
        "/\u007f",
        "http://user:secret@host/x",
        "http://allowed.example@evil.example/",
        "ftp://host/x",
        "http:///x",
        "http://ho st/",
        "host:443",
        "a/b",
        "?x",
        "http://host:99999/",
        "http://host:0/",
        " /a"
      })
  void build_badUrl_isRefused(String logged) {
    assertThat(refused(toTarget(), get(logged, null, null))).isEqualTo(Refusal.BAD_URL);
  }

  @Test
  void build_methodNotAllowed_isRefused() {
    LoggedRequest post = new LoggedRequest("POST", "/a", null, null);
    assertThat(refused(toTarget(), post)).isEqualTo(Refusal.METHOD);
    assertThat(sent(toTarget().methods(List.of("POST")), post).method()).isEqualTo("POST");
  }

  @Test
  void build_noResource_isRefused() {
    assertThat(refused(toTarget(), new LoggedRequest("OPTIONS", "*", null, null)))
        .isEqualTo(Refusal.NO_RESOURCE);
    assertThat(
            refused(
                toTarget().methods(List.of("CONNECT")),
                new LoggedRequest("CONNECT", "host:443", null, null)))
        .isEqualTo(Refusal.NO_RESOURCE);
  }

  @Test
  void build_noRequest_isRefused() {
    assertThat(refused(toTarget(), new LoggedRequest(null, null, null, "host")))
        .isEqualTo(Refusal.NO_REQUEST);
  }

  @Test
  void build_withoutTargetAndHost_isRefused() {
    assertThat(refused(options().allowHost("h"), get("/a", null, null))).isEqualTo(Refusal.NO_HOST);
    assertThat(refused(options().allowHost("h"), get("/a", null, "h/../x")))
        .isEqualTo(Refusal.NO_HOST);
  }

  @ParameterizedTest
  @CsvSource({
    // allowed, logged, scheme of the line, host of the line, origin
    "h.example, /a, , h.example, https://h.example",
    "h.example, /a, , h.example:443, https://h.example",
    "h.example, /a, , h.example:80, http://h.example",
    "h.example, /a, , H.Example:8080, http://h.example:8080",
    "h.example, /a, http, h.example, http://h.example",
    "h.example, /a, https, h.example:8080, https://h.example:8080",
    "h.example, /a, gopher, h.example, https://h.example",
    "h.example, http://h.example:81/a, , other, http://h.example:81",
    "h.example:81, http://h.example:81/a, , , http://h.example:81",
    "h.example:443, /a, , h.example, https://h.example",
    "http://h.example, /a, , h.example, http://h.example",
    "http://h.example/, /a, , h.example, http://h.example",
    "https://h.example:8080, /a, , h.example:8080, https://h.example:8080",
    "[::1], http://[::1]:81/a, , , http://[::1]:81",
  })
  void build_allowedHost_goesToTheLinesOwnHost(
      String allowed,
      String logged,
      @Nullable String scheme,
      @Nullable String host,
      String origin) {
    Sending.Send send = sent(options().allowHost(allowed), get(logged, scheme, host));
    assertThat(send.url()).isEqualTo(origin + "/a");
    assertThat(send.hostHeader()).isEqualTo(send.origin().authority());
  }

  @ParameterizedTest
  @CsvSource({
    "h.example, /a, , other.example",
    "h.example, /a, , h.example.evil.example",
    "h.example, http://evil.example/a, , h.example",
    "h.example:81, /a, , h.example:82",
    "h.example:81, /a, , h.example",
    "https://h.example, http://h.example/a, , ",
    "https://h.example, /a, http, h.example",
  })
  void build_hostNotAllowed_isRefused(
      String allowed, String logged, @Nullable String scheme, @Nullable String host) {
    assertThat(refused(options().allowHost(allowed), get(logged, scheme, host)))
        .isEqualTo(Refusal.HOST_NOT_ALLOWED);
  }

  @Test
  void build_noHostAllowed_sendsNothing() {
    assertThat(refused(options(), get("http://h/a", null, null)))
        .isEqualTo(Refusal.HOST_NOT_ALLOWED);
  }
}
