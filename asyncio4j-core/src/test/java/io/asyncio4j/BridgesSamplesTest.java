package io.asyncio4j;

import static io.asyncio4j.Asyncio.fromCompletionStage;
import static io.asyncio4j.Asyncio.fromFuture;
import static io.asyncio4j.Asyncio.sleep;
import static org.assertj.core.api.Assertions.assertThat;

import io.asyncio4j.testing.TestLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Flow;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The samples of docs/bridges.md and docs/several-loops.md, which quote the regions of this file.
 */
class BridgesSamplesTest {
  @RegisterExtension final TestLoop loop = new TestLoop();

  private final List<Object> printed = new ArrayList<>();

  private void print(Object value) {
    printed.add(value);
  }

  @Test
  void futuresOfOtherLibraries() throws Exception {
    try (ExecutorService pool = Executors.newSingleThreadExecutor()) {
      loop.run(
          () -> {
            CompletableFuture<String> reply = CompletableFuture.supplyAsync(() -> "reply");
            Callable<Integer> work = () -> 42;
            // region stages
            String text = fromCompletionStage(reply).await(); // suspends this task only
            int answer = fromFuture(pool.submit(work)).await(); // any java.util.concurrent.Future
            // endregion
            print(text + answer);
          });
    }
    assertThat(printed).containsExactly("reply42");
  }

  @Test
  void futuresForOtherLibraries() throws Exception {
    loop.run(
        () -> {
          // region completable
          Task<Integer> task = Asyncio.createTask(() -> sleep(Duration.ofSeconds(1), 7));
          CompletableFuture<Integer> outside = task.toCompletableFuture();
          outside.thenAccept(this::print); // a callback on the loop's thread: must not block
          outside.thenAcceptAsync(this::print, EventLoop.current()); // a task: may block
          // endregion
          sleep(Duration.ofSeconds(2));
        });
    assertThat(printed).containsExactly(7, 7);
  }

  @Test
  void loopAsExecutor() throws Exception {
    // region executor
    EventLoop loop = EventLoop.create();
    Thread.ofPlatform().start(loop::runForever);
    try (ExecutorService executor = loop) {
      print(executor.submit(() -> sleep(Duration.ofMillis(5), "from a task")).get());
    } // waits for what was handed in, ends the run, closes the loop
    // endregion
    assertThat(printed).containsExactly("from a task");
  }

  @Test
  void publishers() throws Exception {
    loop.run(
        () -> {
          // region publish
          Flow.Publisher<String> publisher =
              CoroutinePublisher.of(
                  EventLoop.current(),
                  emitter -> {
                    for (int i = 0; i < 3; i++) {
                      sleep(Duration.ofSeconds(1)); // any blocking call
                      emitter.emit("line " + i); // suspends until the subscriber wants it
                    }
                  });
          // endregion
          // region iterate
          try (PublishedItems<String> lines = PublishedItems.of(publisher)) {
            for (String line : lines) {
              print(line);
            }
          }
          // endregion
        });
    assertThat(printed).containsExactly("line 0", "line 1", "line 2");
  }

  // region loopLocal
  static final LoopLocal<Client> CLIENT = LoopLocal.of(Client::new); // one for each loop

  // endregion

  /** Stands for a client that belongs to one loop. */
  static final class Client implements AutoCloseable {
    private final EventLoop home = EventLoop.current();

    String get(String what) {
      assertThat(EventLoop.current()).isSameAs(home);
      return sleep(Duration.ofMillis(1), what);
    }

    @Override
    public void close() {
      assertThat(EventLoop.current()).isSameAs(home);
    }
  }

  @Test
  void group() throws Exception {
    // region group
    try (LoopGroup group = LoopGroup.create()) { // a loop for each processor
      List<CompletableFuture<String>> pages = new ArrayList<>();
      for (String page : List.of("a", "b", "c")) {
        pages.add(group.submit(() -> CLIENT.get().get(page)));
      }
      for (CompletableFuture<String> page : pages) {
        print(page.get());
      }
    }
    // endregion
    assertThat(printed).containsExactly("a", "b", "c");
  }

  @Test
  void acrossLoops() throws Exception {
    try (LoopGroup group = LoopGroup.create(2)) {
      loop.run(
          () -> {
            // region across
            int squared = fromCompletionStage(group.submit(() -> 12 * 12)).await();
            // endregion
            print(squared);
          });
    }
    assertThat(printed).containsExactly(144);
  }
}
