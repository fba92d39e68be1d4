package io.asyncio4j.http;

import static io.asyncio4j.http.LoopbackServer.ok;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.asyncio4j.Asyncio;
import io.asyncio4j.EventLoop;
import io.asyncio4j.Task;
import io.asyncio4j.TimeoutException;
import io.asyncio4j.testing.TestLoop;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever a request is waiting for, cancelling its task frees what it held. */
final class CancellationTest {
  @RegisterExtension private final TestLoop loop = new TestLoop();

  /** Suspends, turn by turn, until the client's numbers are as expected. */
  private static void until(HttpClient client, Predicate<HttpStatistics> expected) {
    while (!expected.test(client.statistics())) {
      Asyncio.sleep(Duration.ZERO);
    }
  }

  private static void cancelAndCheckNothingIsLeft(HttpClient client, Task<?> task) {
    task.cancel();
    assertThatThrownBy(task::await).isInstanceOf(CancellationException.class);
    Asyncio.sleep(Duration.ZERO);
    HttpStatistics left = client.statistics();
    assertThat(left.open()).isZero();
    assertThat(left.waiting()).isZero();
  }

  @Test
  void cancel_beforeTheRequestWasSubmitted_sendsNothing() throws Exception {
    try (LoopbackServer server = LoopbackServer.answering(ok(""))) {
      loop.run(
          () -> {
            try (HttpClient client = HttpClient.create()) {
              Task<HttpResponse> task = Asyncio.createTask(() -> client.get(server.url("/")));
              EventLoop.current().callSoon(() -> task.cancel());
              assertThatThrownBy(task::await).isInstanceOf(CancellationException.class);
              Asyncio.sleep(Duration.ZERO);
              assertThat(client.statistics().open()).isZero();
            }
          });
      assertThat(server.received).isEmpty();
    }
  }

