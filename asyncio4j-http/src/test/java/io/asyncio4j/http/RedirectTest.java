package io.asyncio4j.http;

import static io.asyncio4j.http.LoopbackServer.ok;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.asyncio4j.testing.TestLoop;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Redirects: not followed by themselves; followed safely when asked for. */
final class RedirectTest {
  @RegisterExtension private final TestLoop loop = new TestLoop();

  private static LoopbackServer redirecting(int status, String location) throws IOException {
    return new LoopbackServer(
        talk -> {
          for (LoopbackServer.Received request = talk.read();
              request != null;
              request = talk.read()) {
            talk.write(
                request.target().startsWith("/from")
                    ? "HTTP/1.1 "
                        + status
                        + " x\r\nLocation: "
                        + location
                        + "\r\nContent-Length: 0\r\n\r\n"
                    : ok(request.target()));
          }
        });
  }

  private HttpResponse send(HttpRequest.Builder request) throws Exception {
    return loop.run(
        () -> {
          try (HttpClient client = HttpClient.builder().maxRedirects(3).build()) {
            return client.send(request.build());
          }
        });
  }

  @Test
  void redirect_notAskedFor_isReturned() throws Exception {
    try (LoopbackServer server = redirecting(302, "/to")) {
      HttpResponse response = send(HttpRequest.get(server.url("/from")));

      assertThat(response.status()).isEqualTo(302);
      assertThat(response.headers().get("Location")).isEqualTo("/to");
      assertThat(server.received).hasSize(1);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "301, POST, GET",
    "302, POST, GET",
    "303, POST, GET",
    "307, POST, POST",
    "308, POST, POST",
    "301, PUT, PUT",
    "303, PUT, GET",
    "302, HEAD, HEAD",
    "303, HEAD, HEAD",
  })
  void redirect_followed_methodAndBodyByTheRules(int status, String method, String followedBy)
      throws Exception {
    try (LoopbackServer server = redirecting(status, "/to?x=%20 y#z")) {
      HttpRequest.Builder request =
          HttpRequest.builder(method, server.url("/from")).followRedirects(true);
      if (!method.equals("HEAD")) {
        request.body(HttpBody.text("body"));
      }

      HttpResponse response = send(request);

      assertThat(response.status()).isEqualTo(200);
      assertThat(response.url()).isEqualTo(server.url("/to?x=%20%20y"));
      assertThat(response.history()).extracting(HttpResponse::status).containsExactly(status);
      LoopbackServer.Received second = server.received.get(1);
      assertThat(second.line()).isEqualTo(followedBy + " /to?x=%20%20y HTTP/1.1");
      boolean withBody = !followedBy.equals("GET") && !method.equals("HEAD");
      assertThat(second.body()).isEqualTo(withBody ? "body" : "");
      assertThat(second.header("Content-Type") != null).isEqualTo(withBody);
    }
  }

  @Test
  void redirect_toAnotherHost_keepsCredentialsBack() throws Exception {
    try (LoopbackServer second = LoopbackServer.answering(ok("there"));
        LoopbackServer first = redirecting(302, second.url("/to"))) {
      send(
          HttpRequest.get(first.url("/from"))
              .header("Authorization", "Bearer t")
              .header("Cookie", "c=1")
              .header("Host", "mine.example")
              .header("X-Other", "o")
              .followRedirects(true));

      LoopbackServer.Received there = second.received.getFirst();
      assertThat(there.header("Authorization")).isNull();
      assertThat(there.header("Cookie")).isNull();
      assertThat(there.header("Host")).isEqualTo("127.0.0.1:" + second.port());
      assertThat(there.header("X-Other")).isEqualTo("o");
    }
  }

  @Test
  void redirect_inACircle_throwsTooManyRedirects() throws Exception {
    try (LoopbackServer server = redirecting(302, "/from")) {
      assertThatThrownBy(() -> send(HttpRequest.get(server.url("/from")).followRedirects(true)))
          .isInstanceOf(TooManyRedirectsException.class)
          .hasMessageContaining("more than 3 times")
          .hasMessageContaining("raise maxRedirects");
      assertThat(server.received).hasSize(4);
    }
  }

  @Test
  void redirect_toWhatIsNotHttp_throws() throws Exception {
    try (LoopbackServer server = redirecting(302, "file:///etc/passwd")) {
      assertThatThrownBy(() -> send(HttpRequest.get(server.url("/from")).followRedirects(true)))
          .isInstanceOf(TooManyRedirectsException.class)
          .hasMessageContaining("file:///etc/passwd");
    }
  }

  @Test
  void redirect_withoutLocation_isReturned() throws Exception {
    try (LoopbackServer server =
        LoopbackServer.answering("HTTP/1.1 302 x\r\nContent-Length: 0\r\n\r\n")) {
      assertThat(send(HttpRequest.get(server.url("/")).followRedirects(true)).status())
          .isEqualTo(302);
    }
  }
}
