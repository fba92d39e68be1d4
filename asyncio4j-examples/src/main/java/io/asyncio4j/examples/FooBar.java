package io.asyncio4j.examples;

import static io.asyncio4j.Asyncio.gather;
import static io.asyncio4j.Asyncio.run;
import static io.asyncio4j.Asyncio.sleep;
import static java.time.Duration.ZERO;

/** Two coroutines that hand the loop to each other. */
final class FooBar {
  static void main() {
    run(FooBar::program);
  }

  // region program
  static void program() {
    gather(FooBar::foo, FooBar::bar).await();
  }

  private static void foo() {
    IO.println("Running in foo");
    sleep(ZERO);
    IO.println("Explicit context switch to foo again");
  }

  private static void bar() {
    IO.println("Explicit context to bar");
    sleep(ZERO);
    IO.println("Implicit context switch back to bar");
  }

  // endregion

  private FooBar() {}
}
