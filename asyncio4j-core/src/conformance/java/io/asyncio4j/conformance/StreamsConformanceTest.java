package io.asyncio4j.conformance;

import static io.asyncio4j.Asyncio.createTask;
import static io.asyncio4j.Asyncio.gather;
import static io.asyncio4j.Asyncio.sleep;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.time.Duration.ZERO;
import static java.time.Duration.ofMillis;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.asyncio4j.Asyncio;
import io.asyncio4j.ConnectOptions;
import io.asyncio4j.Connection;
import io.asyncio4j.EventLoop;
import io.asyncio4j.Future;
import io.asyncio4j.LoopErrorContext;
import io.asyncio4j.Runner;
import io.asyncio4j.ServeOptions;
import io.asyncio4j.Server;
import io.asyncio4j.StreamHandler;
import io.asyncio4j.StreamReader;
import io.asyncio4j.StreamWriter;
import io.asyncio4j.Streams;
import io.asyncio4j.Task;
import io.asyncio4j.ThrowingRunnable;
import io.asyncio4j.fixtures.TestKeys;
import io.asyncio4j.testing.TestLoop;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What CPython's {@code test_streams.py} and {@code test_server.py} mean for connections. */
@Timeout(300)
@SuppressWarnings("try") // to close early, and again, is what is tested
class StreamsConformanceTest {
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

  private static Server serve(StreamHandler handler) throws IOException {
    return Streams.serve(handler, "127.0.0.1", 0);
  }

  private static Connection connectTo(Server server) throws IOException {
    return Streams.connect("127.0.0.1", server.port());
  }

  private static String text(byte[] bytes) {
    return new String(bytes, UTF_8);
  }

  private static void untilTheEnd(StreamReader reader, StreamWriter writer) throws IOException {
    try {
      reader.readAll();
    } finally {
      writer.close();
    }
  }

  // ---- connecting

  @Test
  @Ported("test_streams.StreamTests.test_open_connection")
  void connect_readsWhatTheServerSays() throws Exception {
    run(
        () -> {
          try (Server server = serve((_, writer) -> writer.write("HTTP/1.0 200 OK\r\n\r\ntest"));
              Connection connection = connectTo(server)) {
            connection.writer().write("GET / HTTP/1.0\r\n\r\n");
            assertThat(text(connection.reader().readLine())).isEqualTo("HTTP/1.0 200 OK\r\n");
            assertThat(text(connection.reader().readAll())).endsWith("test");
          }
        });
  }

  @Test
  @Ported({
    "test_streams.StreamTests.test_open_unix_connection",
    "test_streams.StreamTests.test_start_unix_server",
    "test_server.SelectorStartServerTests.test_start_unix_server_1"
  })
  void unixSocket_echoesALine(@TempDir Path folder) throws Exception {
    UnixDomainSocketAddress address = UnixDomainSocketAddress.of(folder.resolve("s"));
    run(
        () -> {
          try (Server _ =
                  Streams.serve((reader, writer) -> writer.write(reader.readLine()), address);
              Connection connection = Streams.connect(address)) {
            connection.writer().write("hello world!\n");
            assertThat(text(connection.reader().readLine())).isEqualTo("hello world!\n");
            assertThat(connection.reader().read(100)).isEmpty();
          }
        });
  }

  @Test
  @Ported({
    "test_streams.StreamTests.test_open_connection_no_loop_ssl",
    "test_streams.StreamTests.test_start_tls"
  })
  void tls_fromTheStartAndLater() throws Exception {
    TestKeys keys = TestKeys.localhost();
    run(
        () -> {
          try (Server server =
                  Streams.serve(
                      (reader, writer) -> writer.write(reader.readLine()),
                      "localhost",
                      0,
                      ServeOptions.defaults().withTls(keys.server()));
              Connection connection =
                  Streams.connect(
                      "localhost",
                      server.port(),
                      ConnectOptions.defaults().withTls(keys.client()))) {
            connection.writer().write("hello\n");
            assertThat(text(connection.reader().readLine())).isEqualTo("hello\n");
          }
          try (Server server =
                  Streams.serve(
                      (reader, writer) -> {
                        writer.write(reader.readLine());
                        assertThat(writer.tlsSession()).isNull();
                        writer.startTls(keys.server());
                        assertThat(writer.tlsSession()).isNotNull();
                        writer.write(reader.readLine());
                      },
                      "localhost",
                      0);
              Connection connection = Streams.connect("localhost", server.port())) {
            connection.writer().write("hello world 1!\n");
            assertThat(text(connection.reader().readLine())).isEqualTo("hello world 1!\n");
            connection.writer().startTls(keys.client());
            connection.writer().write("hello world 2!\n");
            assertThat(text(connection.reader().readLine())).isEqualTo("hello world 2!\n");
          }
        });
  }

