package io.asyncio4j.http;

import static io.asyncio4j.http.LoopbackServer.ok;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.asyncio4j.Asyncio;
import io.asyncio4j.Task;
import io.asyncio4j.testing.TestLoop;
import io.netty.channel.ChannelException;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Connections are used again, limited, waited for in order, and given back. */
final class ConnectionPoolTest {
  @RegisterExtension private final TestLoop loop = new TestLoop();

  private static Callable<HttpResponse> get(HttpClient client, String url) {
    return () -> client.get(url);
  }

  @Test
  void tenThousandRequests_fiftyConnections_allAnsweredNoneRefused() throws Exception {
    try (LoopbackServer server =
        new LoopbackServer(
            talk -> {
              for (LoopbackServer.Received request = talk.read();
                  request != null;
                  request = talk.read()) {
                talk.write(ok(request.target()));
              }
            })) {
      loop.run(
          () -> {
            try (HttpClient client = HttpClient.builder().maxConnections(50).build()) {
              List<Callable<HttpResponse>> all = new ArrayList<>();
              for (int i = 0; i < 10_000; i++) {
                all.add(get(client, server.url("/" + i)));
              }

              List<HttpResponse> responses = Asyncio.gather(all).await();

              for (int i = 0; i < 10_000; i++) {
                assertThat(responses.get(i).text()).isEqualTo("/" + i);
              }
              assertThat(client.statistics())
                  .isEqualTo(new HttpStatistics(50, 0, 0, 50, 0, 50, 10_000));
            }
          });
      assertThat(server.received).hasSize(10_000);
      assertThat(server.mostOpen.get()).isLessThanOrEqualTo(50);
      assertThat(server.accepted).hasValue(50);
    }
  }

  @Test
  void requestsOneAfterTheOther_useOneConnection() throws Exception {
    try (LoopbackServer server = LoopbackServer.answering(ok("x"))) {
      loop.run(
          () -> {
            try (HttpClient client = HttpClient.create()) {
              for (int i = 0; i < 5; i++) {
                client.get(server.url("/"));
              }
              assertThat(client.statistics()).isEqualTo(new HttpStatistics(1, 0, 0, 1, 0, 1, 5));
            }
          });
      assertThat(server.accepted).hasValue(1);
    }
  }

  @Test
  void close_ofTheClient_closesIdleConnections() throws Exception {
    CountDownLatch ended = new CountDownLatch(1);
    try (LoopbackServer server =
        new LoopbackServer(
            talk -> {
              talk.read();
              talk.write(ok(""));
              talk.awaitEnd();
              ended.countDown();
            })) {
      loop.run(
          () -> {
            try (HttpClient client = HttpClient.create()) {
              client.get(server.url("/"));
              assertThat(client.statistics().idle()).isEqualTo(1);
            }
            Asyncio.toThread(() -> ended.await());
          });
    }
  }

  @Test
  void connectionClose_isNotUsedAgain() throws Exception {
    try (LoopbackServer server =
        LoopbackServer.answering(
            "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")) {
      loop.run(
          () -> {
            try (HttpClient client = HttpClient.create()) {
              client.get(server.url("/"));
              assertThat(client.statistics().open()).isZero();
              client.get(server.url("/"));
            }
          });
      assertThat(server.accepted).hasValue(2);
    }
  }

  @Test
  void bytesAfterTheAnswer_areNotTakenForTheNextAnswer() throws Exception {
    try (LoopbackServer server =
        new LoopbackServer(
            talk -> {
              talk.read();
              talk.write(ok("first") + ok("smuggled"));
              talk.awaitEnd();
            })) {
      loop.run(
          () -> {
            try (HttpClient client = HttpClient.builder().maxConnections(1).build()) {
              List<HttpResponse> responses =
                  Asyncio.gather(
                          List.of(get(client, server.url("/1")), get(client, server.url("/2"))))
                      .await();
              assertThat(responses)
                  .extracting(HttpResponse::text)
                  .containsExactly("first", "first");
            }
          });
      assertThat(server.accepted).hasValue(2);
    }
  }

  @Test
  void idleConnection_keepAlivePassed_isClosed() throws Exception {
    try (LoopbackServer server = LoopbackServer.answering(ok(""))) {
      loop.run(
          () -> {
            try (HttpClient client =
                HttpClient.builder().keepAlive(Duration.ofSeconds(15)).build()) {
              client.get(server.url("/"));
              Asyncio.sleep(Duration.ofSeconds(14));
              assertThat(client.statistics().idle()).isEqualTo(1);
              client.get(server.url("/"));
              Asyncio.sleep(Duration.ofSeconds(14));
              assertThat(client.statistics().idle()).isEqualTo(1);
              Asyncio.sleep(Duration.ofSeconds(2));
              assertThat(client.statistics()).isEqualTo(new HttpStatistics(0, 0, 0, 0, 0, 1, 2));
            }
          });
    }
  }

