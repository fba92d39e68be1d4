package io.asyncio4j.examples;

import static io.asyncio4j.Asyncio.createTask;
import static io.asyncio4j.Asyncio.gather;
import static io.asyncio4j.Asyncio.run;
import static io.asyncio4j.Asyncio.sleep;
import static java.time.Duration.ofMillis;
import static java.util.stream.IntStream.range;

import java.util.Random;

/** Nine tasks of random length: called one after another, and started at once. */
final class Determinism {
  static void main() {
    run(() -> program(new Random()));
  }

  // region program
  static void program(Random random) {
    IO.println("Synchronous:");
    range(1, 10).forEach(pid -> task(pid, random));

    IO.println("Asynchronous:");
    var tasks = range(1, 10).mapToObj(pid -> createTask(() -> task(pid, random))).toList();
    gather(tasks).await();
  }

  private static void task(int pid, Random random) {
    sleep(ofMillis(random.nextInt(3)));
    IO.println("Task " + pid + " done");
  }

  // endregion

  private Determinism() {}
}
