package io.asyncio4j;

import static io.asyncio4j.Asyncio.asCompleted;
import static io.asyncio4j.Asyncio.createTask;
import static io.asyncio4j.Asyncio.gather;
import static io.asyncio4j.Asyncio.gatherResults;
import static io.asyncio4j.Asyncio.limit;
import static io.asyncio4j.Asyncio.map;
import static io.asyncio4j.Asyncio.moveOnAfter;
import static io.asyncio4j.Asyncio.shield;
import static io.asyncio4j.Asyncio.shielded;
import static io.asyncio4j.Asyncio.sleep;
import static io.asyncio4j.Asyncio.timeout;
import static io.asyncio4j.Asyncio.toThread;
import static io.asyncio4j.Asyncio.waitFor;
import static io.asyncio4j.Asyncio.waitUntil;
import static org.assertj.core.api.Assertions.assertThat;

import io.asyncio4j.testing.TestLoop;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The samples of the documentation, which quotes the regions of this file. */
class SamplesTest {
  @RegisterExtension final TestLoop loop = new TestLoop();

  private final List<Object> printed = new ArrayList<>();

  private void print(Object value) {
    printed.add(value);
  }

  // region price
  static int price(String shop) throws IOException {
    sleep(Duration.ofSeconds(shop.length())); // any blocking call: a socket, JDBC, Thread.sleep
    if (shop.equals("closed")) {
      throw new IOException(shop + " does not answer");
    }
    return shop.length() * 10;
  }

  // endregion

  private <X extends Exception> void asyncio(ThrowingRunnable<X> body) throws X {
    loop.run(body);
  }

  @Test
  void oneAfterAnotherAndAtOnce() throws Exception {
    asyncio(
        () -> {
          // region gather
          int slow = price("bakery") + price("grocer"); // 12 seconds
          List<Integer> both = gather(() -> price("bakery"), () -> price("grocer")).await(); // 6
          // endregion
          assertThat(slow).isEqualTo(both.get(0) + both.get(1));
        });
    assertThat(loop.elapsed()).isEqualTo(Duration.ofSeconds(18));
  }

  @Test
  void limited() throws Exception {
    asyncio(
        () -> {
          // region limit
          List<Callable<Integer>> work = new ArrayList<>();
          for (String shop : List.of("bakery", "grocer", "tailor", "draper")) {
            work.add(() -> price(shop));
          }
          List<Integer> prices = gather(limit(2), work).await();
          // endregion
          assertThat(prices).hasSize(4);
        });
    assertThat(loop.elapsed()).isEqualTo(Duration.ofSeconds(12));
  }

  @Test
  void catching() throws Exception {
    asyncio(
        () -> {
          // region catch
          Task<Integer> task = createTask(() -> price("closed"));
          try {
            print(task.<IOException>await());
          } catch (IOException e) { // the very object that price() threw
            print(e.getMessage());
          }
          // endregion
        });
    assertThat(printed).containsExactly("closed does not answer");
  }

  @Test
  void results() throws Exception {
    asyncio(
        () -> {
          // region results
          GatheredResults<Integer> results =
              gatherResults(() -> price("baker"), () -> price("closed"), () -> price("inn"))
                  .await();
          print(results.successes());
          print(results.exceptionCount());
          print(results.exceptionsOfType(IOException.class));
          results.compoundException().ifPresent(e -> print(e.getMessage()));
          // endregion
        });
    assertThat(printed).hasSize(4);
    assertThat(printed.get(0)).isEqualTo(List.of(50, 30));
    assertThat(printed.get(1)).isEqualTo(1);
    assertThat(printed.get(3)).isEqualTo("1 error [IOException: closed does not answer]");
  }

  @Test
  void completed() throws Exception {
    asyncio(
        () -> {
          // region completed
          List<Callable<Integer>> work = List.of(() -> price("grocer"), () -> price("inn"));
          for (Future<Integer> done : asCompleted(work)) {
            print(done.result()); // 30 after three seconds, 60 after six
          }
          // endregion
        });
    assertThat(printed).containsExactly(30, 60);
  }

