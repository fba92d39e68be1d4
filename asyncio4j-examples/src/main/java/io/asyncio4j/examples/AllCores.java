package io.asyncio4j.examples;

import static io.asyncio4j.Asyncio.gather;
import static io.asyncio4j.Asyncio.run;
import static io.asyncio4j.Asyncio.toThread;

import io.asyncio4j.EventLoop;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;

/** CPU work: one chunk after the other, and then on all cores. */
final class AllCores {
  private static final int CHUNKS = 20;
  private static final int SIZE = 50_000;

  static void main() {
    run(AllCores::program);
  }

  // region program
  static void program() {
    List<Primes> chunks =
        IntStream.range(0, CHUNKS).mapToObj(i -> new Primes(i * SIZE, (i + 1) * SIZE)).toList();
    toThread(() -> chunks.getLast().call()); // the JIT compiler does its work now

    Stopwatch inTurn = Stopwatch.start();
    int found = 0;
    for (Primes chunk : chunks) {
      found += toThread(() -> chunk.call());
    }
    double slow = inTurn.seconds();
    IO.println(
        String.format(Locale.ROOT, "%d primes, one chunk after the other: %.2f s", found, slow));

    Stopwatch together = Stopwatch.start();
    EventLoop loop = EventLoop.current();
    int cores = Runtime.getRuntime().availableProcessors();
    try (ExecutorService pool = Executors.newFixedThreadPool(cores)) {
      var counts = chunks.stream().map(chunk -> loop.runInExecutor(pool, chunk)).toList();
      found = gather(counts).await().stream().mapToInt(Integer::intValue).sum();
    }
    double fast = together.seconds();
    IO.println(String.format(Locale.ROOT, "%d primes, on all cores: %.2f s", found, fast));
    IO.println(String.format(Locale.ROOT, "%.1f times as fast", slow / fast));
  }

  // endregion

  private AllCores() {}
}
