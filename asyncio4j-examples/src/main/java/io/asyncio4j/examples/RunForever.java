package io.asyncio4j.examples;

import static io.asyncio4j.Asyncio.sleep;

import io.asyncio4j.EventLoop;
import io.asyncio4j.LoopOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A loop that runs until it is interrupted: too early for the results, or late enough. */
final class RunForever {
  static void main(String... args) {
    Duration patience = Args.of(args, "-t SECONDS").seconds("-t", Duration.ofSeconds(1));
    program(LoopOptions.defaults(), patience);
  }

  // region program
  static void program(LoopOptions options, Duration patience) {
    List<Integer> results = new ArrayList<>();
    try (EventLoop loop = EventLoop.create(options)) {
      loop.createTask("sum to 2", () -> results.add(sum(2)));
      loop.createTask("sum to 3", () -> results.add(sum(3)));
      loop.onSignal("INT", loop::stop); // Ctrl-C
      loop.callLater(patience, loop::stop); // for those who do not press it
      loop.runForever();
      IO.println("interrupted, with the results " + results);
    }
  }

  private static int sum(int last) {
    int sum = 0;
    for (int i = 1; i <= last; i++) {
      sleep(Duration.ofSeconds(1));
      sum += i;
    }
    return sum;
  }

  // endregion

  private RunForever() {}
}