  /** Answers each request only when the test opens the gate. */
  private static LoopbackServer gated(CountDownLatch gate) throws Exception {
    return new LoopbackServer(
        talk -> {
          while (talk.read() != null) {
            gate.await();
            talk.write(ok(""));
          }
        });
  }

  @Test
  void waitingRequests_oneConnection_areSentInTheOrderInWhichTheyCame() throws Exception {
    try (LoopbackServer server = LoopbackServer.answering(ok(""))) {
      loop.run(
          () -> {
            try (HttpClient client = HttpClient.builder().maxConnections(1).build()) {
              List<Callable<HttpResponse>> all = new ArrayList<>();
              for (int i = 0; i < 100; i++) {
                all.add(get(client, server.url("/" + i)));
              }
              Asyncio.gather(all).await();
            }
          });
      for (int i = 0; i < 100; i++) {
        assertThat(server.received.get(i).target()).isEqualTo("/" + i);
      }
    }
  }

  @Test
  void limitPerHost_oneHostFull_lettingTheOtherPass() throws Exception {
    CountDownLatch gate = new CountDownLatch(1);
    try (LoopbackServer slow = gated(gate);
        LoopbackServer quick = LoopbackServer.answering(ok(""))) {
      loop.run(
          () -> {
            try (HttpClient client = HttpClient.builder().maxConnectionsPerHost(2).build()) {
              List<Callable<HttpResponse>> full = new ArrayList<>();
              for (int i = 0; i < 10; i++) {
                full.add(get(client, slow.url("/" + i)));
              }
              Task<List<HttpResponse>> all = Asyncio.createTask(() -> Asyncio.gather(full).await());
              Asyncio.sleep(Duration.ZERO);
              Asyncio.sleep(Duration.ZERO);
              Asyncio.sleep(Duration.ZERO);

              client.get(quick.url("/"));

              assertThat(client.statistics().waiting()).isEqualTo(8);
              assertThat(client.statistics().open()).isEqualTo(3);
              gate.countDown();
              all.await();
              assertThat(client.statistics().waiting()).isZero();
            }
          });
      assertThat(slow.mostOpen).hasValue(2);
    }
  }

  @Test
  void limitInTotal_allIdleAtAnotherHost_makesRoom() throws Exception {
    try (LoopbackServer first = LoopbackServer.answering(ok(""));
        LoopbackServer second = LoopbackServer.answering(ok(""))) {
      loop.run(
          () -> {
            try (HttpClient client = HttpClient.builder().maxConnections(2).build()) {
              Asyncio.gather(List.of(get(client, first.url("/1")), get(client, first.url("/2"))))
                  .await();
              assertThat(client.statistics().idle()).isEqualTo(2);

              client.get(second.url("/3"));

              assertThat(client.statistics()).isEqualTo(new HttpStatistics(2, 0, 0, 2, 0, 3, 3));
            }
          });
    }
    assertThat(loop.elapsed()).as("nobody waited for an idle connection to expire").isZero();
  }

  @Test
  void limitInTotal_twoHostsWaiting_neitherStarves() throws Exception {
    try (LoopbackServer first = LoopbackServer.answering(ok("1"));
        LoopbackServer second = LoopbackServer.answering(ok("2"))) {
      loop.run(
          () -> {
            try (HttpClient client = HttpClient.builder().maxConnections(1).build()) {
              List<String> order = new ArrayList<>();
              List<Callable<String>> all = new ArrayList<>();
              for (LoopbackServer server : List.of(first, first, second, first, second, second)) {
                all.add(
                    () -> {
                      String text = client.get(server.url("/")).text();
                      order.add(text);
                      return text;
                    });
              }
              Asyncio.gather(all).await();
              assertThat(order).containsExactly("1", "1", "2", "1", "2", "2");
            }
          });
      assertThat(first.accepted.get() + second.accepted.get()).isEqualTo(4);
    }
    assertThat(loop.elapsed()).as("nobody waited for an idle connection to expire").isZero();
  }

  /** Answers one request a connection, and closes it when the next one has arrived. */
  private static LoopbackServer closingWhenUsedAgain() throws Exception {
    return new LoopbackServer(
        talk -> {
          if (talk.read() != null) {
            talk.write(ok("from " + talk.number));
            talk.read();
          }
        });
  }

