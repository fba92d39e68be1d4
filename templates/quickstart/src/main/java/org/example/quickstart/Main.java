package org.example.quickstart;

import static io.asyncio4j.Asyncio.limit;
import static io.asyncio4j.Asyncio.map;
import static io.asyncio4j.Asyncio.run;

import io.asyncio4j.EventLoop;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

/** Asks for many things at once, each with plain blocking code. */
public final class Main {
  private Main() {}

  public static void main(String[] args) {
    run(
        () -> {
          long start = EventLoop.current().time();
          int sum = sumOfSquares(20);
          Duration took = Duration.ofNanos(EventLoop.current().time() - start);
          System.out.println("sum of squares: " + sum);
          // one after another the twenty sleeps would take two seconds
          System.out.println("all at once: " + (took.toMillis() < 1_500));
        });
  }

  /** Adds up the squares of 1 to n; must be called by a task. */
  static int sumOfSquares(int n) {
    List<Integer> numbers = IntStream.rangeClosed(1, n).boxed().toList();
    List<Integer> squares = map(limit(10), numbers, Main::slowSquare).await();
    return squares.stream().mapToInt(Integer::intValue).sum();
  }

  /** Stands for any blocking call of any library: it suspends its own task only. */
  private static int slowSquare(int number) throws InterruptedException {
    Thread.sleep(100);
    return number * number;
  }
}
