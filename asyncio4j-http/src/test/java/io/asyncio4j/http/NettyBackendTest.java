package io.asyncio4j.http;

import static io.asyncio4j.http.LoopbackServer.ok;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.asyncio4j.Asyncio;
import io.asyncio4j.EventLoop;
import io.asyncio4j.Future;
import io.asyncio4j.LoopGroup;
import io.asyncio4j.LoopLocal;
import io.asyncio4j.Task;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The loop's own thread does Netty's I/O, wherever and however often the loop runs. */
final class NettyBackendTest {
  private static <T> T onThreadOfItsOwn(Callable<T> body) throws Exception {
    CompletableFuture<T> result = new CompletableFuture<>();
    Thread thread =
        Thread.ofPlatform()
            .start(
                () -> {
                  try {
                    result.complete(body.call());
                  } catch (Throwable e) {
                    result.completeExceptionally(e);
                  }
                });
    thread.join();
    return result.get();
  }

  @Test
  void loopRunOnSeveralThreads_keepsClientAndConnections() throws Exception {
    try (LoopbackServer server = LoopbackServer.answering(ok("x"));
        EventLoop loop = EventLoop.create()) {
      HttpClient client = onThreadOfItsOwn(() -> loop.runUntilComplete(HttpClient::create));
      for (int i = 0; i < 3; i++) {
        String text =
            onThreadOfItsOwn(() -> loop.runUntilComplete(() -> client.get(server.url("/")).text()));
        assertThat(text).isEqualTo("x");
      }
      assertThat(server.accepted).hasValue(1);
    }
  }

  @Test
  void loopClosedOnAnotherThread_closesTheConnections() throws Exception {
    CountDownLatch ended = new CountDownLatch(1);
    try (LoopbackServer server =
        new LoopbackServer(
            talk -> {
              talk.read();
              talk.write(ok(""));
              talk.awaitEnd();
              ended.countDown();
            })) {
      EventLoop loop = EventLoop.create();
      HttpClient client =
          onThreadOfItsOwn(
              () ->
                  loop.runUntilComplete(
                      () -> {
                        HttpClient made = HttpClient.create();
                        made.get(server.url("/"));
                        return made;
                      }));

      loop.close();

      ended.await();
      assertThat(client.statistics().open()).isZero();
      client.close();
    }
  }

  @Test
  void clientClosedWhileTheLoopRests_closesTheConnections() throws Exception {
    CountDownLatch ended = new CountDownLatch(1);
    try (LoopbackServer server =
            new LoopbackServer(
                talk -> {
                  talk.read();
                  talk.write(ok(""));
                  talk.awaitEnd();
                  ended.countDown();
                });
        EventLoop loop = EventLoop.create()) {
      HttpClient client =
          onThreadOfItsOwn(
              () ->
                  loop.runUntilComplete(
                      () -> {
                        HttpClient made = HttpClient.create();
                        made.get(server.url("/"));
                        return made;
                      }));

      client.close();

      assertThat(client.statistics().open()).isZero();
      ended.await();
    }
  }

  @Test
  void clientClosedByAnotherThreadWhileTheLoopRuns_isRefused() throws Exception {
    Asyncio.run(
        () -> {
          try (HttpClient client = HttpClient.create()) {
            Runnable close = client::close;
            Throwable refused =
                Asyncio.toThread(
                    () -> {
                      try {
                        close.run();
                        return new AssertionError("not refused");
                      } catch (RuntimeException e) {
                        return e;
                      }
                    });
            assertThat(refused)
                .isInstanceOf(WrongThreadException.class)
                .hasMessageContaining("callSoonThreadsafe");
          }
        });
  }

  @Test
  void runOnAVirtualThread_works() throws Exception {
    try (LoopbackServer server = LoopbackServer.answering(ok("x"))) {
      CompletableFuture<String> text = new CompletableFuture<>();
      Thread.ofVirtual()
          .start(
              () -> {
                try {
                  text.complete(
                      Asyncio.run(
                          () -> {
                            try (HttpClient client = HttpClient.create()) {
                              return client.get(server.url("/")).text();
                            }
                          }));
                } catch (Throwable e) {
                  text.completeExceptionally(e);
                }
              })
          .join();
      assertThat(text.get()).isEqualTo("x");
    }
  }

