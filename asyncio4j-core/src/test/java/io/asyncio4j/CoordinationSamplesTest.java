package io.asyncio4j;

import static io.asyncio4j.Asyncio.createTask;
import static io.asyncio4j.Asyncio.gather;
import static io.asyncio4j.Asyncio.sleep;
import static io.asyncio4j.Asyncio.toThread;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.asyncio4j.testing.TestLoop;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The samples of docs/coordination.md and of the Javadoc of what tasks share. */
class CoordinationSamplesTest {
  @RegisterExtension final TestLoop loop = new TestLoop();

  private final List<Object> printed = new ArrayList<>();
  private int fetches;

  private void print(Object value) {
    printed.add(value);
  }

  private void work() {
    print("worked");
  }

  private void work(String job) {
    sleep(ofSeconds(1));
    print(job);
  }

  private void query() {
    sleep(ofSeconds(1));
  }

  private void add(int item) {
    print(item);
  }

  private String fetch(String path) throws IOException {
    fetches++;
    if (fetches % 3 != 0) {
      throw new IOException(path + " does not answer");
    }
    return "the page";
  }

  @Test
  void snippetsOfTheJavadoc() throws Exception {
    Semaphore semaphore = new Semaphore(1);
    CapacityLimiter connections = new CapacityLimiter(1);
    Condition stock = new Condition();
    List<String> shelf = new ArrayList<>(List.of("book"));
    Queue<String> queue = new Queue<>();
    queue.putNow("job");
    queue.shutdown();
    loop.run(
        () -> {
          try (var _ = semaphore.hold()) {
            work();
          }
          try (var _ = connections.hold()) {
            query();
          }
          try (var _ = stock.hold()) {
            stock.awaitUntil(() -> !shelf.isEmpty());
            shelf.removeFirst();
          }
          for (String job : queue) { // until the queue is shut down and empty
            work(job);
            queue.taskDone();
          }
          queue.join();
          {
            Retry retry =
                Retry.of(5).on(IOException.class).withBackoff(ofMillis(100), ofSeconds(5));
            String page = retry.run(() -> fetch("/"));
            print(page);
          }
          fetches = 2;
          {
            RateLimiter limiter = new RateLimiter(100, ofSeconds(1));
            limiter.acquire();
            String page = fetch("/");
            print(page);
          }
        });
    assertThat(shelf).isEmpty();
    assertThat(printed).containsExactly("worked", "job", "the page", "the page");
  }

  @Test
  void snippetOfChannel() {
    loop.run(
        () -> {
          Channel<Integer> channel = new Channel<>(10);
          createTask(
              () -> {
                try (var sender = channel.sender()) {
                  for (int i = 1; i <= 100; i++) {
                    sender.send(i);
                  }
                } // the only sender is closed: that is the end
              });
          for (int item : channel.receiver()) {
            add(item);
          }
        });
    assertThat(printed).isEqualTo(IntStream.rangeClosed(1, 100).boxed().toList());
  }

  @Test
  void queue() {
    loop.run(
        () -> {
          // region queue
          Queue<String> jobs = new Queue<>(10);
          Task<Void> producer =
              createTask(
                  () -> {
                    for (int i = 1; i <= 100; i++) {
                      jobs.put("job " + i); // waits while ten are in it
                    }
                    jobs.shutdown();
                  });
          Callable<Void> worker =
              () -> {
                for (String job : jobs) { // waits for the next; ends with the last after shutdown()
                  work(job);
                }
                return null;
              };
          gather(worker, worker, worker).await();
          // endregion
          producer.await();
        });
    assertThat(printed).hasSize(100).contains("job 1", "job 100");
    assertThat(loop.elapsed()).isEqualTo(ofSeconds(34));
  }

  @Test
  void channel() {
    loop.run(
        () -> {
          // region channel
          Channel<String> lines = new Channel<>(0); // each send waits for its receiver
          Callable<Void> reader =
              () -> {
                try (var receiver = lines.receiver().copy()) {
                  for (String line : receiver) {
                    print(line);
                  }
                }
                return null;
              };
          Task<List<Void>> readers = createTask(gather(reader, reader));
          try (var sender = lines.sender()) {
            sender.send("one");
            sender.send("two");
          } // the readers end
          readers.await();
          // endregion
        });
    assertThat(printed).containsExactlyInAnyOrder("one", "two");
  }

