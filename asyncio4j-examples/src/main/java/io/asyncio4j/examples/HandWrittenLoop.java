package io.asyncio4j.examples;

import static io.asyncio4j.Asyncio.gather;
import static io.asyncio4j.Asyncio.run;
import static io.asyncio4j.Asyncio.sleep;
import static java.time.Duration.ZERO;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;

/** An event loop of a few lines, and the same program on the real one. */
final class HandWrittenLoop {
  static void main() {
    IO.println("By hand:");
    byHand();
    IO.println("On the loop of asyncio4j:");
    run(HandWrittenLoop::program);
  }

  // region byHand
  static void byHand() {
    Queue<Sum> ready = new ArrayDeque<>(List.of(new Sum("A", 3), new Sum("B", 2)));
    while (!ready.isEmpty()) { // this is the event loop
      Sum next = ready.remove();
      if (next.step()) { // runs until it would wait
        ready.add(next); // and goes to the end of the line
      }
    }
  }

  /** What a generator does by itself: it keeps in fields how far it has got. */
  private static final class Sum {
    private final String name;
    private final int last;
    private int i = 1;
    private int sum;

    Sum(String name, int last) {
      this.name = name;
      this.last = last;
    }

    boolean step() {
      if (i > last) {
        IO.println(name + " is done: " + sum);
        return false;
      }
      IO.println(name + " adds " + i);
      sum += i++;
      return true;
    }
  }

  // endregion

  // region program
  static void program() {
    gather(() -> sum("A", 3), () -> sum("B", 2)).await();
  }

  private static void sum(String name, int last) {
    int sum = 0;
    for (int i = 1; i <= last; i++) {
      IO.println(name + " adds " + i);
      sum += i;
      sleep(ZERO); // the generator's yield
    }
    IO.println(name + " is done: " + sum);
  }

  // endregion

  private HandWrittenLoop() {}
}