  @Test
  void staleConnection_idempotentRequest_isSentAgainOnce() throws Exception {
    try (LoopbackServer server = closingWhenUsedAgain()) {
      loop.run(
          () -> {
            try (HttpClient client = HttpClient.builder().maxConnections(1).build()) {
              assertThat(client.get(server.url("/1")).text()).isEqualTo("from 1");
              assertThat(client.get(server.url("/2")).text()).isEqualTo("from 2");
              assertThat(client.statistics()).isEqualTo(new HttpStatistics(1, 0, 0, 1, 0, 2, 3));
            }
          });
      assertThat(server.received)
          .extracting(LoopbackServer.Received::target)
          .containsExactly("/1", "/2", "/2");
    }
  }

  @Test
  void staleConnection_post_isNotSentAgain() throws Exception {
    try (LoopbackServer server = closingWhenUsedAgain()) {
      loop.run(
          () -> {
            try (HttpClient client = HttpClient.create()) {
              client.get(server.url("/1"));
              assertThatThrownBy(() -> client.post(server.url("/2"), HttpBody.text("x")))
                  .isInstanceOf(ConnectionResetException.class);
            }
          });
      assertThat(server.received).hasSize(2);
    }
  }

  @Test
  void staleConnection_retrySwitchedOff_isNotSentAgain() throws Exception {
    try (LoopbackServer server = closingWhenUsedAgain()) {
      loop.run(
          () -> {
            try (HttpClient client = HttpClient.builder().retryStaleConnections(false).build()) {
              client.get(server.url("/1"));
              assertThatThrownBy(() -> client.get(server.url("/2")))
                  .isInstanceOf(ConnectionResetException.class);
            }
          });
      assertThat(server.received).hasSize(2);
    }
  }

  @Test
  void newConnectionCut_getIsNotSentAgain() throws Exception {
    try (LoopbackServer server = new LoopbackServer(talk -> talk.read())) {
      loop.run(
          () -> {
            try (HttpClient client = HttpClient.create()) {
              assertThatThrownBy(() -> client.get(server.url("/")))
                  .isInstanceOf(ConnectionResetException.class);
            }
          });
      assertThat(server.received).hasSize(1);
    }
  }

  /** Gives so many sockets at a time and then fails as a system without descriptors does. */
  private static Supplier<NioSocketChannel> atMost(int descriptors) {
    AtomicInteger open = new AtomicInteger();
    return () -> {
      if (open.get() == descriptors) {
        throw new ChannelException("Failed to open", new SocketException("Too many open files"));
      }
      open.incrementAndGet();
      NioSocketChannel channel = new NioSocketChannel();
      channel.closeFuture().addListener(_ -> open.decrementAndGet());
      return channel;
    };
  }

  @Test
  void descriptorsUsedUp_requestsWaitForThoseThatAreOpen() throws Exception {
    try (LoopbackServer first = LoopbackServer.answering(ok(""));
        LoopbackServer second = LoopbackServer.answering(ok(""))) {
      loop.run(
          () -> {
            try (HttpClient client = HttpClient.builder().sockets(atMost(12)).build()) {
              List<Callable<HttpResponse>> all = new ArrayList<>();
              for (int i = 0; i < 50; i++) {
                all.add(get(client, first.url("/" + i)));
                all.add(get(client, second.url("/" + i)));
              }
              assertThat(Asyncio.gather(all).await()).hasSize(100);
              assertThat(client.statistics().open())
                  .as("fewer than there could be, for the rest of the program")
                  .isEqualTo(4);
              assertThat(client.statistics().waiting()).isZero();
            }
          });
      assertThat(first.received).hasSize(50);
      assertThat(second.received).hasSize(50);
    }
    assertThat(loop.elapsed()).as("nobody waited for an idle connection to expire").isZero();
  }

