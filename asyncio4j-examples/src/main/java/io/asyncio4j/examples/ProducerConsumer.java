package io.asyncio4j.examples;

import static io.asyncio4j.Asyncio.gather;
import static io.asyncio4j.Asyncio.run;
import static io.asyncio4j.Asyncio.sleep;
import static java.time.Duration.ofSeconds;

import io.asyncio4j.Queue;

/** A producer that puts numbers into a queue, and a consumer that adds them up. */
final class ProducerConsumer {
  static void main() {
    run(ProducerConsumer::program);
  }

  // region program
  static void program() {
    var queue = new Queue<Integer>();
    gather(() -> produce(queue), () -> consume(queue)).await();
  }

  private static void produce(Queue<Integer> queue) {
    for (int number : new int[] {2, 3}) {
      sleep(ofSeconds(1));
      IO.println("Put " + number);
      queue.put(number);
    }
    queue.shutdown(); // no more will come
  }

  private static void consume(Queue<Integer> queue) {
    int sum = 0;
    for (int number : queue) {
      IO.println("Got " + number);
      sum += number;
    }
    IO.println("The sum is: " + sum);
  }

  // endregion

  private ProducerConsumer() {}
}
