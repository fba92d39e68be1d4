package io.asyncio4j.examples;

import static io.asyncio4j.Asyncio.gather;
import static io.asyncio4j.Asyncio.run;
import static io.asyncio4j.Asyncio.sleep;
import static java.time.Duration.ofSeconds;

/** Three tasks, of which one works while two wait. */
final class CooperativeTasks {
  static void main() {
    run(CooperativeTasks::program);
  }

  // region program
  static void program() {
    Stopwatch watch = Stopwatch.start();
    gather(() -> gr1(watch), () -> gr2(watch), () -> gr3(watch)).await();
  }

  private static void gr1(Stopwatch watch) {
    IO.println("gr1 started work: at " + watch + " seconds");
    sleep(ofSeconds(2));
    IO.println("gr1 ended work: at " + watch + " seconds");
  }

  private static void gr2(Stopwatch watch) {
    IO.println("gr2 started work: at " + watch + " seconds");
    sleep(ofSeconds(2));
    IO.println("gr2 ended work: at " + watch + " seconds");
  }

  private static void gr3(Stopwatch watch) {
    IO.println("Let's do some stuff while the coroutines are blocked, at " + watch + " seconds");
    sleep(ofSeconds(1));
    IO.println("Done!");
  }

  // endregion

  private CooperativeTasks() {}
}
