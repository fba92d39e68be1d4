import io.asyncio4j.bench.Rounds;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.StructuredTaskScope;
import java.util.concurrent.StructuredTaskScope.FailedException;
import java.util.concurrent.StructuredTaskScope.Joiner;
import java.util.concurrent.StructuredTaskScope.Subtask;
import java.util.concurrent.atomic.AtomicInteger;

/** What of the micro rows of {@code ./bench} StructuredTaskScope, a preview of JDK 25, is for. */
final class StructuredPeer {
  private StructuredPeer() {}

  public static void main(String[] args) throws Exception {
    Rounds.run(
        "StructuredTaskScope",
        "JDK " + Runtime.version(),
        Map.of(
            "gather", StructuredPeer::gathers,
            "gather-sleep0", StructuredPeer::gathersYielding,
            "timers", StructuredPeer::timers,
            "cancel", StructuredPeer::cancels),
        args);
  }

  private interface Body {
    void run(int number) throws InterruptedException;
  }

  private static void forkAll(int size, Body body) throws InterruptedException {
    try (var scope = StructuredTaskScope.open(Joiner.<Integer>allSuccessfulOrThrow())) {
      for (int i = 0; i < size; i++) {
        int number = i;
        scope.fork(
            () -> {
              body.run(number);
              return number;
            });
      }
      long sum = scope.join().mapToLong(Subtask::get).sum();
      Rounds.check((long) size * (size - 1) / 2, sum);
    }
  }

  private static void gathers(int size, Rounds rounds) throws InterruptedException {
    forkAll(size, _ -> {});
  }

  private static void gathersYielding(int size, Rounds rounds) throws InterruptedException {
    forkAll(size, _ -> Thread.yield());
  }

  private static void timers(int size, Rounds rounds) throws InterruptedException {
    forkAll(size, number -> Thread.sleep(Duration.ofNanos(100_000_000L * (number + 1) / size)));
  }

  /** Has one subtask fail, which cancels the others. */
  private static void cancels(int size, Rounds rounds) throws InterruptedException {
    AtomicInteger interrupted = new AtomicInteger();
    CountDownLatch begun = new CountDownLatch(size);
    CountDownLatch fails = new CountDownLatch(1);
    try (var scope = StructuredTaskScope.open()) {
      for (int i = 0; i < size; i++) {
        scope.fork(
            () -> {
              begun.countDown();
              try {
                Thread.sleep(Duration.ofDays(1));
              } catch (InterruptedException e) {
                interrupted.incrementAndGet();
              }
            });
      }
      scope.fork(
          () -> {
            fails.await();
            throw new IllegalStateException("cancel the others");
          });
      begun.await();
      rounds.start();
      fails.countDown();
      scope.join();
    } catch (FailedException e) {
      rounds.stop(); // the scope is closed, which has waited for all of them
    }
    Rounds.check(size, interrupted.get());
  }
}
