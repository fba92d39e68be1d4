package io.asyncio4j;

import static io.asyncio4j.Asyncio.createTask;
import static io.asyncio4j.Asyncio.gather;
import static io.asyncio4j.Asyncio.sleep;
import static io.asyncio4j.Asyncio.timeout;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.time.Duration.ZERO;
import static java.time.Duration.ofHours;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.asyncio4j.testing.TestLoop;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Connections and servers over real sockets on the loopback device. */
@SuppressWarnings("try") // to close early, and again, is what is tested
class StreamsTest {
  @RegisterExtension final TestLoop loop = new TestLoop();

  private static void echo(StreamReader reader, StreamWriter writer) throws IOException {
    for (byte[] some = reader.read(4096); some.length > 0; some = reader.read(4096)) {
      writer.write(some);
    }
  }

  private static String text(byte[] bytes) {
    return new String(bytes, UTF_8);
  }

  private static Connection connectTo(Server server) throws IOException {
    return Streams.connect("127.0.0.1", server.port());
  }

  private static Server serve(StreamHandler handler) throws IOException {
    return Streams.serve(handler, "127.0.0.1", 0);
  }

  /** Runs a body, and lets the handlers end that it has left behind. */
  private void run(ThrowingRunnable<Exception> body) throws Exception {
    loop.run(
        () -> {
          body.run();
          while (Asyncio.allTasks().size() > 1) {
            sleep(ofMillis(1));
          }
        });
  }

  // ---- both ends

  @Test
  void echo_linesComeBack() throws Exception {
    run(
        () -> {
          try (Server server = serve(StreamsTest::echo);
              Connection connection = connectTo(server)) {
            connection.writer().write("one\ntwo\n");
            assertThat(text(connection.reader().readLine())).isEqualTo("one\n");
            assertThat(text(connection.reader().readLine())).isEqualTo("two\n");
            connection.writer().writeEof();
            assertThat(connection.reader().readLine()).isEmpty();
            assertThat(connection.reader().atEof()).isTrue();
          }
        });
  }

  @Test
  void connect_aNameWithSeveralServers_isLookedUpAndReached() throws Exception {
    run(
        () -> {
          try (Server server = Streams.serve(StreamsTest::echo, "localhost", 0);
              Connection connection = Streams.connect("localhost", server.port())) {
            connection.writer().write("x");
            assertThat(text(connection.reader().readExactly(1))).isEqualTo("x");
          }
        });
  }

  @Test
  void thousandConnections_eachEchoesItsOwn() throws Exception {
    int connections = 1000;
    run(
        () -> {
          try (Server server = serve(StreamsTest::echo)) {
            List<Callable<String>> clients =
                IntStream.range(0, connections)
                    .<Callable<String>>mapToObj(
                        i ->
                            () -> {
                              try (Connection connection = connectTo(server)) {
                                for (int round = 0; round < 3; round++) {
                                  connection.writer().write("client " + i + "\n");
                                  assertThat(text(connection.reader().readLine()))
                                      .isEqualTo("client " + i + "\n");
                                }
                                return "client " + i;
                              }
                            })
                    .toList();
            List<String> answers = gather(clients).await();
            assertThat(answers).hasSize(connections).doesNotHaveDuplicates();
            server.close();
            server.waitClosed();
          }
        });
  }

  @Test
  void unixSocket_echoesAndLeavesNoFile(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("s");
    run(
        () -> {
          UnixDomainSocketAddress address = UnixDomainSocketAddress.of(file);
          try (Server server = Streams.serve(StreamsTest::echo, address);
              Connection connection = Streams.connect(address)) {
            assertThat(file).exists();
            assertThat(server.addresses()).containsExactly(address);
            connection.writer().write("hello\n");
            assertThat(text(connection.reader().readLine())).isEqualTo("hello\n");
            assertThat(connection.writer().remoteAddress()).isEqualTo(address);
            assertThatThrownBy(server::port).hasMessageContaining("no TCP port");
          }
        });
    assertThat(file).doesNotExist();
  }

