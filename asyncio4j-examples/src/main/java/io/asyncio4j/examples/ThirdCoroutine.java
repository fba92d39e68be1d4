package io.asyncio4j.examples;

import static io.asyncio4j.Asyncio.gather;
import static io.asyncio4j.Asyncio.run;
import static io.asyncio4j.Asyncio.sleep;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A third coroutine, which looks on while the other two wait. */
final class ThirdCoroutine {
  static void main() {
    run(ThirdCoroutine::program);
  }

  // region program
  static void program() {
    List<Integer> results = new ArrayList<>();
    gather(() -> results.add(sum(2)), () -> results.add(sum(3)), () -> watch(results)).await();
  }

  private static void watch(List<Integer> results) {
    while (results.size() < 2) {
      IO.println("results so far: " + results);
      sleep(Duration.ofMillis(700));
    }
    IO.println("results: " + results);
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

  private ThirdCoroutine() {}
}