  @Test
  void first() throws Exception {
    loop.allowLeftOverTasks();
    asyncio(
        () -> {
          // region first
          var asked = List.of(createTask(() -> price("grocer")), createTask(() -> price("inn")));
          var answer = waitUntil(ReturnWhen.FIRST_COMPLETED, asked);
          answer.done().forEach(task -> print(task.result()));
          answer.pending().forEach(Task::cancel);
          // endregion
        });
    assertThat(printed).containsExactly(30);
  }

  @Test
  void group() throws Exception {
    asyncio(
        () -> {
          // region group
          try {
            TaskGroup.run(
                group -> {
                  group.createTask("good", () -> print(price("a very long street of shops")));
                  group.createTask("bad", () -> print(price("closed")));
                });
          } catch (TaskGroupException e) { // "bad" failed, so "good" was cancelled
            print(e.exceptions());
          }
          // endregion
        });
    assertThat(printed).hasSize(1);
    assertThat(loop.elapsed()).isEqualTo(Duration.ofSeconds(6));
  }

  @Test
  void timeouts() throws Exception {
    asyncio(
        () -> {
          // region timeout
          try {
            int total = timeout(Duration.ofSeconds(5), () -> price("inn") + price("grocer"));
            print(total);
          } catch (TimeoutException e) {
            print(e.getMessage());
          }
          // endregion
          // region waitFor
          Task<Integer> task = createTask(() -> price("inn"));
          print(waitFor(task, Duration.ofSeconds(5))); // the task would be cancelled after five
          // endregion
        });
    assertThat(printed).containsExactly("not done within PT5S", 30);
  }

  @Test
  @Tag("foreign-blocking")
  void foreign() throws Exception {
    asyncio(
        () -> {
          // region foreign
          LinkedBlockingQueue<Integer> plain =
              new LinkedBlockingQueue<>(); // of java.util.concurrent
          Task<Integer> taker = createTask(() -> plain.take()); // suspends this task only
          Task<Void> putter = createTask(() -> plain.put(30));
          print(taker.await());
          // endregion
          putter.await();
        });
    assertThat(printed).containsExactly(30);
  }

  @Test
  void files(@TempDir Path folder) throws Exception {
    Path path = Files.writeString(folder.resolve("a.txt"), "text");
    asyncio(
        () -> {
          // region toThread
          String text = toThread(() -> Files.readString(path)); // file I/O would hold the loop
          // endregion
          assertThat(text).isEqualTo("text");
        });
  }

  @Test
  void cancelling() throws Exception {
    asyncio(
        () -> {
          // region cancel
          Task<Integer> task =
              createTask(
                  () -> {
                    try {
                      return price("an endless street");
                    } finally {
                      sleep(Duration.ofSeconds(1)); // clean-up may suspend
                      print("tidied up");
                    }
                  });
          sleep(Duration.ofSeconds(2));
          task.cancel();
          waitUntil(ReturnWhen.ALL_COMPLETED, List.of(task));
          print(task.state()); // CANCELLED
          // endregion
        });
    assertThat(printed).containsExactly("tidied up", java.util.concurrent.Future.State.CANCELLED);
  }

  @Test
  void shielding() throws Exception {
    asyncio(
        () -> {
          Task<Integer> paying = createTask(() -> price("inn"));
          // region shield
          Task<Integer> customer = createTask(() -> shield(paying).await());
          sleep(Duration.ofSeconds(1));
          customer.cancel(); // leaves, but the payment goes on
          print(paying.await());
          // endregion
        });
    assertThat(printed).containsExactly(30);
  }

  @Test
  void cancelScope() throws Exception {
    asyncio(
        () -> {
          // region moveOn
          Optional<Integer> price = moveOnAfter(Duration.ofSeconds(5), () -> price("grocer"));
          print(price.orElse(0)); // the grocer needs six seconds
          // endregion
          List<String> shops = List.of("grocer", "inn", "bakery");
          // region scope
          CancelScope search = CancelScope.create();
          boolean finished = search.run(() -> askAll(shops, search::cancel));
          // endregion
          print(finished);
          // region groupCancel
          TaskGroup.run(
              group -> {
                for (String shop : shops) {
                  group.createTask(
                      () -> {
                        print(price(shop));
                        group.cancel(); // the first answer will do
                      });
                }
              });
          // endregion
        });
    assertThat(printed).containsExactly(0, 30, false, 30);
  }

  private void askAll(List<String> shops, Runnable found) throws IOException {
    for (String shop : shops) {
      int price = price(shop);
      if (price < 60) {
        print(price);
        found.run();
      }
    }
  }

