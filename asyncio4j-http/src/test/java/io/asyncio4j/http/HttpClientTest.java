package io.asyncio4j.http;

import static io.asyncio4j.http.LoopbackServer.ok;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.asyncio4j.testing.TestLoop;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is sent, and what is made of the answer. */
final class HttpClientTest {
  @RegisterExtension private final TestLoop loop = new TestLoop();

  private HttpResponse answered(String answer) throws Exception {
    try (LoopbackServer server = LoopbackServer.answering(answer)) {
      return get(server, "/");
    }
  }

  private HttpResponse get(LoopbackServer server, String target) throws Exception {
    return send(HttpRequest.get(server.url(target)));
  }

  private HttpResponse send(HttpRequest.Builder request) throws Exception {
    return loop.run(
        () -> {
          try (HttpClient client = HttpClient.create()) {
            return client.send(request.build());
          }
        });
  }

  @Test
  void get_answer_statusHeadersAndBody() throws Exception {
    HttpResponse response =
        answered("HTTP/1.1 201 Made so\r\nX-One: 1\r\nx-one: 2\r\nContent-Length: 5\r\n\r\nhello");

    assertThat(response.status()).isEqualTo(201);
    assertThat(response.reason()).isEqualTo("Made so");
    assertThat(response.headers().get("X-ONE")).isEqualTo("1");
    assertThat(response.headers().all("x-One")).containsExactly("1", "2");
    assertThat(response.text()).isEqualTo("hello");
    assertThat(response.receivedBytes()).isEqualTo(5);
    assertThat(response.isSuccess()).isTrue();
  }

  @Test
  void discardBody_largerThanAllowed_isCountedAndNotKept() throws Exception {
    String body = "x".repeat(100_000);
    try (LoopbackServer server = LoopbackServer.answering(ok(body))) {
      loop.run(
          () -> {
            try (HttpClient client = HttpClient.builder().maxBodyBytes(10).build()) {
              for (int i = 0; i < 2; i++) {
                HttpResponse response =
                    client.send(HttpRequest.get(server.url("/")).discardBody().build());
                assertThat(response.status()).isEqualTo(200);
                assertThat(response.length()).isZero();
                assertThat(response.receivedBytes()).isEqualTo(100_000);
              }
            }
          });
    }
  }

  @Test
  void get_plain_sendsTheUsualHeaders() throws Exception {
    try (LoopbackServer server = LoopbackServer.answering(ok(""))) {
      get(server, "/a?b=c#fragment");

      assertThat(server.received.getFirst().head())
          .isEqualTo(
              "GET /a?b=c HTTP/1.1\r\nHost: 127.0.0.1:"
                  + server.port()
                  + "\r\nAccept: */*\r\nAccept-Encoding: gzip, deflate\r\n"
                  + "User-Agent: asyncio4j\r\n\r\n");
    }
  }

  @Test
  void everyMethod_withAndWithoutBody_arrivesAsGiven() throws Exception {
    try (LoopbackServer server = LoopbackServer.answering(ok("."))) {
      loop.run(
          () -> {
            try (HttpClient client = HttpClient.create()) {
              client.post(server.url("/1"), HttpBody.text("ä"));
              client.put(server.url("/2"), HttpBody.bytes(new byte[] {65, 66}));
              client.patch(server.url("/3"), HttpBody.json(Map.of("a", 1)));
              client.post(server.url("/4"), HttpBody.form(Map.of("k y", "v&1")));
              client.delete(server.url("/5"));
              client.options(server.url("/6"));
              client.send(HttpRequest.post(server.url("/7")).build());
            }
          });

      assertThat(server.received)
          .extracting(request -> request.line().replace(" HTTP/1.1", "") + " " + request.body())
          .containsExactly(
              "POST /1 ä",
              "PUT /2 AB",
              "PATCH /3 {\"a\":1}",
              "POST /4 k+y=v%261",
              "DELETE /5 ",
              "OPTIONS /6 ",
              "POST /7 ");
      assertThat(server.received)
          .extracting(request -> request.header("Content-Type"))
          .containsExactly(
              "text/plain; charset=utf-8",
              null,
              "application/json",
              "application/x-www-form-urlencoded",
              null,
              null,
              null);
      assertThat(server.received.get(4).header("Content-Length")).isNull();
      assertThat(server.received.get(6).header("Content-Length")).isEqualTo("0");
    }
  }

