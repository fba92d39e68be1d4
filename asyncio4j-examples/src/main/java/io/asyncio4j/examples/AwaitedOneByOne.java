package io.asyncio4j.examples;

import static io.asyncio4j.Asyncio.createTask;
import static io.asyncio4j.Asyncio.run;
import static io.asyncio4j.Asyncio.sleep;
import static java.time.Duration.ofSeconds;

import java.util.List;

/** Three tasks of which each is awaited at once, so that they wait one after another. */
final class AwaitedOneByOne {
  static void main() {
    run(AwaitedOneByOne::program);
  }

  // region program
  static void program() {
    var watch = Stopwatch.start();
    int a = createTask(() -> factorial("A", 2)).await();
    int b = createTask(() -> factorial("B", 3)).await();
    int c = createTask(() -> factorial("C", 4)).await();
    IO.println(List.of(a, b, c) + " after " + watch + " s");
  }

  // endregion

  private static int factorial(String name, int number) {
    int f = 1;
    for (int i = 2; i <= number; i++) {
      IO.println("Task " + name + ": Compute factorial(" + number + "), currently i=" + i + "...");
      sleep(ofSeconds(1));
      f *= i;
    }
    IO.println("Task " + name + ": factorial(" + number + ") = " + f);
    return f;
  }

  private AwaitedOneByOne() {}
}