  @Test
  void cancel_inTheLookup_leavesNothing() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    loop.run(
        () -> {
          AddressLookup stuck =
              _ -> {
                try {
                  release.await();
                } catch (InterruptedException e) {
                  throw new AssertionError(e);
                }
                return new InetAddress[] {InetAddress.getLoopbackAddress()};
              };
          try (HttpClient client = HttpClient.builder().lookup(stuck).build()) {
            Task<HttpResponse> task = Asyncio.createTask(() -> client.get("http://h.example:1/"));
            until(client, now -> now.connecting() == 1);
            cancelAndCheckNothingIsLeft(client, task);
            release.countDown();
          }
        });
  }

  @Test
  void cancel_inTheConnect_leavesNothing() throws Exception {
    List<SocketChannel> filling = new ArrayList<>();
    try (ServerSocket full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      // The system drops further connections when the queue of those not accepted is full.
      for (int i = 0; i < 8; i++) {
        SocketChannel one = SocketChannel.open();
        filling.add(one);
        one.configureBlocking(false);
        one.connect(full.getLocalSocketAddress());
      }
      loop.run(
          () -> {
            try (HttpClient client = HttpClient.create()) {
              Task<HttpResponse> task =
                  Asyncio.createTask(
                      () -> client.get("http://127.0.0.1:" + full.getLocalPort() + "/"));
              until(client, now -> now.connecting() == 1);
              for (int turn = 0; turn < 200; turn++) {
                Asyncio.sleep(Duration.ZERO);
              }
              assertThat(client.statistics().connecting()).isEqualTo(1);
              cancelAndCheckNothingIsLeft(client, task);
            }
          });
    } finally {
      for (SocketChannel one : filling) {
        one.close();
      }
    }
  }

  @Test
  void cancel_inTheTlsHandshake_closesTheConnection() throws Exception {
    CountDownLatch helloCame = new CountDownLatch(1);
    CountDownLatch ended = new CountDownLatch(1);
    try (LoopbackServer server =
        new LoopbackServer(
            talk -> {
              talk.in().read();
              helloCame.countDown();
              talk.awaitEnd();
              ended.countDown();
            })) {
      loop.run(
          () -> {
            try (HttpClient client = HttpClient.create()) {
              Task<HttpResponse> task =
                  Asyncio.createTask(() -> client.get("https://127.0.0.1:" + server.port() + "/"));
              Asyncio.toThread(() -> helloCame.await());
              cancelAndCheckNothingIsLeft(client, task);
              Asyncio.toThread(() -> ended.await());
            }
          });
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nbegun"})
  void cancel_whileTheAnswerIsDue_closesTheConnection(String begun) throws Exception {
    CountDownLatch arrived = new CountDownLatch(1);
    CountDownLatch ended = new CountDownLatch(1);
    try (LoopbackServer server =
        new LoopbackServer(
            talk -> {
              talk.read();
              talk.write(begun);
              arrived.countDown();
              talk.awaitEnd();
              ended.countDown();
            })) {
      loop.run(
          () -> {
            try (HttpClient client = HttpClient.create()) {
              Task<HttpResponse> task = Asyncio.createTask(() -> client.get(server.url("/")));
              Asyncio.toThread(() -> arrived.await());
              cancelAndCheckNothingIsLeft(client, task);
              Asyncio.toThread(() -> ended.await());
            }
          });
    }
  }

  @Test
  void cancel_inTheQueue_lettingThoseBehindPass() throws Exception {
    CountDownLatch arrived = new CountDownLatch(1);
    CountDownLatch gate = new CountDownLatch(1);
    try (LoopbackServer server =
        new LoopbackServer(
            talk -> {
              while (talk.read() != null) {
                arrived.countDown();
                gate.await();
                talk.write(ok(""));
              }
            })) {
      loop.run(
          () -> {
            try (HttpClient client = HttpClient.builder().maxConnections(1).build()) {
              List<Task<HttpResponse>> tasks = new ArrayList<>();
              for (int i = 0; i < 4; i++) {
                String url = server.url("/" + i);
                tasks.add(Asyncio.createTask(() -> client.get(url)));
              }
              Asyncio.toThread(() -> arrived.await());
              until(client, now -> now.waiting() == 3);

              tasks.get(1).cancel();
              tasks.get(2).cancel();
              until(client, now -> now.waiting() == 1);
              gate.countDown();

              assertThat(tasks.get(3).await().status()).isEqualTo(200);
              assertThat(tasks.get(0).await().status()).isEqualTo(200);
              assertThat(tasks.get(1).isCancelled()).isTrue();
              assertThat(client.statistics()).isEqualTo(new HttpStatistics(1, 0, 0, 1, 0, 1, 2));
            }
          });
      assertThat(server.received)
          .extracting(LoopbackServer.Received::target)
          .containsExactly("/0", "/3");
    }
  }

  @Test
  void cancel_ofTheOneUnderWay_givesItsPlaceToTheNext() throws Exception {
    CountDownLatch arrived = new CountDownLatch(1);
    try (LoopbackServer server =
        new LoopbackServer(
            talk -> {
              LoopbackServer.Received request = talk.read();
              if (request != null && request.target().equals("/stuck")) {
                arrived.countDown();
                talk.awaitEnd();
              } else {
                talk.write(ok("next"));
              }
            })) {
      loop.run(
          () -> {
            try (HttpClient client = HttpClient.builder().maxConnections(1).build()) {
              Task<HttpResponse> stuck = Asyncio.createTask(() -> client.get(server.url("/stuck")));
              Task<HttpResponse> next = Asyncio.createTask(() -> client.get(server.url("/")));
              Asyncio.toThread(() -> arrived.await());
              stuck.cancel();
              assertThat(next.await().text()).isEqualTo("next");
              assertThat(stuck.isCancelled()).isTrue();
            }
          });
    }
  }

  @Test
  void asyncioTimeout_aroundARequest_cancelsIt() throws Exception {
    loop.run(
        () -> {
          EventLoop current = EventLoop.current();
          try (LoopbackServer server =
                  new LoopbackServer(
                      talk -> {
                        talk.read();
                        current.callSoonThreadsafe(() -> loop.clock().jump(Duration.ofSeconds(2)));
                        talk.awaitEnd();
                      });
              HttpClient client = HttpClient.create()) {
            assertThatThrownBy(
                    () -> Asyncio.timeout(Duration.ofSeconds(2), () -> client.get(server.url("/"))))
                .isInstanceOf(TimeoutException.class);
            until(client, now -> now.open() == 0);
          }
        });
  }

  @Test
  void thousandTasksCancelledAtOnce_leaveNothing() throws Exception {
    CountDownLatch arrived = new CountDownLatch(10);
    try (LoopbackServer server =
        new LoopbackServer(
            talk -> {
              talk.read();
              arrived.countDown();
              talk.awaitEnd();
            })) {
      loop.run(
          () -> {
            try (HttpClient client = HttpClient.builder().maxConnections(10).build()) {
              List<Task<HttpResponse>> tasks = new ArrayList<>();
              for (int i = 0; i < 1000; i++) {
                tasks.add(Asyncio.createTask(() -> client.get(server.url("/"))));
              }
              Asyncio.toThread(() -> arrived.await());
              tasks.forEach(Task::cancel);
              until(client, now -> now.open() == 0 && now.waiting() == 0);
              for (Task<HttpResponse> task : tasks) {
                assertThatThrownBy(task::await).isInstanceOf(CancellationException.class);
              }
            }
          });
      assertThat(server.received.size()).isLessThanOrEqualTo(20);
    }
  }
}