  @Test
  void semaphore() {
    Callable<Integer> price =
        () -> {
          query();
          return 30;
        };
    loop.run(
        () -> {
          // region semaphore
          Semaphore tills = new Semaphore(3);
          Callable<Integer> buy =
              () -> {
                try (var _ = tills.hold()) {
                  return price.call(); // takes a second
                }
              };
          gather(IntStream.range(0, 9).mapToObj(_ -> buy).toList()).await(); // 3 seconds, not 1
          // endregion
        });
    assertThat(loop.elapsed()).isEqualTo(ofSeconds(3));
  }

  @Test
  void limiter() throws Exception {
    loop.run(
        () -> {
          // region limiter
          CapacityLimiter disk = new CapacityLimiter(2);
          List<Callable<String>> reads = new ArrayList<>();
          for (String name : List.of("a", "b", "c")) {
            reads.add(() -> toThread(disk, () -> "content of " + name)); // two at a time
          }
          List<String> contents = gather(reads).await();
          disk.totalTokens(8); // from now on eight
          // endregion
          assertThat(contents).containsExactly("content of a", "content of b", "content of c");
          assertThat(disk.borrowedTokens()).isZero();
        });
  }

  @Test
  void condition() {
    loop.run(
        () -> {
          // region condition
          List<String> shelf = new ArrayList<>();
          Condition stock = new Condition();
          Task<String> customer =
              createTask(
                  () -> {
                    try (var _ = stock.hold()) {
                      stock.awaitUntil(() -> shelf.size() >= 2); // lets go of the lock meanwhile
                      return shelf.removeFirst();
                    }
                  });
          for (String item : List.of("bread", "milk")) {
            try (var _ = stock.hold()) {
              shelf.add(item);
              stock.signalAll();
            }
          }
          print(customer.await()); // bread
          // endregion
        });
    assertThat(printed).containsExactly("bread");
  }

  @Test
  void barrier() {
    loop.run(
        () -> {
          // region barrier
          Barrier round = new Barrier(3);
          Callable<Void> player =
              () -> {
                work("move");
                if (round.await() == 0) { // all three have moved; one of them shows it
                  print("board");
                }
                return null;
              };
          gather(player, player, player).await();
          // endregion
        });
    assertThat(printed).containsExactly("move", "move", "move", "board");
  }

  @Test
  void retry() throws Exception {
    loop.run(
        () -> {
          // region retry
          Retry patient =
              Retry.of(5)
                  .on(IOException.class)
                  .withBackoff(ofMillis(200), ofSeconds(10)) // 200 ms, 400 ms, 800 ms, ...
                  .withTotalTime(ofMinutes(1))
                  .onRetry(failed -> print(failed.failure().getMessage()));
          String page = patient.run(() -> fetch("/inn"));
          // endregion
          print(page);
        });
    assertThat(printed).containsExactly("/inn does not answer", "/inn does not answer", "the page");
    assertThat(loop.elapsed()).isLessThan(ofMillis(600));
  }

  @Test
  void rate() throws Exception {
    loop.run(
        () -> {
          // region rate
          RateLimiter perSecond = new RateLimiter(10, Duration.ofSeconds(1));
          List<Callable<Void>> calls = new ArrayList<>();
          for (int i = 0; i < 30; i++) {
            calls.add(
                () -> {
                  perSecond.acquire();
                  work();
                  return null;
                });
          }
          gather(calls).await(); // ten at once, then one each 100 ms
          // endregion
        });
    assertThat(printed).hasSize(30);
    assertThat(loop.elapsed()).isEqualTo(ofSeconds(2));
  }

  @Test
  void statistics() {
    loop.run(
        () -> {
          // region statistics
          Lock orders = new Lock().named("orders");
          try (var _ = orders.hold()) {
            Task<Void> waiting = createTask("cook", orders::acquire);
            sleep(ofSeconds(1));
            print(orders.statistics().tasksWaiting()); // 1
            print(
                waiting.toString()); // Task 'cook' (RUNNING) awaiting Lock 'orders' (locked by Task
            // 'Task-1')
            waiting.cancel();
          }
          // endregion
        });
    assertThat(printed.get(0)).isEqualTo(1);
    assertThat(printed.get(1))
        .isEqualTo("Task 'cook' (RUNNING) awaiting Lock 'orders' (locked by Task 'Task-1')");
  }

  @Test
  void cancelled_isNotRetried() {
    loop.run(
        () -> {
          Task<Void> task =
              createTask(
                  () ->
                      Retry.of(5)
                          .run(
                              () -> {
                                print("call");
                                sleep(ofSeconds(1));
                              }));
          sleep(ofMillis(500));
          task.cancel();
          try {
            task.await();
          } catch (CancellationException e) {
            print("cancelled");
          }
        });
    assertThat(printed).containsExactly("call", "cancelled");
  }
}
