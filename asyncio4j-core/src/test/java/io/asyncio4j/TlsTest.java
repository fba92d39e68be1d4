package io.asyncio4j;

import static io.asyncio4j.Asyncio.createTask;
import static io.asyncio4j.Asyncio.sleep;
import static io.asyncio4j.Asyncio.timeout;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.asyncio4j.fixtures.TestKeys;
import io.asyncio4j.testing.TestLoop;
import java.io.IOException;
import java.io.InputStream;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.CancellationException;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** TLS over real sockets, with certificates that the JDK's keytool makes. */
@Timeout(300)
@SuppressWarnings("try") // to close early, and again, is what is tested
class TlsTest {
  private static final TestKeys KEYS = TestKeys.localhost();
  private static final ServeOptions SERVE = ServeOptions.defaults().withTls(KEYS.server());
  private static final ConnectOptions CONNECT = ConnectOptions.defaults().withTls(KEYS.client());

  @RegisterExtension final TestLoop loop = new TestLoop();

  private void run(ThrowingRunnable<Exception> body) throws Exception {
    loop.run(
        () -> {
          body.run();
          while (Asyncio.allTasks().size() > 1) {
            sleep(ofMillis(1));
          }
        });
  }

  private static void echo(StreamReader reader, StreamWriter writer) throws IOException {
    for (byte[] some = reader.read(4096); some.length > 0; some = reader.read(4096)) {
      writer.write(some);
    }
  }

