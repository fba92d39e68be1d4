package io.asyncio4j.http;

import static io.asyncio4j.http.LoopbackServer.ok;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.asyncio4j.Asyncio;
import io.asyncio4j.EventLoop;
import io.asyncio4j.Future;
import io.asyncio4j.GatheredResults;
import io.asyncio4j.ReturnWhen;
import io.asyncio4j.Task;
import io.asyncio4j.testing.TestLoop;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.function.UnaryOperator;
import java.util.zip.GZIPOutputStream;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Each way in which a request gets no answer is an exception of its own, and leaves nothing behind.
 */
final class FailureTest {
  @RegisterExtension private final TestLoop loop = new TestLoop();

  /** Sends a GET that must fail, and checks that the client holds no connection afterwards. */
  private AbstractThrowableAssert<?, ? extends Throwable> get(
      String url, UnaryOperator<HttpClientBuilder> settings) {
    return assertThatThrownBy(
        () ->
            loop.run(
                () -> {
                  try (HttpClient client = settings.apply(HttpClient.builder()).build()) {
                    try {
                      return client.get(url);
                    } finally {
                      assertThat(client.statistics().open()).isZero();
                      assertThat(client.statistics().waiting()).isZero();
                    }
                  }
                }));
  }

  private static UnaryOperator<HttpClientBuilder> defaults() {
    return UnaryOperator.identity();
  }

  /** Moves the loop's time on, from the server's thread. */
  private void advance(EventLoop on, Duration by) {
    on.callSoonThreadsafe(() -> loop.clock().jump(by));
  }