  @Test
  void wakeups_fromOtherThreads_areNeverLost() throws Exception {
    Asyncio.run(
        () -> {
          try (HttpClient _ = HttpClient.create()) {
            EventLoop loop = EventLoop.current();
            for (int i = 0; i < 2_000; i++) {
              Future<Integer> woken = loop.createFuture();
              int value = i;
              // Half of them come while the loop is about to wait, the others while it waits.
              CompletableFuture<Void> handedOver =
                  CompletableFuture.runAsync(
                      () -> loop.callSoonThreadsafe(() -> woken.setResult(value)));
              assertThat(woken.await()).isEqualTo(i);
              handedOver.join();
            }
          }
        });
  }

  @Test
  @Tag("foreign-blocking")
  void foreignBlockingCalls_andRequests_shareTheLoop() throws Exception {
    try (LoopbackServer server = LoopbackServer.answering(ok("x"))) {
      Asyncio.run(
          () -> {
            try (HttpClient client = HttpClient.create()) {
              BlockingQueue<String> queue = new LinkedBlockingQueue<>();
              Task<String> taker = Asyncio.createTask(() -> queue.take());
              queue.add(client.get(server.url("/")).text());
              assertThat(taker.await()).isEqualTo("x");
            }
          });
    }
  }

  @Test
  void loopLocalClient_loopsOfAGroup_haveOneEachWhichIsClosedWithItsLoop() throws Exception {
    LoopLocal<HttpClient> clients = LoopLocal.of(HttpClient::create);
    try (LoopbackServer server = LoopbackServer.answering(ok("x"))) {
      List<HttpClient> seen = new ArrayList<>();
      try (LoopGroup group = LoopGroup.create(2)) {
        for (int request = 0; request < 6; request++) {
          seen.add(
              group
                  .submitTo(
                      request,
                      () -> {
                        HttpClient own = clients.get();
                        assertThat(own.get(server.url("/")).text()).isEqualTo("x");
                        return own;
                      })
                  .get());
        }
        assertThat(server.openNow).hasValue(2); // kept for the next request, one for each loop
      }
      server.awaitTalksEnded();
      assertThat(seen.get(0)).isNotSameAs(seen.get(1));
      assertThat(seen.subList(2, 6))
          .containsExactly(seen.get(0), seen.get(1), seen.get(0), seen.get(1));
      assertThat(server.accepted).hasValue(2);
    }
  }

  @Test
  void loopLocalClient_ofARun_isClosedAfterTheTasksThatAreLeftHaveUsedIt() throws Exception {
    LoopLocal<HttpClient> clients = LoopLocal.of(HttpClient::create);
    List<String> answers = new ArrayList<>();
    try (LoopbackServer server = LoopbackServer.answering(ok("x"))) {
      HttpClient used =
          Asyncio.run(
              () -> {
                Asyncio.createTask(
                    () -> {
                      try {
                        Asyncio.sleep(Duration.ofDays(1));
                      } finally {
                        answers.add(clients.get().get(server.url("/")).text());
                      }
                    });
                Asyncio.sleep(Duration.ZERO);
                return clients.get();
              });
      assertThat(answers).containsExactly("x");
      server.awaitTalksEnded();
      Asyncio.run(() -> assertThat(clients.get()).isNotSameAs(used)); // another loop, another one
    }
  }

  private static long descriptors() {
    try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
      return open.filter(NettyBackendTest::isSocketOrSelector).count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean isSocketOrSelector(Path descriptor) {
    try {
      String target = Files.readSymbolicLink(descriptor).toString();
      return target.startsWith("socket:") || target.contains("eventpoll");
    } catch (IOException e) {
      return false; // closed in the meantime, such as the listing's own
    }
  }

  @Test
  void loopsThatComeAndGo_leaveNoDescriptors() throws Exception {
    try (LoopbackServer server = LoopbackServer.answering(ok("x"))) {
      List<Long> after = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        Asyncio.run(
            () -> {
              HttpClient notClosed = HttpClient.create();
              notClosed.get(server.url("/"));
              assertThatThrownBy(() -> notClosed.get("http://127.0.0.1:1/"))
                  .isInstanceOf(ConnectionRefusedException.class);
            });
        while (server.openNow.get() > 0) {
          Thread.onSpinWait();
        }
        after.add(descriptors());
      }
      // The JDK's own pollers and collected sockets of other tests move the number now and then.
      assertThat(IntStream.range(1, after.size()))
          .as("descriptors after each loop: %s", after)
          .anyMatch(i -> after.get(i) <= after.get(i - 1));
    }
  }
}