  private static String text(byte[] bytes) {
    return new String(bytes, UTF_8);
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void echo_bothVersions(String version) throws Exception {
    run(
        () -> {
          ConnectOptions options =
              CONNECT.withTlsParameters(p -> p.setProtocols(new String[] {version}));
          try (Server server = Streams.serve(TlsTest::echo, "localhost", 0, SERVE);
              Connection connection = Streams.connect("localhost", server.port(), options)) {
            connection.writer().write("hello\n");
            assertThat(text(connection.reader().readLine())).isEqualTo("hello\n");
            assertThat(connection.writer().tlsSession())
                .isNotNull()
                .satisfies(session -> assertThat(session.getProtocol()).isEqualTo(version));
            assertThat(connection.writer().canWriteEof()).isFalse();
            assertThatThrownBy(() -> connection.writer().writeEof())
                .isInstanceOf(UnsupportedOperationException.class);
          }
        });
    assertThat(loop.elapsed()).isLessThan(ofSeconds(30)); // nobody waited for a goodbye
  }

  @Test
  void muchData_bothWaysAtOnce() throws Exception {
    byte[] much = new byte[5_000_000];
    for (int i = 0; i < much.length; i++) {
      much[i] = (byte) ((i * 31) >> 8);
    }
    run(
        () -> {
          try (Server server = Streams.serve(TlsTest::echo, "localhost", 0, SERVE);
              Connection connection = Streams.connect("localhost", server.port(), CONNECT)) {
            Task<?> writing = createTask(() -> connection.writer().write(much));
            byte[] back = connection.reader().readExactly(much.length);
            writing.await();
            assertThat(Arrays.equals(back, much)).isTrue();
          }
        });
  }

  @Test
  void close_whatWasWrittenArrives() throws Exception {
    run(
        () -> {
          Future<Integer> received = EventLoop.current().createFuture();
          try (Server server =
              Streams.serve(
                  (reader, _) -> received.setResult(reader.readAll().length),
                  "localhost",
                  0,
                  SERVE)) {
            try (Connection connection = Streams.connect("localhost", server.port(), CONNECT)) {
              connection.writer().writeNow(new byte[3_000_000]);
            }
            assertThat(received.await()).isEqualTo(3_000_000);
          }
        });
  }

  @Test
  void close_thePeerSaysNoGoodbye_waitsForTheShutdownTimeout() throws Exception {
    run(
        () -> {
          Event stop = new Event();
          try (Server server =
              Streams.serve(
                  (reader, _) -> {
                    reader.readExactly(1);
                    stop.await();
                  },
                  "localhost",
                  0,
                  SERVE)) {
            Connection connection =
                Streams.connect(
                    "localhost", server.port(), CONNECT.withTlsShutdownTimeout(ofSeconds(7)));
            connection.writer().write("x");
            long before = EventLoop.current().time();
            connection.close();
            assertThat(EventLoop.current().time() - before).isEqualTo(ofSeconds(7).toNanos());
            stop.set();
          }
        });
  }

  @Test
  void close_whileATaskReads_thatMeetsTheEnd() throws Exception {
    run(
        () -> {
          try (Server server = Streams.serve(TlsTest::echo, "localhost", 0, SERVE);
              Connection connection = Streams.connect("localhost", server.port(), CONNECT)) {
            Task<byte[]> reading = createTask(() -> connection.reader().readLine());
            sleep(ofMillis(1));
            connection.close();
            assertThat(reading.await()).isEmpty();
            assertThatThrownBy(() -> connection.writer().write("x"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("was closed");
          }
        });
  }

  @Test
  void readCancelled_losesNothing() throws Exception {
    run(
        () -> {
          try (Server server = Streams.serve(TlsTest::echo, "localhost", 0, SERVE);
              Connection connection = Streams.connect("localhost", server.port(), CONNECT)) {
            connection.writer().write("half ");
            assertThatThrownBy(() -> timeout(ofSeconds(1), () -> connection.reader().readLine()))
                .isInstanceOf(TimeoutException.class);
            connection.writer().write("whole\n");
            assertThat(text(connection.reader().readLine())).isEqualTo("half whole\n");
          }
        });
  }

  @Test
  void connectionCutWithoutGoodbye_isNamed() throws Exception {
    run(
        () -> {
          try (Server server =
                  Streams.serve(
                      (_, writer) -> {
                        writer.write("the first half");
                        writer.abort();
                      },
                      "localhost",
                      0,
                      SERVE);
              Connection connection = Streams.connect("localhost", server.port(), CONNECT)) {
            assertThat(text(connection.reader().readExactly(14))).isEqualTo("the first half");
            assertThatThrownBy(() -> connection.reader().readAll())
                .isInstanceOf(SSLException.class)
                .hasMessageContaining("without TLS's close_notify")
                .hasMessageContaining("may be cut");
          }
        });
  }

  // ---- who the peer is

  @Test
  void connect_nobodyTrustsTheCertificate_isRefused() throws Exception {
    run(
        () -> {
          ConnectOptions trustsNobody = ConnectOptions.defaults().withTls(TestKeys.jdkDefault());
          try (Server server = Streams.serve(TlsTest::echo, "localhost", 0, SERVE)) {
            assertThatThrownBy(() -> Streams.connect("localhost", server.port(), trustsNobody))
                .isInstanceOf(SSLHandshakeException.class)
                .hasMessageContaining("PKIX path building failed");
          }
        });
  }

  @Test
  void connect_certificateNamesAnotherHost_isRefusedUnlessTheCheckIsOff() throws Exception {
    TestKeys other = TestKeys.of("elsewhere.example", 365, 0);
    run(
        () -> {
          ConnectOptions options = ConnectOptions.defaults().withTls(other.client());
          try (Server server =
              Streams.serve(
                  TlsTest::echo, "localhost", 0, ServeOptions.defaults().withTls(other.server()))) {
            assertThatThrownBy(() -> Streams.connect("localhost", server.port(), options))
                .isInstanceOf(SSLHandshakeException.class)
                .hasMessageContaining("localhost");
            try (Connection connection =
                Streams.connect(
                    "localhost", server.port(), options.withServerName("elsewhere.example"))) {
              connection.writer().write("x");
              assertThat(text(connection.reader().read(1))).isEqualTo("x");
            }
            try (Connection connection =
                Streams.connect(
                    "localhost",
                    server.port(),
                    options.withTlsParameters(p -> p.setEndpointIdentificationAlgorithm(null)))) {
              connection.writer().write("y");
              assertThat(text(connection.reader().read(1))).isEqualTo("y");
            }
          }
        });
  }

  @Test
  void connect_certificateHasExpired_isRefused() throws Exception {
    TestKeys expired = TestKeys.of("localhost", 1, 10);
    run(
        () -> {
          try (Server server =
              Streams.serve(
                  TlsTest::echo,
                  "localhost",
                  0,
                  ServeOptions.defaults().withTls(expired.server()))) {
            assertThatThrownBy(
                    () ->
                        Streams.connect(
                            "localhost",
                            server.port(),
                            ConnectOptions.defaults().withTls(expired.client())))
                .isInstanceOf(SSLHandshakeException.class)
                .hasStackTraceContaining("CertificateExpiredException");
          }
        });
  }

  @Test
  void serve_clientCertificateIsNeeded_oneWithoutIsRefused() throws Exception {
    run(
        () -> {
          ServeOptions strict = SERVE.withTlsParameters(p -> p.setNeedClientAuth(true));
          try (Server server = Streams.serve(TlsTest::echo, "localhost", 0, strict)) {
            assertThatThrownBy(
                    () -> {
                      try (Connection connection =
                          Streams.connect("localhost", server.port(), CONNECT)) {
                        // With TLS 1.3 the client learns of it after its own part of the handshake.
                        connection.reader().read(1);
                      }
                    })
                .isInstanceOf(SSLException.class);
            try (Connection connection =
                Streams.connect(
                    "localhost", server.port(), ConnectOptions.defaults().withTls(KEYS.server()))) {
              connection.writer().write("x");
              assertThat(text(connection.reader().read(1))).isEqualTo("x");
            }
          }
        });
  }

  // ---- handshakes that fail

  @Test
  void connect_thePeerSpeaksNoTls_fails() throws Exception {
    run(
        () -> {
          try (Server server =
              Streams.serve((_, writer) -> writer.write("220 hello\r\n"), "localhost", 0)) {
            assertThatThrownBy(() -> Streams.connect("localhost", server.port(), CONNECT))
                .isInstanceOf(SSLException.class);
          }
        });
  }

  @Test
  void connect_thePeerIsSilent_timesOut() throws Exception {
    run(
        () -> {
          try (Server server = Streams.serve((reader, _) -> reader.readAll(), "localhost", 0)) {
            assertThatThrownBy(
                    () ->
                        Streams.connect(
                            "localhost",
                            server.port(),
                            CONNECT.withTlsHandshakeTimeout(ofSeconds(5))))
                .isInstanceOf(SSLException.class)
                .hasMessageContaining("was not done within PT5S");
          }
        });
  }

  @Test
  void connect_cancelledInTheHandshake_closesTheConnection() throws Exception {
    run(
        () -> {
          Future<String> seen = EventLoop.current().createFuture();
          try (Server server =
              Streams.serve(
                  (reader, _) -> {
                    reader.readExactly(1);
                    reader.readAll();
                    seen.setResult("end");
                  },
                  "localhost",
                  0)) {
            Task<?> connecting =
                createTask(() -> Streams.connect("localhost", server.port(), CONNECT));
            sleep(ofMillis(1));
            connecting.cancel();
            assertThatThrownBy(connecting::await).isInstanceOf(CancellationException.class);
            if (!seen.isDone()) {
              assertThat(seen.await()).isEqualTo("end");
            }
          }
        });
  }

  @Test
  void serve_clientSpeaksNoTls_isReportedInDebugModeOnly() throws Exception {
    run(
        () -> {
          try (Server server = Streams.serve(TlsTest::echo, "localhost", 0, SERVE)) {
            for (boolean debug : new boolean[] {false, true}) {
              EventLoop.current().debug(debug);
              try (Connection connection = Streams.connect("localhost", server.port())) {
                connection.writer().write("GET / HTTP/1.0\r\n\r\n");
                connection.reader().readAll(); // an alert, and the end
              }
              while (Asyncio.allTasks().size() > 1) {
                sleep(ofMillis(1));
              }
            }
          }
        });
    assertThat(loop.takeReports())
        .filteredOn(report -> report.message().contains("failed in the TLS handshake"))
        .hasSize(1);
  }

  // ---- the JDK's own sockets at the other end

  @Test
  void connect_toTheJdksServer_works() throws Exception {
    run(
        () -> {
          try (var listening = KEYS.server().getServerSocketFactory().createServerSocket(0)) {
            Task<?> serving =
                createTask(
                    () ->
                        Asyncio.toThread(
                            () -> {
                              try (SSLSocket socket = (SSLSocket) listening.accept()) {
                                InputStream in = socket.getInputStream();
                                socket.getOutputStream().write(in.readNBytes(5));
                                assertThat(in.read()).isEqualTo(-1);
                              }
                            }));
            try (Connection connection =
                Streams.connect("localhost", listening.getLocalPort(), CONNECT)) {
              connection.writer().write("hello");
              assertThat(text(connection.reader().readExactly(5))).isEqualTo("hello");
            }
            serving.await();
          }
        });
  }

  @Test
  void serve_theJdksClient_works() throws Exception {
    run(
        () -> {
          try (Server server = Streams.serve(TlsTest::echo, "localhost", 0, SERVE)) {
            int port = server.port();
            byte[] back =
                Asyncio.toThread(
                    () -> {
                      try (SSLSocket socket =
                          (SSLSocket)
                              KEYS.client().getSocketFactory().createSocket("localhost", port)) {
                        SSLParameters parameters = socket.getSSLParameters();
                        parameters.setEndpointIdentificationAlgorithm("HTTPS");
                        socket.setSSLParameters(parameters);
                        socket.getOutputStream().write("hello".getBytes(UTF_8));
                        return socket.getInputStream().readNBytes(5);
                      }
                    });
            assertThat(text(back)).isEqualTo("hello");
          }
        });
  }

  // ---- startTls and Unix sockets

  @Test
  void startTls_encryptsFromThereOn() throws Exception {
    run(
        () -> {
          try (Server server =
                  Streams.serve(
                      (reader, writer) -> {
                        assertThat(text(reader.readLine())).isEqualTo("STARTTLS\n");
                        writer.write("GO\n");
                        writer.startTls(KEYS.server());
                        writer.write(reader.readLine());
                      },
                      "localhost",
                      0);
              Connection connection = Streams.connect("localhost", server.port())) {
            assertThat(connection.writer().tlsSession()).isNull();
            connection.writer().write("STARTTLS\n");
            assertThat(text(connection.reader().readLine())).isEqualTo("GO\n");
            connection.writer().startTls(KEYS.client());
            assertThat(connection.writer().tlsSession()).isNotNull();
            connection.writer().write("secret\n");
            assertThat(text(connection.reader().readLine())).isEqualTo("secret\n");
            assertThatThrownBy(() -> connection.writer().startTls(KEYS.client()))
                .isInstanceOf(IllegalStateException.class);
          }
        });
  }

  @Test
  void startTls_plainTextSentAhead_isNotTakenForEncrypted() throws Exception {
    run(
        () -> {
          Future<Object> outcome = EventLoop.current().createFuture();
          try (Server server =
                  Streams.serve(
                      (reader, writer) -> {
                        reader.readLine();
                        try {
                          writer.startTls(KEYS.server());
                          outcome.setResult(text(reader.readLine()));
                        } catch (SSLException e) {
                          outcome.setResult(e);
                        }
                      },
                      "localhost",
                      0);
              Connection connection = Streams.connect("localhost", server.port())) {
            connection.writer().write("STARTTLS\nINJECTED COMMAND\n");
            assertThat(outcome.await()).isInstanceOf(SSLException.class);
          }
        });
  }

  @Test
  void unixSocket_withTlsNeedsAName(@TempDir Path folder) throws Exception {
    UnixDomainSocketAddress address = UnixDomainSocketAddress.of(folder.resolve("s"));
    run(
        () -> {
          try (Server _ = Streams.serve(TlsTest::echo, address, SERVE)) {
            assertThatThrownBy(() -> Streams.connect(address, CONNECT))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("withServerName");
            try (Connection connection =
                Streams.connect(address, CONNECT.withServerName("localhost"))) {
              connection.writer().write("x");
              assertThat(text(connection.reader().read(1))).isEqualTo("x");
            }
          }
        });
  }
}