  @Test
  void refused_namesAddressAndUrl() throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }

    get("http://user:secret@127.0.0.1:" + port + "/x?y=z", defaults())
        .isInstanceOf(ConnectionRefusedException.class)
        .isInstanceOf(ConnectFailedException.class)
        .isInstanceOf(HttpException.class)
        .isInstanceOf(IOException.class)
        .hasMessage(
            "GET http://127.0.0.1:%d/x?y=z: connection refused by 127.0.0.1:%d;"
                + " nothing listens there, or a firewall refuses",
            port, port);
  }

  @Test
  void refused_fiveThousandTimes_eachIsTold() throws Exception {
    loop.run(
        () -> {
          try (HttpClient client = HttpClient.builder().maxConnections(50).build()) {
            List<Callable<HttpResponse>> all =
                Collections.nCopies(5_000, () -> client.get("http://127.0.0.1:1/"));
            GatheredResults<HttpResponse> results = Asyncio.gatherResults(all).await();
            assertThat(results.exceptionsOfType(ConnectionRefusedException.class)).hasSize(5_000);
            assertThat(client.statistics().open()).isZero();
          }
        });
    assertThat(loop.elapsed()).isZero();
  }

  @Test
  void exception_hasTheCallersStack() {
    get("http://127.0.0.1:1/", defaults())
        .satisfies(
            e ->
                assertThat(e.getStackTrace())
                    .anyMatch(frame -> frame.getClassName().equals(FailureTest.class.getName())));
  }

  @Test
  void hostWithoutAddress_throwsHostNotFound() {
    get(
            "http://no-such-host.example/",
            client ->
                client.lookup(
                    host -> {
                      throw new UnknownHostException(host + ": Name or service not known");
                    }))
        .isInstanceOf(HostNotFoundException.class)
        .hasMessage(
            "GET http://no-such-host.example/: the host no-such-host.example was not found; check its"
                + " spelling and this machine's DNS");
  }

  @Test
  void lookup_slow_timesOutAndHoldsNobodyUp() {
    CountDownLatch release = new CountDownLatch(1);
    try {
      assertThatThrownBy(
              () ->
                  loop.run(
                      () -> {
                        EventLoop current = EventLoop.current();
                        AddressLookup stuck =
                            _ -> {
                              advance(current, Duration.ofSeconds(10));
                              awaitUninterruptibly(release);
                              return new InetAddress[0];
                            };
                        try (HttpClient client = HttpClient.builder().lookup(stuck).build()) {
                          client.get("http://slow.example/");
                        } finally {
                          release.countDown();
                        }
                      }))
          .isInstanceOf(ConnectTimeoutException.class)
          .hasMessageContaining("no connection to slow.example:80 within 10s")
          .hasMessageContaining("stopped at: look-up of the host");
    } finally {
      release.countDown();
    }
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void connect_tlsHandshakeNotAnswered_throwsConnectTimeout() throws Exception {
    assertThatThrownBy(
            () ->
                loop.run(
                    () -> {
                      EventLoop current = EventLoop.current();
                      try (LoopbackServer silent =
                              new LoopbackServer(
                                  talk -> {
                                    assertThat(talk.in().read()).isEqualTo(0x16);
                                    advance(current, Duration.ofSeconds(3));
                                    talk.awaitEnd();
                                  });
                          HttpClient client =
                              HttpClient.builder()
                                  .connectTimeout(Duration.ofSeconds(3))
                                  .insecureTrustAnyCertificate()
                                  .build()) {
                        client.get("https://127.0.0.1:" + silent.port() + "/");
                      }
                    }))
        .isInstanceOf(ConnectTimeoutException.class)
        .hasMessageContaining("within 3s (stopped at: TLS handshake)");
  }

  private void stalled(
      String begun,
      UnaryOperator<HttpClientBuilder> settings,
      Duration passes,
      Class<?> expected,
      String message) {
    assertThatThrownBy(
            () ->
                loop.run(
                    () -> {
                      EventLoop current = EventLoop.current();
                      try (LoopbackServer server =
                              new LoopbackServer(
                                  talk -> {
                                    talk.read();
                                    talk.write(begun);
                                    advance(current, passes);
                                    talk.awaitEnd();
                                  });
                          HttpClient client = settings.apply(HttpClient.builder()).build()) {
                        try {
                          client.get(server.url("/"));
                        } finally {
                          assertThat(client.statistics().open()).isZero();
                        }
                      }
                    }))
        .isInstanceOf(HttpTimeoutException.class)
        .isInstanceOf(expected)
        .hasMessageContaining(message);
  }

  @Test
  void readTimeout_noAnswer_throws() {
    stalled(
        "", defaults(), Duration.ofSeconds(30), ReadTimeoutException.class, "no answer for 30s");
  }

  @Test
  void totalTimeout_noAnswer_throws() {
    stalled(
        "",
        client -> client.totalTimeout(Duration.ofSeconds(5)),
        Duration.ofSeconds(5),
        TotalTimeoutException.class,
        "not done within 5s");
  }

  @Test
  void readTimeout_silenceInBody_throwsAfterTheSilenceOnly() throws Exception {
    assertThatThrownBy(
            () ->
                loop.run(
                    () -> {
                      EventLoop current = EventLoop.current();
                      CountDownLatch[] seen = {new CountDownLatch(1), new CountDownLatch(1)};
                      try (LoopbackServer server =
                              new LoopbackServer(
                                  talk -> {
                                    talk.read();
                                    for (CountDownLatch step : seen) {
                                      // 20 of 30 seconds, then a byte: twice, so 40 in all
                                      current.callSoonThreadsafe(
                                          () ->
                                              afterPolls(
                                                  current,
                                                  () -> {
                                                    loop.clock().jump(Duration.ofSeconds(20));
                                                    step.countDown();
                                                  },
                                                  0));
                                      step.await();
                                      talk.write(
                                          step == seen[0]
                                              ? "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"
                                              : "x");
                                    }
                                    current.callSoonThreadsafe(
                                        () ->
                                            afterPolls(
                                                current,
                                                () -> loop.clock().jump(Duration.ofSeconds(30)),
                                                0));
                                    talk.awaitEnd();
                                  });
                          HttpClient client = HttpClient.create()) {
                        client.get(server.url("/"));
                      }
                    }))
        .isInstanceOf(ReadTimeoutException.class)
        .hasMessageContaining("fell silent in the middle of its answer for 30s");
    assertThat(loop.elapsed()).isEqualTo(Duration.ofSeconds(70));
  }

  /** Lets a loop take what has arrived, which it looks for every 64 callbacks, and goes on. */
  private static void afterPolls(EventLoop current, Runnable next, int turns) {
    if (turns < 200) {
      current.callSoon(() -> afterPolls(current, next, turns + 1));
    } else {
      next.run();
    }
  }

  @Test
  void poolTimeout_onlyWhereSet_throws() throws Exception {
    loop.run(
        () -> {
          EventLoop current = EventLoop.current();
          try (LoopbackServer server =
                  new LoopbackServer(
                      talk -> {
                        talk.read();
                        advance(current, Duration.ofSeconds(7));
                        talk.awaitEnd();
                      });
              HttpClient client =
                  HttpClient.builder()
                      .maxConnections(1)
                      .poolTimeout(Duration.ofSeconds(7))
                      .build()) {
            Task<HttpResponse> first = Asyncio.createTask(() -> client.get(server.url("/1")));
            Task<HttpResponse> second = Asyncio.createTask(() -> client.get(server.url("/2")));
            assertThatThrownBy(second::await)
                .isInstanceOf(PoolTimeoutException.class)
                .hasMessageContaining("no free connection within 7s");
            first.cancel();
            Asyncio.waitUntil(ReturnWhen.ALL_COMPLETED, List.of(first));
            assertThat(server.received).hasSize(1);
          }
        });
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void cutConnection_beforeTheAnswer_throwsReset(boolean reset) throws Exception {
    try (LoopbackServer server =
        new LoopbackServer(
            talk -> {
              talk.read();
              if (reset) {
                talk.reset();
              }
            })) {
      get(server.url("/"), defaults())
          .isInstanceOf(ConnectionResetException.class)
          .hasMessageContaining(
              reset ? "Connection reset" : "closed the connection before it answered");
      assertThat(server.received).hasSize(1);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n0123456789",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc",
        "HTTP/1.1 200 OK\r\nContent-Le",
      })
  void cutConnection_inTheAnswer_throwsReset(String begun) throws Exception {
    try (LoopbackServer server =
        new LoopbackServer(
            talk -> {
              talk.read();
              talk.write(begun);
            })) {
      get(server.url("/"), defaults())
          .isInstanceOf(ConnectionResetException.class)
          .hasMessageContaining("in the middle of its answer");
    }
  }

  @Test
  void reset_inTheBody_throwsReset() throws Exception {
    try (LoopbackServer server =
        new LoopbackServer(
            talk -> {
              talk.read();
              talk.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n0123456789");
              talk.reset();
            })) {
      get(server.url("/"), defaults()).isInstanceOf(ConnectionResetException.class);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SSH-2.0-OpenSSH_9.2\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nnonsense\r\n",
        "HTTP/1.1 101 Switching Protocols\r\n\r\n",
      })
  void answerThatIsNotHttp_throwsProtocolException(String answer) throws Exception {
    try (LoopbackServer server = LoopbackServer.answering(answer)) {
      get(server.url("/"), defaults())
          .isInstanceOf(ProtocolException.class)
          .hasMessageContaining("breaks the rules of HTTP");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n01234567890",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nb\r\n01234567890\r\n0\r\n\r\n",
      })
  void body_longerThanTheLimit_throwsBodyTooLarge(String answer) throws Exception {
    try (LoopbackServer server = LoopbackServer.answering(answer)) {
      get(server.url("/"), client -> client.maxBodyBytes(10))
          .isInstanceOf(BodyTooLargeException.class)
          .hasMessageContaining("larger than 10 bytes; raise maxBodyBytes");
    }
  }

  @Test
  void body_asLongAsTheLimit_isReturned() throws Exception {
    try (LoopbackServer server = LoopbackServer.answering(ok("0123456789"))) {
      loop.run(
          () -> {
            try (HttpClient client = HttpClient.builder().maxBodyBytes(10).build()) {
              assertThat(client.get(server.url("/")).text()).isEqualTo("0123456789");
            }
          });
    }
  }

  @Test
  void body_longOnlyWhenDecompressed_throwsBodyTooLarge() throws Exception {
    ByteArrayOutputStream bomb = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(bomb)) {
      out.write(new byte[1_000_000]);
    }
    try (LoopbackServer server =
        new LoopbackServer(
            talk -> {
              talk.read();
              talk.write(
                      "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: "
                          + bomb.size()
                          + "\r\n\r\n")
                  .write(bomb.toByteArray());
            })) {
      assertThatThrownBy(
              () ->
                  loop.run(
                      () -> {
                        try (HttpClient client =
                            HttpClient.builder().maxBodyBytes(999_999).build()) {
                          return client.get(server.url("/"));
                        }
                      }))
          .isInstanceOf(BodyTooLargeException.class);
    }
  }

  @Test
  void close_requestsWaitingAndUnderWay_endWithClientClosed() throws Exception {
    loop.run(
        () -> {
          CountDownLatch arrived = new CountDownLatch(1);
          try (LoopbackServer server =
              new LoopbackServer(
                  talk -> {
                    talk.read();
                    arrived.countDown();
                    talk.awaitEnd();
                  })) {
            HttpClient client = HttpClient.builder().maxConnections(1).build();
            Task<HttpResponse> underWay = Asyncio.createTask(() -> client.get(server.url("/1")));
            Task<HttpResponse> waiting = Asyncio.createTask(() -> client.get(server.url("/2")));
            Asyncio.toThread(() -> arrived.await());

            client.close();

            assertThatThrownBy(underWay::await).isInstanceOf(ClientClosedException.class);
            assertThatThrownBy(waiting::await).isInstanceOf(ClientClosedException.class);
            assertThat(client.statistics()).isEqualTo(new HttpStatistics(0, 0, 0, 0, 0, 1, 1));
            assertThatThrownBy(() -> client.get(server.url("/3")))
                .isInstanceOf(ClientClosedException.class);
            client.close();
          }
        });
  }

  @Test
  void useInTheWrongPlace_saysWhatToDo() throws Exception {
    assertThatThrownBy(HttpClient::create)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("Asyncio.run");
    loop.run(
        () -> {
          try (HttpClient client = HttpClient.create()) {
            String elsewhere =
                Asyncio.toThread(
                    () -> {
                      try {
                        client.get("http://127.0.0.1:1/");
                        return "no exception";
                      } catch (IllegalStateException e) {
                        return String.valueOf(e.getMessage());
                      }
                    });
            assertThat(elsewhere).contains("no running event loop");
            String otherLoop =
                Asyncio.toThread(
                    () ->
                        Asyncio.run(
                            loop.options().withName("second"),
                            () -> {
                              try {
                                client.get("http://127.0.0.1:1/");
                                return "no exception";
                              } catch (IllegalStateException e) {
                                return String.valueOf(e.getMessage());
                              }
                            }));
            assertThat(otherLoop)
                .isEqualTo(
                    "this client was made on loop test but was used on loop second; make a client for"
                        + " each loop");
            Future<String> inCallback = EventLoop.current().createFuture();
            EventLoop.current()
                .callSoon(
                    () -> {
                      try {
                        client.get("http://127.0.0.1:1/");
                        inCallback.setResult("no exception");
                      } catch (IllegalStateException | HttpException e) {
                        inCallback.setResult(String.valueOf(e.getMessage()));
                      }
                    });
            assertThat(inCallback.await()).contains("createTask");
            assertThat(client.statistics()).isEqualTo(new HttpStatistics(0, 0, 0, 0, 0, 0, 0));
          }
        });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/path",
        "ftp://h/",
        "http://",
        "http:///x",
        "http://h:0/",
        "http://h:65536/",
        "http://h:x/",
        "http://a b/",
        "h:80/x",
      })
  void url_thatCannotBeRequested_isRefused(String url) {
    assertThatThrownBy(() -> HttpRequest.get(url))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("cannot be requested");
  }

  @Test
  void badRequests_areRefusedWithTheReason() {
    assertThatThrownBy(() -> HttpRequest.get("http://u:secret@h:x/"))
        .hasMessageContaining("http://***@h:x/")
        .hasMessageNotContaining("secret");
    assertThatThrownBy(() -> HttpRequest.builder("G T", "http://h/")).hasMessageContaining("'G T'");
    assertThatThrownBy(() -> HttpRequest.builder("CONNECT", "http://h/"))
        .hasMessageContaining("proxy");
    HttpRequest.Builder request = HttpRequest.get("http://h/");
    assertThatThrownBy(() -> request.header("X", "a\r\nY: b")).hasMessageContaining("U+000D");
    assertThatThrownBy(() -> request.header("X Y", "a")).hasMessageContaining("'X Y'");
    assertThatThrownBy(() -> request.header("Content-length", "1"))
        .hasMessageContaining("by the client itself");
    assertThatThrownBy(() -> request.rawTarget("/a b")).hasMessageContaining("0x20 at index 2");
    assertThatThrownBy(() -> request.rawTarget("")).hasMessageContaining("empty");
    assertThatThrownBy(() -> request.readTimeout(Duration.ZERO))
        .hasMessageContaining("readTimeout");
    assertThatThrownBy(() -> request.maxBodyBytes(-1)).hasMessageContaining("maxBodyBytes");
    assertThatThrownBy(() -> request.rawTarget("/x").query("a", "b"))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> Headers.of("a")).hasMessageContaining("no value");
    assertThatThrownBy(() -> HttpClient.builder().maxConnections(0))
        .hasMessage("maxConnections is 0; it must be 1 or more");
    assertThatThrownBy(() -> HttpClient.builder().proxy("https://p:1"))
        .hasMessageContaining("use http://");
  }
}