  @Test
  void query_valuesThatNeedIt_areEncodedOnce() throws Exception {
    try (LoopbackServer server = LoopbackServer.answering(ok(""))) {
      send(
          HttpRequest.get(server.url("/p%20q?x=%41")).query("retry", "True").query("a b", "ü&=+%"));

      assertThat(server.received.getFirst().target())
          .isEqualTo("/p%20q?x=%41&retry=True&a%20b=%C3%BC%26%3D%2B%25");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/a|b", "/a{x}", "/a%zz", "//double//slash", "/empty?", "/q?a=1#frag", "/x?\"q\"",
        "/p/../up/./x", "/ü", "/a\\b?[1]^`", "/%2F?u=http://h/p?x", "*", "/a?b?c", "/a?retry=True&",
      })
  void rawTarget_whateverItHolds_arrivesByteForByte(String target) throws Exception {
    try (LoopbackServer server = LoopbackServer.answering(ok(""))) {
      HttpResponse response = send(HttpRequest.get(server.url("/x")).rawTarget(target));

      String utf8AsLatin1 =
          new String(target.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
      assertThat(server.received.getFirst().line()).isEqualTo("GET " + utf8AsLatin1 + " HTTP/1.1");
      assertThat(response.url()).isEqualTo(server.url(target));
    }
  }

  @Test
  void rawTarget_bytesThatAreNoUtf8_arriveByteForByte() throws Exception {
    try (LoopbackServer server = LoopbackServer.answering(ok(""))) {
      send(HttpRequest.get(server.url("/")).rawTarget(new byte[] {'/', (byte) 0xe4, (byte) 0xff}));

      assertThat(server.received.getFirst().target()).isEqualTo("/\u00e4\u00ff");
    }
  }

  @Test
  void headers_ofRequestClientAndDefaults_theNearestWins() throws Exception {
    try (LoopbackServer server = LoopbackServer.answering(ok(""))) {
      loop.run(
          () -> {
            try (HttpClient client =
                HttpClient.builder().header("X-A", "client").header("User-Agent", "mine").build()) {
              client.send(
                  HttpRequest.get(server.url("/"))
                      .header("x-a", "request")
                      .header("Host", "other.example")
                      .build());
            }
          });

      LoopbackServer.Received request = server.received.getFirst();
      assertThat(request.head()).containsOnlyOnce("x-a: request").doesNotContain("client");
      assertThat(request.header("User-Agent")).isEqualTo("mine");
      assertThat(request.head()).containsOnlyOnce("Host: ");
      assertThat(request.header("Host")).isEqualTo("other.example");
    }
  }

  @Test
  void userInfoInUrl_isSentAsBasicAuthentication_andNotShown() throws Exception {
    try (LoopbackServer server = LoopbackServer.answering(ok(""))) {
      HttpResponse response =
          send(HttpRequest.get("http://us%65r:p%40ss@127.0.0.1:" + server.port() + "/"));

      assertThat(server.received.getFirst().header("Authorization"))
          .isEqualTo("Basic dXNlcjpwQHNz");
      assertThat(response.url()).isEqualTo(server.url("/"));
    }
  }

  @Test
  void body_chunked_isJoined() throws Exception {
    HttpResponse response =
        answered(
            String.join(
                "\r\n",
                "HTTP/1.1 200 OK",
                "Transfer-Encoding: chunked",
                "",
                "3;x=y",
                "abc",
                "2",
                "de",
                "0",
                "Trailer: t",
                "",
                ""));

    assertThat(response.text()).isEqualTo("abcde");
  }

  @Test
  void body_endedByClose_isWhole() throws Exception {
    try (LoopbackServer server =
        new LoopbackServer(
            talk -> {
              talk.read();
              talk.write("HTTP/1.0 200 OK\r\n\r\nup to the end");
            })) {
      assertThat(get(server, "/").text()).isEqualTo("up to the end");
    }
  }

  private static byte[] gzip(String text) throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    }
    return bytes.toByteArray();
  }

  private static byte[] deflate(String text, boolean bare) throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DeflaterOutputStream out =
        new DeflaterOutputStream(bytes, new Deflater(Deflater.DEFAULT_COMPRESSION, bare))) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    }
    return bytes.toByteArray();
  }

  private HttpResponse coded(String coding, byte[] body) throws Exception {
    try (LoopbackServer server =
        new LoopbackServer(
            talk -> {
              talk.read();
              talk.write(
                      "HTTP/1.1 200 OK\r\nContent-Encoding: "
                          + coding
                          + "\r\nContent-Length: "
                          + body.length
                          + "\r\n\r\n")
                  .write(body);
            })) {
      return get(server, "/");
    }
  }

  @Test
  void body_compressed_isDecompressed() throws Exception {
    assertThat(coded("gzip", gzip("größer")).text()).isEqualTo("größer");
    assertThat(coded("deflate", deflate("zlib", false)).text()).isEqualTo("zlib");
    assertThat(coded("Deflate", deflate("bare", true)).text()).isEqualTo("bare");
    assertThat(coded("br", new byte[] {1, 2}).bytes()).containsExactly(1, 2);
    assertThat(coded("gzip", new byte[0]).text()).isEmpty();
  }

  @Test
  void body_notInTheCodingItNames_throwsProtocolException() {
    assertThatThrownBy(() -> coded("gzip", new byte[] {1, 2, 3}))
        .isInstanceOf(ProtocolException.class)
        .hasMessageContaining("its body is not gzip");
  }

  @Test
  void text_charsetNamed_isUsed() throws Exception {
    assertThat(
            answered(
                    "HTTP/1.1 200 OK\r\nContent-Type: text/plain; Charset=\"ISO-8859-1\"\r\n"
                        + "Content-Length: 1\r\n\r\n\u00fc")
                .text())
        .isEqualTo("ü");
    assertThat(
            answered(
                    "HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=nonsense\r\n"
                        + "Content-Length: 2\r\n\r\n\u00c3\u00bc")
                .text())
        .isEqualTo("ü");
  }

  record Point(int x, int y) {}

  @Test
  void json_treeAndClass_areRead() throws Exception {
    HttpResponse response = answered(ok("{\"x\":3,\"y\":4}"));

    assertThat(response.json().get("y").asInt()).isEqualTo(4);
    assertThat(response.json(Point.class)).isEqualTo(new Point(3, 4));
  }

  @Test
  void head_lengthWithoutBody_doesNotWaitForOne() throws Exception {
    try (LoopbackServer server =
        LoopbackServer.answering("HTTP/1.1 200 OK\r\nContent-Length: 999999999999\r\n\r\n")) {
      loop.run(
          () -> {
            try (HttpClient client = HttpClient.create()) {
              assertThat(client.head(server.url("/")).length()).isZero();
              assertThat(client.head(server.url("/")).headers().get("content-length"))
                  .isEqualTo("999999999999");
            }
          });
      assertThat(server.accepted).hasValue(1);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {204, 304})
  void statusWithoutBody_lengthGiven_doesNotWaitForOne(int status) throws Exception {
    try (LoopbackServer server =
        LoopbackServer.answering(
            "HTTP/1.1 " + status + " x\r\nContent-Length: 999999999999\r\n\r\n")) {
      loop.run(
          () -> {
            try (HttpClient client = HttpClient.create()) {
              assertThat(client.get(server.url("/")).status()).isEqualTo(status);
              assertThat(client.get(server.url("/")).length()).isZero();
            }
          });
      assertThat(server.accepted).hasValue(1);
    }
  }

  @Test
  void interimAnswers_areSkipped() throws Exception {
    HttpResponse response =
        answered(
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"
                + ok("real"));

    assertThat(response.status()).isEqualTo(200);
    assertThat(response.text()).isEqualTo("real");
  }

  @Test
  void raiseForStatus_404_throwsWithStatusAndUrl() throws Exception {
    HttpResponse response = answered("HTTP/1.1 404 Nowhere\r\nContent-Length: 0\r\n\r\n");

    assertThatThrownBy(response::raiseForStatus)
        .isInstanceOfSatisfying(
            HttpStatusException.class, e -> assertThat(e.status()).isEqualTo(404))
        .hasMessageContaining("GET http://127.0.0.1:")
        .hasMessageContaining("404 Nowhere");
    assertThat(answered(ok("")).raiseForStatus().status()).isEqualTo(200);
  }

  @Test
  void send_statusLineAndBodyInPieces_isPutTogether() throws Exception {
    try (LoopbackServer server =
        new LoopbackServer(
            talk -> {
              talk.read();
              talk.socket().setTcpNoDelay(true);
              for (byte b : ok("in pieces").getBytes(StandardCharsets.US_ASCII)) {
                talk.write(new byte[] {b});
              }
              talk.awaitEnd();
            })) {
      assertThat(get(server, "/").text()).isEqualTo("in pieces");
    }
  }

  @Test
  void bigBodies_bothWays_areWhole() throws Exception {
    String big = "0123456789abcdef".repeat(200_000);
    try (LoopbackServer server =
        new LoopbackServer(
            talk -> {
              LoopbackServer.Received request = talk.read();
              talk.write(ok(request == null ? "" : request.body()));
            })) {
      HttpResponse response = send(HttpRequest.post(server.url("/")).body(HttpBody.text(big)));

      assertThat(response.text().equals(big)).isTrue();
    }
  }
}
