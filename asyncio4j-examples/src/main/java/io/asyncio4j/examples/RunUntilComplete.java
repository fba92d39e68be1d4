package io.asyncio4j.examples;

import static io.asyncio4j.Asyncio.sleep;
import static io.asyncio4j.Asyncio.waitUntil;
import static io.asyncio4j.ReturnWhen.ALL_COMPLETED;

import io.asyncio4j.EventLoop;
import io.asyncio4j.LoopOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A loop that runs as long as there is something to wait for. */
final class RunUntilComplete {
  static void main() {
    program(LoopOptions.defaults());
  }

  // region program
  static void program(LoopOptions options) {
    List<Integer> results = new ArrayList<>();
    try (EventLoop loop = EventLoop.create(options)) {
      var tasks =
          List.of(
              loop.createTask("sum to 2", () -> results.add(sum(2))),
              loop.createTask("sum to 3", () -> results.add(sum(3))));
      loop.runUntilComplete(() -> waitUntil(ALL_COMPLETED, tasks));
      IO.println("complete, with the results " + results);
    }
  }

  // endregion

  private static int sum(int last) {
    int sum = 0;
    for (int i = 1; i <= last; i++) {
      sleep(Duration.ofSeconds(1));
      sum += i;
    }
    return sum;
  }

  private RunUntilComplete() {}
}
