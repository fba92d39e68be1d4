package io.asyncio4j.examples;

import static io.asyncio4j.Asyncio.run;
import static io.asyncio4j.Asyncio.sleep;
import static java.time.Duration.ofSeconds;

/** A coroutine that awaits another one, which sleeps. */
final class PrintSum {
  // region program
  static void main() {
    run(PrintSum::program);
  }

  static void program() {
    printSum(1, 2);
  }

  private static int compute(int x, int y) {
    IO.println("Compute " + x + " + " + y + " ...");
    sleep(ofSeconds(1));
    return x + y;
  }

  private static void printSum(int x, int y) {
    int result = compute(x, y);
    IO.println(x + " + " + y + " = " + result);
  }

  // endregion

  private PrintSum() {}
}