  @Test
  @Ported({
    "test_streams.StreamTests.test_open_connection_error",
    "test_streams.StreamTests.test_open_unix_connection_error"
  })
  void connect_nobodyListens_fails(@TempDir Path folder) throws Exception {
    int port;
    try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = closed.getLocalPort();
    }
    run(
        () -> {
          assertThatThrownBy(() -> Streams.connect("127.0.0.1", port))
              .isInstanceOf(ConnectException.class);
          assertThatThrownBy(
                  () -> Streams.connect(UnixDomainSocketAddress.of(folder.resolve("none"))))
              .isInstanceOf(IOException.class)
              .hasMessageContaining("none");
        });
  }

  // ---- writing and closing

  @Test
  @Ported("test_streams.StreamTests.test_start_server")
  void serve_echoesALine() throws Exception {
    run(
        () -> {
          try (Server server =
                  serve(
                      (reader, writer) -> {
                        writer.write(reader.readLine());
                        writer.close();
                      });
              Connection connection = connectTo(server)) {
            connection.writer().write("hello world!\n");
            assertThat(text(connection.reader().readLine())).isEqualTo("hello world!\n");
          }
        });
  }

  @Test
  @Ported("test_streams.StreamTests.test_multiple_drain")
  void drain_ofSeveralTasks_allGoOn() throws Exception {
    run(
        () -> {
          Future<Object> go = EventLoop.current().createFuture();
          try (Server server =
                  serve(
                      (reader, _) -> {
                        go.await();
                        reader.readAll();
                      });
              Connection connection = connectTo(server)) {
            connection.writer().writeNow(new byte[20_000_000]);
            Task<?> first = createTask(() -> connection.writer().drain());
            Task<?> second = createTask(() -> connection.writer().drain());
            sleep(ofMillis(1));
            assertThat(first.isDone() || second.isDone()).isFalse();
            go.setResult("go");
            gather(first, second).await();
          }
        });
  }

  @Test
  @Ported("test_streams.StreamTests.test_drain_raises")
  void write_thePeerIsGone_throws() throws Exception {
    run(
        () -> {
          try (ServerSocket listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
              Connection connection = Streams.connect("127.0.0.1", listening.getLocalPort())) {
            Asyncio.toThread(
                () -> {
                  try (Socket accepted = listening.accept()) {
                    accepted.setSoLinger(true, 0);
                  }
                });
            assertThatThrownBy(
                    () -> {
                      while (true) {
                        connection.writer().write("foo\n");
                        sleep(ZERO);
                      }
                    })
                .isInstanceOf(IOException.class);
          }
        });
  }

  @Test
  @Ported({
    "test_streams.StreamTests.test_wait_closed_on_close",
    "test_streams.StreamTests.test_wait_closed_on_close_with_unread_data",
    "test_streams.StreamTests.test_async_writer_api"
  })
  void close_waitsUntilClosed_withUnreadDataToo() throws Exception {
    run(
        () -> {
          try (Server server = serve((_, writer) -> writer.write("one\ntwo\n"));
              Connection connection = connectTo(server)) {
            StreamWriter writer = connection.writer();
            assertThat(text(connection.reader().readLine())).isEqualTo("one\n");
            assertThat(writer.isClosing()).isFalse();
            writer.beginClose();
            assertThat(writer.isClosing()).isTrue();
            writer.waitClosed();
          }
        });
  }

  @Test
  @Ported("test_streams.StreamTests.test_async_writer_api_exception_after_close")
  void write_afterClose_throws() throws Exception {
    run(
        () -> {
          try (Server server = serve(StreamsConformanceTest::untilTheEnd);
              Connection connection = connectTo(server)) {
            connection.close();
            assertThatThrownBy(() -> connection.writer().write("data"))
                .isInstanceOf(IOException.class);
          }
        });
  }

  @Test
  @Ported("test_streams.StreamTests.test_eof_feed_when_closing_writer")
  void close_theReaderMeetsTheEnd() throws Exception {
    run(
        () -> {
          try (Server server = serve(StreamsConformanceTest::untilTheEnd);
              Connection connection = connectTo(server)) {
            connection.close();
            assertThat(connection.reader().read(100)).isEmpty();
            assertThat(connection.reader().atEof()).isTrue();
          }
        });
  }

  @Test
  @Ported({
    "test_streams.StreamTests.test_unclosed_resource_warnings",
    "test_streams.StreamTests.test_loop_is_closed_resource_warnings",
    "test_streams.StreamTests.test_unclosed_server_resource_warnings"
  })
  void unclosed_debugMode_isReportedAtTheLoopsEnd() throws Exception {
    try (Runner runner = new Runner(loop.options().withDebug(true))) {
      runner.loop().exceptionHandler(loop::record);
      runner.run(() -> connectTo(serve(StreamsConformanceTest::untilTheEnd)));
    }
    assertThat(loop.takeReports())
        .extracting(LoopErrorContext::message)
        .anySatisfy(message -> assertThat(message).startsWith("Server").contains("not closed"))
        .anySatisfy(message -> assertThat(message).startsWith("connection").contains("not closed"));
  }

  // ---- handlers

  @Test
  @Ported("test_streams.StreamTests.test_unhandled_exception")
  void handlerFails_isReported() throws Exception {
    run(
        () -> {
          try (Server server =
                  serve(
                      (_, _) -> {
                        throw new IllegalStateException("test");
                      });
              Connection connection = connectTo(server)) {
            assertThat(connection.reader().readAll()).isEmpty();
          }
        });
    assertThat(loop.takeReports())
        .singleElement()
        .satisfies(
            report -> {
              assertThat(report.message()).startsWith("Unhandled exception in the handler");
              assertThat(report.exception()).isInstanceOf(IllegalStateException.class);
            });
  }

  @Test
  @Ported("test_streams.StreamTests.test_unhandled_cancel")
  void handlerCancelled_isNotReported() throws Exception {
    run(
        () -> {
          try (Server server =
                  serve(
                      (_, _) -> {
                        Objects.requireNonNull(Asyncio.currentTask()).cancel();
                        sleep(ZERO);
                      });
              Connection connection = connectTo(server)) {
            assertThat(connection.reader().readAll()).isEmpty();
          }
        });
    assertThat(loop.takeReports()).isEmpty();
  }

  // ---- servers

  @Test
  @Ported("test_server.BaseStartServer.test_start_server_1")
  void serveForever_serverClosed_isCancelledAndCannotServeAgain() throws Exception {
    run(
        () -> {
          Server server = serve((reader, writer) -> writer.write(reader.readLine()));
          assertThat(server.isServing()).isTrue();
          Task<?> serving = createTask(server::serveForever);
          sleep(ZERO);
          assertThatThrownBy(server::serveForever)
              .isInstanceOf(IllegalStateException.class)
              .hasMessageContaining("already");
          try (Connection connection = connectTo(server)) {
            connection.writer().write("hello\n");
            assertThat(text(connection.reader().readAll())).isEqualTo("hello\n");
          }
          server.close();
          assertThatThrownBy(serving::await).isInstanceOf(CancellationException.class);
          assertThat(server.isServing()).isFalse();
          assertThat(server.addresses()).isEmpty();
          assertThatThrownBy(server::serveForever)
              .isInstanceOf(IllegalStateException.class)
              .hasMessageContaining("is closed");
        });
  }

  @Test
  @Ported("test_server.TestServer2.test_wait_closed_basic")
  void waitClosed_needsServerAndConnectionsClosed() throws Exception {
    run(
        () -> {
          try (Server server = serve(StreamsConformanceTest::untilTheEnd)) {
            Task<?> first = createTask(server::waitClosed);
            sleep(ZERO);
            assertThat(first.isDone()).isFalse();
            Connection connection = connectTo(server);
            Task<?> second = createTask(server::waitClosed);
            sleep(ofMillis(1)); // the server has accepted
            assertThat(first.isDone() || second.isDone()).isFalse();
            server.close();
            sleep(ZERO);
            Task<?> third = createTask(server::waitClosed);
            sleep(ZERO);
            assertThat(first.isDone() || second.isDone() || third.isDone()).isFalse();
            connection.close();
            gather(first, second, third).await();
            server.waitClosed();
          }
        });
  }

  @Test
  @Ported("test_server.TestServer2.test_wait_closed_race")
  void waitClosed_serverAndClientCloseTogether_returns() throws Exception {
    run(
        () -> {
          try (Server server = serve(StreamsConformanceTest::untilTheEnd)) {
            Task<?> waiting = createTask(server::waitClosed);
            sleep(ZERO);
            assertThat(waiting.isDone()).isFalse();
            Connection connection = connectTo(server);
            EventLoop.current().callSoon(server::close);
            EventLoop.current().callSoon(connection.writer()::beginClose);
            server.waitClosed();
            waiting.await();
          }
        });
  }

  @Test
  @Ported("test_server.TestServer2.test_close_clients")
  void closeClients_endsThem() throws Exception {
    run(
        () -> {
          try (Server server = serve(StreamsConformanceTest::untilTheEnd);
              Connection connection = connectTo(server)) {
            sleep(ofMillis(1)); // the server has accepted
            Task<?> waiting = createTask(server::waitClosed);
            sleep(ZERO);
            assertThat(waiting.isDone()).isFalse();
            server.close();
            server.closeClients();
            waiting.await();
            assertThat(connection.reader().readAll()).isEmpty();
          }
        });
  }

  @Test
  @Ported("test_server.TestServer2.test_abort_clients")
  void abortClients_endsThoseThatCannotSend() throws Exception {
    run(
        () -> {
          Future<StreamWriter> serving = EventLoop.current().createFuture();
          try (Server server =
                  serve(
                      (_, writer) -> {
                        serving.setResult(writer);
                        writer.waitClosed();
                      });
              Connection _ = connectTo(server)) {
            StreamWriter writer = serving.await();
            writer.writeNow(new byte[20_000_000]);
            assertThat(writer.unsentBytes()).isPositive();
            Task<?> waiting = createTask(server::waitClosed);
            sleep(ZERO);
            assertThat(waiting.isDone()).isFalse();
            server.close();
            server.abortClients();
            sleep(ZERO);
            sleep(ZERO);
            assertThat(waiting.isDone()).isTrue();
          }
        });
  }

  // ---- the files of Unix-domain sockets

  @Test
  @Ported({
    "test_server.UnixServerCleanupTests.test_unix_server_addr_cleanup",
    "test_server.UnixServerCleanupTests.test_unix_server_cleanup_gone",
    "test_server.UnixServerCleanupTests.test_unix_server_cleanup_replaced",
    "test_server.UnixServerCleanupTests.test_unix_server_cleanup_prevented"
  })
  void unixSocket_itsFileIsDeletedIfItIsStillItsOwn(@TempDir Path folder) throws Exception {
    UnixDomainSocketAddress address = UnixDomainSocketAddress.of(folder.resolve("s"));
    Path file = address.getPath();
    run(
        () -> {
          Streams.serve(StreamsConformanceTest::untilTheEnd, address).close();
          assertThat(file).doesNotExist();

          Server gone = Streams.serve(StreamsConformanceTest::untilTheEnd, address);
          Files.delete(file);
          gone.close();
          assertThat(file).doesNotExist();

          Server replaced = Streams.serve(StreamsConformanceTest::untilTheEnd, address);
          // Renamed and not deleted: a new file could get the number of a deleted one.
          Files.move(file, folder.resolve("moved"));
          Files.writeString(file, "another's");
          replaced.close();
          assertThat(file).hasContent("another's");
          Files.delete(file);

          Streams.serve(
                  StreamsConformanceTest::untilTheEnd,
                  address,
                  ServeOptions.defaults().withSocketFileDeleted(false))
              .close();
          assertThat(file).exists();
        });
  }
}