  @Test
  void unixSocket_whatAnotherServerLeftBehind_isReplaced(@TempDir Path folder) throws Exception {
    UnixDomainSocketAddress address = UnixDomainSocketAddress.of(folder.resolve("s"));
    run(
        () -> {
          ServeOptions keep = ServeOptions.defaults().withSocketFileDeleted(false);
          Streams.serve(StreamsTest::echo, address, keep).close();
          assertThat(address.getPath()).exists();
          try (Server _ = Streams.serve(StreamsTest::echo, address);
              Connection connection = Streams.connect(address)) {
            connection.writer().write("x");
            assertThat(text(connection.reader().read(1))).isEqualTo("x");
          }
        });
  }

  @Test
  void unixSocket_aFileThatIsNoSocket_isLeftAlone(@TempDir Path folder) throws Exception {
    Path file = Files.writeString(folder.resolve("precious"), "data");
    run(
        () ->
            assertThatThrownBy(
                    () -> Streams.serve(StreamsTest::echo, UnixDomainSocketAddress.of(file)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("cannot listen on " + file));
    assertThat(file).hasContent("data");
  }

  @Test
  void addresses_areThoseOfTheTwoEnds() throws Exception {
    run(
        () -> {
          Future<Object> seen = EventLoop.current().createFuture();
          try (Server server =
                  serve(
                      (_, writer) ->
                          seen.setResult(List.of(writer.localAddress(), writer.remoteAddress())));
              Connection connection = connectTo(server)) {
            assertThat(seen.await())
                .isEqualTo(
                    List.of(
                        connection.writer().remoteAddress(), connection.writer().localAddress()));
            assertThat(server.addresses()).containsExactly(connection.writer().remoteAddress());
            assertThat(connection.writer().tlsSession()).isNull();
          }
        });
  }

  @Test
  void connect_fromALocalAddress_comesFromThere() throws Exception {
    run(
        () -> {
          ConnectOptions from =
              ConnectOptions.defaults().withLocalAddress(new InetSocketAddress("127.0.0.5", 0));
          try (Server server = serve(StreamsTest::echo);
              Connection connection = Streams.connect("127.0.0.1", server.port(), from)) {
            InetSocketAddress local = (InetSocketAddress) connection.writer().localAddress();
            assertThat(local).isNotNull();
            assertThat(local.getAddress()).isEqualTo(InetAddress.ofLiteral("127.0.0.5"));
          }
        });
  }

  // ---- the end of a connection

  @Test
  void halfClose_theOtherDirectionGoesOn() throws Exception {
    run(
        () -> {
          try (Server server =
                  serve(
                      (reader, writer) -> {
                        byte[] all = reader.readAll();
                        writer.write("got " + all.length);
                      });
              Connection connection = connectTo(server)) {
            connection.writer().write(new byte[100_000]);
            connection.writer().writeEof();
            assertThat(text(connection.reader().readAll())).isEqualTo("got 100000");
            assertThatThrownBy(() -> connection.writer().write("more"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("writeEof");
          }
        });
  }

  @Test
  void clientDisconnectsMidLine_serverGetsWhatCame() throws Exception {
    run(
        () -> {
          Future<String> got = EventLoop.current().createFuture();
          try (Server server =
              serve(
                  (reader, _) -> {
                    String line = text(reader.readLine());
                    got.setResult(line + "|" + text(reader.readLine()) + "|" + reader.atEof());
                  })) {
            try (Connection connection = connectTo(server)) {
              connection.writer().write("no end of li");
            }
            assertThat(got.await()).isEqualTo("no end of li||true");
          }
        });
  }

  @Test
  void readExactly_streamEndsBefore_givesThePart() throws Exception {
    run(
        () -> {
          try (Server server = serve((_, writer) -> writer.write("abc"));
              Connection connection = connectTo(server)) {
            assertThatThrownBy(() -> connection.reader().readExactly(10))
                .isInstanceOfSatisfying(
                    IncompleteReadException.class,
                    e -> assertThat(text(e.partial())).isEqualTo("abc"))
                .hasMessage("the stream ended after 3 bytes of 10 expected");
          }
        });
  }

  @Test
  void close_whileATaskReads_thatMeetsTheEnd() throws Exception {
    run(
        () -> {
          try (Server server = serve((reader, _) -> reader.readAll());
              Connection connection = connectTo(server)) {
            Task<byte[]> reading = createTask(() -> connection.reader().readLine());
            sleep(ZERO);
            connection.close();
            assertThat(reading.await()).isEmpty();
            assertThat(connection.writer().isClosing()).isTrue();
            assertThatThrownBy(() -> connection.writer().write("x"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("was closed");
            connection.close(); // again
          }
        });
  }

  @Test
  void peerResets_readAndWriteFailAndCloseIsQuiet() throws Exception {
    run(
        () -> {
          try (ServerSocket listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
              Connection connection = Streams.connect("127.0.0.1", listening.getLocalPort())) {
            Asyncio.toThread(
                () -> {
                  Socket accepted = listening.accept();
                  accepted.setSoLinger(true, 0); // its close is a reset
                  accepted.close();
                });
            assertThatThrownBy(() -> connection.reader().readLine())
                .isInstanceOf(IOException.class)
                .hasMessageContaining("reset");
            assertThat(connection.writer().isClosing()).isTrue();
            assertThatThrownBy(() -> connection.writer().write("x"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("is broken: Connection reset");
          }
        });
  }

  @Test
  void close_unsentDataCannotBeSent_isToldOnce() throws Exception {
    run(
        () -> {
          try (ServerSocket listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Connection connection = Streams.connect("127.0.0.1", listening.getLocalPort());
            Socket accepted = Asyncio.toThread(listening::accept);
            connection.writer().writeNow(new byte[20_000_000]);
            assertThat(connection.writer().unsentBytes()).isPositive();
            Task<?> closing = createTask(connection::close);
            sleep(ZERO);
            assertThat(closing.isDone()).isFalse();
            accepted.setSoLinger(true, 0);
            accepted.close();
            assertThatThrownBy(closing::await)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("is broken");
            connection.close();
          }
        });
  }

  @Test
  void abort_dropsWhatIsUnsentAtOnce() throws Exception {
    run(
        () -> {
          Event closed = new Event();
          try (Server server =
                  serve(
                      (reader, _) -> {
                        closed.await();
                        assertThat(reader.readAll().length).isLessThan(20_000_000);
                      });
              Connection connection = connectTo(server)) {
            connection.writer().writeNow(new byte[20_000_000]);
            connection.writer().abort();
            assertThat(connection.writer().isClosing()).isTrue();
            assertThat(connection.writer().unsentBytes()).isZero();
            connection.writer().waitClosed();
            closed.set();
            server.close();
            server.waitClosed();
          }
        });
  }

  // ---- cancellation

  @Test
  void readLine_cancelledInTheMiddle_losesNothing() throws Exception {
    run(
        () -> {
          Event more = new Event();
          try (Server server =
                  serve(
                      (_, writer) -> {
                        writer.write("first ha");
                        more.await();
                        writer.write("lf\nnext\n");
                      });
              Connection connection = connectTo(server)) {
            for (int i = 0; i < 3; i++) {
              assertThatThrownBy(() -> timeout(ofSeconds(1), () -> connection.reader().readLine()))
                  .isInstanceOf(TimeoutException.class);
            }
            more.set();
            assertThat(text(connection.reader().readLine())).isEqualTo("first half\n");
            assertThat(text(connection.reader().readLine())).isEqualTo("next\n");
          }
        });
    assertThat(loop.elapsed()).isEqualTo(ofSeconds(3));
  }

  @Test
  void write_cancelledWhileItWaits_isSentWholeAllTheSame() throws Exception {
    int size = 20_000_000;
    run(
        () -> {
          Event start = new Event();
          Future<Integer> received = EventLoop.current().createFuture();
          try (Server server =
              serve(
                  (reader, _) -> {
                    start.await();
                    received.setResult(reader.readAll().length);
                  })) {
            try (Connection connection = connectTo(server)) {
              Task<?> writing = createTask(() -> connection.writer().write(new byte[size]));
              sleep(ofMillis(1));
              assertThat(writing.isDone()).isFalse();
              writing.cancel();
              assertThatThrownBy(writing::await).isInstanceOf(CancellationException.class);
              start.set();
              connection.writer().write("!");
            }
            assertThat(received.await()).isEqualTo(size + 1);
          }
        });
  }

  @Test
  void connect_cancelled_leavesNothingOpen() throws Exception {
    run(
        () -> {
          try (ServerSocket listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Task<?> connecting =
                createTask(() -> Streams.connect("localhost", listening.getLocalPort()));
            sleep(ZERO);
            connecting.cancel();
            assertThatThrownBy(connecting::await).isInstanceOf(CancellationException.class);
          }
        });
  }

  // ---- backpressure

  @Test
  void slowReader_makesTheWriterWaitAndBoundsMemory() throws Exception {
    int pieces = 300;
    byte[] piece = new byte[100_000];
    run(
        () -> {
          Event go = new Event();
          List<Integer> written = new ArrayList<>();
          Future<Integer> received = EventLoop.current().createFuture();
          try (Server server =
                  serve(
                      (reader, _) -> {
                        go.await();
                        received.setResult(reader.readAll().length);
                      });
              Connection connection = connectTo(server)) {
            Task<?> writing =
                createTask(
                    () -> {
                      for (int i = 0; i < pieces; i++) {
                        connection.writer().write(piece);
                        written.add(i);
                      }
                      connection.writer().writeEof();
                    });
            sleep(ofSeconds(1));
            assertThat(writing.isDone()).isFalse();
            assertThat(written).hasSizeLessThan(pieces / 2);
            assertThat(connection.writer().unsentBytes()).isBetween(1L, 200_000L);
            go.set();
            assertThat(received.await()).isEqualTo(pieces * piece.length);
            writing.await();
          }
        });
  }

  @Test
  void writesOfSeveralTasks_stayWhole() throws Exception {
    int tasks = 20;
    run(
        () -> {
          Future<List<String>> lines = EventLoop.current().createFuture();
          try (Server server =
              serve(
                  (reader, _) -> {
                    List<String> got = new ArrayList<>();
                    reader.lines().forEach(got::add);
                    lines.setResult(got);
                  })) {
            try (Connection connection = connectTo(server)) {
              List<Callable<@Nullable Void>> writers =
                  IntStream.range(0, tasks)
                      .<Callable<@Nullable Void>>mapToObj(
                          i ->
                              () -> {
                                String line = Character.toString('a' + i).repeat(60_000) + "\n";
                                connection.writer().write(line);
                                connection.writer().write(line);
                                return null;
                              })
                      .toList();
              gather(writers).await();
            }
            assertThat(lines.await())
                .hasSize(2 * tasks)
                .allSatisfy(
                    line -> {
                      assertThat(line).hasSize(60_000);
                      assertThat(line.chars().distinct().count()).isEqualTo(1);
                    });
          }
        });
  }

  @Test
  void readerOfABusyStream_letsTheOthersRun() throws Exception {
    run(
        () -> {
          int[] turns = {0};
          try (Server server =
                  serve(
                      (_, writer) -> {
                        for (int i = 0; i < 200; i++) {
                          writer.writeNow(new byte[10_000]);
                        }
                      });
              Connection connection = connectTo(server)) {
            connection.reader().readExactly(1);
            Task<?> other =
                createTask(
                    () -> {
                      while (true) {
                        turns[0]++;
                        sleep(ZERO);
                      }
                    });
            for (int i = 1; i < 2_000_000; ) {
              i += connection.reader().read(1000).length;
            }
            other.cancel();
            assertThat(turns[0]).isGreaterThan(2);
          }
        });
  }

  // ---- servers

  @Test
  void handlerFails_isReportedAndTheConnectionClosed() throws Exception {
    run(
        () -> {
          try (Server server =
                  serve(
                      (_, _) -> {
                        throw new IllegalArgumentException("boom");
                      });
              Connection connection = connectTo(server)) {
            assertThat(connection.reader().readAll()).isEmpty();
          }
        });
    assertThat(loop.takeReports())
        .singleElement()
        .satisfies(
            report -> {
              assertThat(report.message())
                  .startsWith("Unhandled exception in the handler of Server");
              assertThat(report.exception()).hasMessage("boom");
            });
  }

  @Test
  void handlerEnds_whatItWroteIsSentAndTheConnectionClosed() throws Exception {
    run(
        () -> {
          try (Server server = serve((_, writer) -> writer.writeNow(new byte[3_000_000]));
              Connection connection = connectTo(server)) {
            assertThat(connection.reader().readAll()).hasSize(3_000_000);
            server.close();
            server.waitClosed();
          }
        });
  }

  @Test
  void handlerCancelled_closesItsConnectionAndReportsNothing() throws Exception {
    run(
        () -> {
          Future<Task<?>> handling = EventLoop.current().createFuture();
          try (Server server =
                  serve(
                      (reader, _) -> {
                        handling.setResult(Asyncio.currentTask());
                        reader.readAll();
                      });
              Connection connection = connectTo(server)) {
            handling.await().cancel();
            assertThat(connection.reader().readAll()).isEmpty();
          }
        });
  }

  @Test
  void serverClosed_connectionsGoOnAndNoneIsAccepted() throws Exception {
    run(
        () -> {
          Server server = serve(StreamsTest::echo);
          int port = server.port();
          try (Connection connection = connectTo(server)) {
            connection.writer().write("a");
            assertThat(text(connection.reader().read(1))).isEqualTo("a");
            server.close();
            assertThat(server.isServing()).isFalse();
            assertThat(server.addresses()).isEmpty();
            connection.writer().write("b");
            assertThat(text(connection.reader().read(1))).isEqualTo("b");
            assertThatThrownBy(() -> Streams.connect("127.0.0.1", port))
                .isInstanceOf(ConnectException.class)
                .hasMessageContaining("cannot connect to /127.0.0.1:" + port)
                .hasMessageContaining("refused");
            Task<?> waiting = createTask(server::waitClosed);
            sleep(ofSeconds(1));
            assertThat(waiting.isDone()).isFalse();
            connection.close();
            waiting.await();
          }
        });
  }

  @Test
  void serve_portIsTaken_namesIt() throws Exception {
    run(
        () -> {
          try (Server server = serve(StreamsTest::echo)) {
            assertThatThrownBy(() -> Streams.serve(StreamsTest::echo, "127.0.0.1", server.port()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("cannot listen on /127.0.0.1:" + server.port());
          }
        });
  }

  @Test
  void serve_reusePort_twoServersShareIt() throws Exception {
    run(
        () -> {
          ServeOptions shared = ServeOptions.defaults().withReusePort(true);
          try (Server one = Streams.serve(StreamsTest::echo, "127.0.0.1", 0, shared);
              Server other = Streams.serve(StreamsTest::echo, "127.0.0.1", one.port(), shared)) {
            assertThat(other.port()).isEqualTo(one.port());
          }
        });
  }

  // ---- connecting

  @Test
  void connect_nobodyListens_namesTheAddress() throws Exception {
    int port;
    try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = closed.getLocalPort();
    }
    run(
        () ->
            assertThatThrownBy(() -> Streams.connect("127.0.0.1", port))
                .isInstanceOf(ConnectException.class)
                .hasMessage("cannot connect to /127.0.0.1:" + port + ": Connection refused"));
  }

  @Test
  void connect_allAddressesFail_allFailuresAreNamed() throws Exception {
    int port;
    try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = closed.getLocalPort();
    }
    run(
        () ->
            assertThatThrownBy(
                    () ->
                        new Connector(EventLoop.current(), ConnectOptions.defaults())
                            .connect(
                                "here", loopbacks(port, "127.0.0.1", "127.0.0.2", "127.0.0.3")))
                .isInstanceOf(ConnectException.class)
                .hasMessageStartingWith("cannot connect to here: cannot connect to /127.0.0.1:")
                .hasMessageContaining("/127.0.0.3:" + port)
                .satisfies(e -> assertThat(e.getSuppressed()).hasSize(2)));
  }

  @Test
  void connect_theFirstAddressFails_theNextIsTakenAtOnce() throws Exception {
    run(
        () -> {
          try (Server server = serve(StreamsTest::echo)) {
            SocketTransport transport =
                new Connector(EventLoop.current(), ConnectOptions.defaults())
                    .connect("here", loopbacks(server.port(), "127.0.0.9", "127.0.0.1"));
            assertThat(transport.remoteAddress()).isEqualTo(server.addresses().getFirst());
            transport.close();
          }
        });
    assertThat(loop.elapsed()).isLessThan(ofMillis(250));
  }

  private static List<InetSocketAddress> loopbacks(int port, String... addresses) {
    return Arrays.stream(addresses)
        .map(address -> new InetSocketAddress(InetAddress.ofLiteral(address), port))
        .toList();
  }

  @Test
  void connect_unknownHost_saysSo() throws Exception {
    run(
        () ->
            assertThatThrownBy(() -> Streams.connect("no-such-host.invalid", 1))
                .isInstanceOf(UnknownHostException.class)
                .hasMessageContaining("no-such-host.invalid"));
  }

  @Test
  void connect_outsideATask_isRefused() {
    assertThatThrownBy(() -> Streams.connect("127.0.0.1", 1))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("no task");
  }

  // ---- lines

  @Test
  void lines_areTextWithoutLineEnds() throws Exception {
    run(
        () -> {
          try (Server server = serve((_, writer) -> writer.write("eins\r\nzw\u00f6lf\n\nlast"));
              Connection connection = connectTo(server)) {
            List<String> lines = new ArrayList<>();
            connection.reader().lines().forEach(lines::add);
            assertThat(lines).containsExactly("eins", "zw\u00f6lf", "", "last");
          }
        });
  }

  @Test
  void lines_aLineBeyondTheLimit_isAnUncheckedIoException() throws Exception {
    run(
        () -> {
          ConnectOptions small = ConnectOptions.defaults().withLimit(10);
          try (Server server = serve((_, writer) -> writer.write("x".repeat(50) + "\nshort\n"));
              Connection connection = Streams.connect("127.0.0.1", server.port(), small)) {
            assertThatThrownBy(() -> connection.reader().lines().forEach(_ -> {}))
                .isInstanceOf(UncheckedIOException.class)
                .hasCauseInstanceOf(LimitOverrunException.class);
          }
        });
  }

  // ---- time and loops

  @Test
  void virtualTime_passesWhileBothEndsAreIdle() throws Exception {
    run(
        () -> {
          try (Server server =
                  serve(
                      (reader, writer) ->
                          assertThatThrownBy(() -> timeout(ofSeconds(30), () -> reader.readLine()))
                              .isInstanceOf(TimeoutException.class));
              Connection connection = connectTo(server)) {
            connection.writer().write("never a whole line");
            assertThat(connection.reader().readAll()).isEmpty();
          }
        });
    assertThat(loop.elapsed()).isEqualTo(ofSeconds(30));
  }

  @Test
  void virtualTime_standsStillWhileTheOtherEndIsOutside() throws Exception {
    run(
        () -> {
          CountDownLatch go = new CountDownLatch(1);
          try (ServerSocket listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
              Connection connection = Streams.connect("127.0.0.1", listening.getLocalPort())) {
            Thread outside =
                Thread.ofPlatform()
                    .start(
                        () -> {
                          try (Socket socket = listening.accept()) {
                            go.await();
                            socket.getOutputStream().write('!');
                          } catch (IOException | InterruptedException e) {
                            throw new AssertionError(e);
                          }
                        });
            EventLoop.current().callSoon(go::countDown);
            assertThat(timeout(ofSeconds(1), () -> text(connection.reader().readAll())))
                .isEqualTo("!");
            outside.join();
          }
        });
    assertThat(loop.elapsed()).isZero();
  }

  @Test
  void loopCloses_aConnectionIsOpen_debugModeSaysSo() throws Exception {
    try (Runner runner = new Runner(loop.options().withDebug(true))) {
      runner.loop().slowCallbackDuration(ofHours(1)); // what the machine does is not the point
      runner.loop().exceptionHandler(loop::record);
      runner.run(
          () -> {
            Server server = serve(StreamsTest::echo);
            connectTo(server);
          });
    }
    assertThat(loop.takeReports())
        .extracting(LoopErrorContext::message)
        .anySatisfy(message -> assertThat(message).startsWith("Server [/127.0.0.1:"))
        .anySatisfy(message -> assertThat(message).startsWith("connection /127.0.0.1:"))
        .allSatisfy(message -> assertThat(message).contains("was not closed before its loop was"));
  }

  @Test
  void runEnds_aConnectionComesWhileWhatIsLeftIsCancelled_isClosedAndLeavesNoTask()
      throws Exception {
    List<byte[]> answers = new ArrayList<>();
    try (Runner runner = new Runner(loop.options())) {
      runner.loop().exceptionHandler(loop::record);
      runner.run(
          () -> {
            Server server = serve((reader, _) -> reader.readAll());
            createTask(
                () -> {
                  try {
                    sleep(ofSeconds(1));
                  } finally {
                    Connection connection = connectTo(server);
                    answers.add(timeout(ofSeconds(1), () -> connection.reader().read(1)));
                  }
                });
            sleep(ZERO);
          });
    }
    assertThat(answers).containsExactly(new byte[0]);
    assertThat(loop.takeReports()).isEmpty();
  }

  @Test
  void loopCloses_aConnectionComesAtThatMoment_ioThreadEndsWithoutReport() {
    EventLoop closing = EventLoop.create(loop.options().withName("closing"));
    closing.exceptionHandler(loop::record);
    int port =
        closing.runUntilComplete(
            () -> {
              closing.backend(OtherBackend.class, OtherBackend::new); // so that there is a thread
              return serve(StreamsTest::echo).port();
            });
    Thread ioThread =
        Thread.getAllStackTraces().keySet().stream()
            .filter(thread -> thread.getName().equals("asyncio4j-closing-io"))
            .findAny()
            .orElseThrow();
    // Work that never began is told of the close before the sockets are closed.
    CompletableFuture<Void> sawTheConnection =
        closing
            .submit(() -> "never begins")
            .handle(
                (_, _) -> {
                  try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                    assertThat(ioThread.join(ofSeconds(60))).isTrue();
                  } catch (IOException | InterruptedException e) {
                    throw new AssertionError(e);
                  }
                  return null;
                });
    closing.close();
    assertThat(sawTheConnection).isCompleted();
    assertThat(loop.takeReports()).isEmpty();
  }

  @Test
  void ioThread_takesOverWhenAnotherBackendComes() throws Exception {
    run(
        () -> {
          try (Server server = serve(StreamsTest::echo);
              Connection connection = connectTo(server)) {
            connection.writer().write("a");
            assertThat(text(connection.reader().read(1))).isEqualTo("a");
            Task<byte[]> reading = createTask(() -> connection.reader().readExactly(3));
            sleep(ZERO);
            EventLoop.current().backend(OtherBackend.class, OtherBackend::new);
            sleep(ZERO);
            for (String next : List.of("x", "y", "z")) {
              connection.writer().write(next);
              sleep(ofMillis(1));
            }
            assertThat(text(reading.await())).isEqualTo("xyz");
            for (int i = 0; i < 100; i++) {
              connection.writer().write("ping\n");
              assertThat(text(connection.reader().readLine())).isEqualTo("ping\n");
            }
          }
        });
  }

  @Test
  void ioThread_servesFromTheStartWhereAnotherBackendIs() throws Exception {
    run(
        () -> {
          EventLoop.current().backend(OtherBackend.class, OtherBackend::new);
          try (Server server = serve(StreamsTest::echo);
              Connection connection = connectTo(server)) {
            for (int i = 0; i < 100; i++) {
              connection.writer().write("ping\n");
              assertThat(text(connection.reader().readLine())).isEqualTo("ping\n");
            }
          }
        });
  }

  /** A backend as a module with I/O of its own installs it. */
  private static final class OtherBackend implements LoopBackend {
    private final ParkBackend parking = new ParkBackend();

    @Override
    public void attach() {
      parking.attach();
    }

    @Override
    public void poll() {}

    @Override
    public void await(long nanos) {
      parking.await(nanos);
    }

    @Override
    public void wakeup() {
      parking.wakeup();
    }

    @Override
    public boolean hasPendingEvents() {
      return false;
    }

    @Override
    public void close() {}
  }
}