  @Test
  void noDescriptorAtAll_throwsConnectFailed() throws Exception {
    loop.run(
        () -> {
          try (HttpClient client = HttpClient.builder().sockets(atMost(0)).build()) {
            assertThatThrownBy(() -> client.get("http://127.0.0.1:1/"))
                .isInstanceOf(ConnectFailedException.class)
                .hasMessageContaining("Too many open files")
                .hasMessageContaining("ulimit -n");
            assertThat(client.statistics().open()).isZero();
          }
        });
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void allKindsOfEndsMixed_fixedSeed_everyRequestEndsAndNothingLeaks(long seed) throws Exception {
    LoopbackServer.Script mixed =
        talk -> {
          Random random = new Random(seed * 1000 + talk.number);
          while (talk.read() != null) {
            switch (random.nextInt(10)) {
              case 0 -> talk.reset();
              case 1 -> {
                return;
              }
              case 2 -> {
                talk.write("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf");
                return;
              }
              case 3 -> talk.write(ok("then more") + "garbage");
              case 4 -> talk.awaitEnd();
              default -> talk.write(ok("fine"));
            }
          }
        };
    try (LoopbackServer one = new LoopbackServer(mixed);
        LoopbackServer two = new LoopbackServer(mixed);
        LoopbackServer three = new LoopbackServer(mixed)) {
      loop.run(
          () -> {
            Random random = new Random(seed);
            try (HttpClient client =
                HttpClient.builder().maxConnections(7).maxConnectionsPerHost(3).build()) {
              List<Task<HttpResponse>> tasks = new ArrayList<>();
              for (int i = 0; i < 600; i++) {
                String url = List.of(one, two, three).get(random.nextInt(3)).url("/" + i);
                tasks.add(Asyncio.createTask(get(client, url)));
              }
              int ended = 0;
              while (!tasks.isEmpty()) {
                Asyncio.sleep(Duration.ZERO);
                HttpStatistics now = client.statistics();
                assertThat(now.open())
                    .isLessThanOrEqualTo(7)
                    .isEqualTo(now.connecting() + now.inUse() + now.idle());
                // Some servers never answer: their requests end only because they are cancelled.
                if (random.nextInt(20) == 0) {
                  tasks.get(random.nextInt(Math.min(10, tasks.size()))).cancel();
                }
                int before = tasks.size();
                tasks.removeIf(ConnectionPoolTest::hasEnded);
                ended += before - tasks.size();
              }
              Asyncio.sleep(Duration.ZERO);
              assertThat(ended).isEqualTo(600);
              HttpStatistics left = client.statistics();
              assertThat(left.waiting() + left.inUse() + left.connecting()).isZero();
            }
          });
    }
  }

  private static boolean hasEnded(Task<HttpResponse> task) {
    if (!task.isDone()) {
      return false;
    }
    if (!task.isCancelled()) {
      Throwable failure = task.exception();
      assertThat(failure == null || failure instanceof HttpException).isTrue();
    }
    return true;
  }

  @Test
  void lookup_manyRequestsForOneHost_isMadeOnceAndOffTheLoop() throws Exception {
    AtomicInteger lookups = new AtomicInteger();
    List<String> threads = new ArrayList<>();
    try (LoopbackServer server = LoopbackServer.answering(ok(""))) {
      loop.run(
          () -> {
            AddressLookup counting =
                host -> {
                  threads.add(Thread.currentThread().getName());
                  lookups.incrementAndGet();
                  assertThat(host).isEqualTo("some.example");
                  return new InetAddress[] {InetAddress.getLoopbackAddress()};
                };
            try (HttpClient client =
                HttpClient.builder().lookup(counting).maxConnections(5).build()) {
              List<Callable<HttpResponse>> all = new ArrayList<>();
              for (int i = 0; i < 20; i++) {
                all.add(get(client, "http://some.example:" + server.port() + "/"));
              }
              Asyncio.gather(all).await();
              assertThat(lookups).hasValue(1);
              Asyncio.sleep(Duration.ofSeconds(31));
              client.get("http://SOME.example:" + server.port() + "/");
              assertThat(lookups).hasValue(2);
            }
          });
      assertThat(server.received.getFirst().header("Host"))
          .isEqualTo("some.example:" + server.port());
    }
    assertThat(threads).allMatch(name -> name.contains("executor"));
  }

  @Test
  void severalAddresses_theFirstRefuses_theNextIsTried() throws Exception {
    try (LoopbackServer server = LoopbackServer.answering(ok("here"))) {
      loop.run(
          () -> {
            AddressLookup two = ConnectionPoolTest::deadThenAlive;
            try (HttpClient client = HttpClient.builder().lookup(two).build()) {
              assertThat(client.get("http://two.example:" + server.port() + "/").text())
                  .isEqualTo("here");
              assertThat(client.statistics().open()).isEqualTo(1);
            }
          });
    }
  }

  private static InetAddress[] deadThenAlive(String host) throws UnknownHostException {
    return new InetAddress[] {
      InetAddress.getByAddress(new byte[] {127, 0, 0, 9}), InetAddress.getLoopbackAddress()
    };
  }

  @Test
  void literalAddresses_areNotLookedUp() throws Exception {
    try (LoopbackServer server = LoopbackServer.answering(ok("4"));
        LoopbackServer six =
            new LoopbackServer(
                new ServerSocket(0, 10, InetAddress.ofLiteral("::1")),
                talk -> {
                  talk.read();
                  talk.write(ok("6"));
                })) {
      loop.run(
          () -> {
            AddressLookup none =
                host -> {
                  throw new UnknownHostException("looked up " + host);
                };
            try (HttpClient client = HttpClient.builder().lookup(none).build()) {
              assertThat(client.get(server.url("/")).text()).isEqualTo("4");
              assertThat(client.get("http://[::1]:" + six.port() + "/").text()).isEqualTo("6");
            }
          });
      assertThat(six.received.getFirst().header("Host")).isEqualTo("[::1]:" + six.port());
    }
  }
}
