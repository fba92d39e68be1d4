package io.asyncio4j.examples;

import static io.asyncio4j.Asyncio.gather;
import static io.asyncio4j.Asyncio.sleep;
import static java.time.Duration.ofSeconds;

import io.asyncio4j.EventLoop;
import io.asyncio4j.LoopOptions;

/** Synchronous code that starts tasks by hand, and runs the loop when it wants the results. */
final class LoopByHand {
  static void main() {
    program(LoopOptions.defaults());
  }

  // region program
  static void program(LoopOptions options) {
    try (var loop = EventLoop.create(options)) {
      var two = loop.createTask("two", () -> number(2));
      var three = loop.createTask("three", () -> number(3));
      IO.println("started, but nothing runs: " + two);

      IO.println("the first: " + loop.runUntilComplete(two));
      IO.println("the other has got on, and stands still now: " + three);

      IO.println("both: " + loop.runUntilComplete(() -> gather(two, three).await()));
    }
  }

  private static int number(int seconds) {
    IO.println("number " + seconds + " begins");
    sleep(ofSeconds(seconds));
    return seconds;
  }

  // endregion

  private LoopByHand() {}
}
