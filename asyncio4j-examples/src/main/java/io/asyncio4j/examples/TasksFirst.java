package io.asyncio4j.examples;

import static io.asyncio4j.Asyncio.createTask;
import static io.asyncio4j.Asyncio.gather;
import static io.asyncio4j.Asyncio.run;
import static io.asyncio4j.Asyncio.sleep;
import static java.time.Duration.ofSeconds;

/** Three tasks that are created first and gathered then, so that they wait together. */
final class TasksFirst {
  static void main() {
    run(TasksFirst::program);
  }

  // region program
  static void program() {
    var watch = Stopwatch.start();
    var a = createTask(() -> factorial("A", 2));
    var b = createTask(() -> factorial("B", 3));
    var c = createTask(() -> factorial("C", 4));
    IO.println(gather(a, b, c).await() + " after " + watch + " s");
  }

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

  // endregion

  private TasksFirst() {}
}