  @Test
  void shieldedCleanUp() throws Exception {
    asyncio(
        () -> {
          Task<?> task =
              createTask(
                  () -> {
                    // region shielded
                    try {
                      price("an endless street");
                    } finally {
                      shielded(() -> moveOnAfter(Duration.ofSeconds(10), () -> sayGoodbye()));
                    }
                    // endregion
                  });
          sleep(Duration.ofSeconds(1));
          task.cancel();
          sleep(Duration.ofSeconds(1));
          task.cancel(); // while it cleans up: held back
          waitUntil(ReturnWhen.ALL_COMPLETED, List.of(task));
          print(task.state());
        });
    assertThat(printed).containsExactly("goodbye", java.util.concurrent.Future.State.CANCELLED);
  }

  private void sayGoodbye() {
    sleep(Duration.ofSeconds(5));
    print("goodbye");
  }

  @Test
  void movedDeadline() throws Exception {
    asyncio(
        () -> {
          // region reschedule
          Timeout timeout = Timeout.after(Duration.ofSeconds(5));
          int total =
              timeout.run(
                  () -> {
                    int first = price("inn");
                    timeout.reschedule(Duration.ofSeconds(10)); // ten more from now
                    return first + price("grocer");
                  });
          // endregion
          print(total);
        });
    assertThat(printed).containsExactly(90);
  }

  @Test
  void items() throws Exception {
    List<String> shops = List.of("bakery", "grocer", "tailor", "draper");
    asyncio(
        () -> {
          // region items
          List<Integer> prices = map(limit(2), shops, shop -> price(shop)).await();
          // endregion
          print(prices);
        });
    assertThat(printed).containsExactly(List.of(60, 60, 60, 60));
    assertThat(loop.elapsed()).isEqualTo(Duration.ofSeconds(12));
  }

  // region contextVar
  static final ContextVar<String> CUSTOMER = ContextVar.of("customer", "nobody");

  void order(String shop) throws IOException {
    print(CUSTOMER.get() + " pays " + price(shop));
  }

  // endregion

  @Test
  void contextVariables() throws Exception {
    asyncio(
        () -> {
          // region context
          CUSTOMER.set("Ann");
          Task<?> ann = createTask(() -> order("inn")); // has a copy of what is set now
          CUSTOMER.set("Bob");
          Task<?> bob = createTask(() -> order("inn"));
          gather(ann, bob).await();
          // endregion
        });
    assertThat(printed).containsExactly("Ann pays 30", "Bob pays 30");
  }

  @Test
  void eagerTask() throws Exception {
    asyncio(
        () -> {
          Map<String, Integer> known = Map.of("inn", 30);
          // region eager
          Task<Integer> price =
              createTask(
                  TaskOptions.eager().withName("inn"),
                  () -> known.containsKey("inn") ? known.get("inn") : price("inn"));
          print(price.isDone()); // true: it did not have to suspend
          // endregion
        });
    assertThat(printed).containsExactly(true);
  }

  private int size(String name) {
    return name.length();
  }

  private void copy(String name) {
    print(name);
  }

  private void update() {
    print("updated");
  }

  /** The snippets of the Javadoc, which {@link DocumentationTest} looks for. */
  @Test
  void snippets() {
    loop.run(
        () -> {
          TaskGroup.run(
              group -> {
                group.createTask(() -> copy("a"));
                group.createTask(() -> copy("b"));
              });
          Lock lock = new Lock();
          try (var _ = lock.hold()) {
            update();
          }
        });
    int total =
        Asyncio.run(
            () -> {
              List<Integer> sizes = gather(() -> size("a"), () -> size("b")).await();
              return sizes.get(0) + sizes.get(1);
            });
    assertThat(total).isEqualTo(2);
    assertThat(printed).containsExactly("a", "b", "updated");
  }

  @Test
  void loopByHand() {
    // region loop
    try (EventLoop byHand = EventLoop.create()) {
      byHand.callLater(Duration.ofMillis(5), byHand::stop);
      byHand.createTask(() -> print("task"));
      byHand.callSoon(() -> print("callback"));
      byHand.runForever();
    }
    // endregion
    assertThat(printed).containsExactly("task", "callback");
  }
}
