package io.asyncio4j.examples;

import static io.asyncio4j.Asyncio.gather;
import static io.asyncio4j.Asyncio.run;
import static io.asyncio4j.Asyncio.sleep;
import static io.asyncio4j.examples.Output.assertPrints;
import static java.time.Duration.ofSeconds;

import io.asyncio4j.Queue;
import io.asyncio4j.testing.TestLoop;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class SynchronousCodeTest {
  @RegisterExtension private final TestLoop loop = new TestLoop();

  @Test
  void loopByHand_runsTasksWhileItIsRun() throws IOException {
    assertPrints("12a", () -> LoopByHand.program(loop.options()));
  }

  @Test
  void producerAndConsumer_addUp() throws IOException {
    assertPrints("12b", () -> loop.run(ProducerConsumer::program));
  }

  @Test
  void mistake_toRunALoopInsideALoop_isRefused() throws IOException {
    assertPrints(
        "12-mistake",
        () -> {
          try {
            loop.run(SynchronousCodeTest::mistake);
          } catch (IllegalStateException e) {
            IO.println(e.getMessage());
          }
        });
  }

  // region mistake
  private static void mistake() {
    int price = run(() -> sleep(ofSeconds(1), 42)); // in a task: a loop runs already
    IO.println(price);
  }

  // endregion

  @Test
  void mistake_toForgetTheEndOfTheQueue_isADeadlock() throws IOException {
    assertPrints(
        "12-deadlock",
        () -> {
          try {
            loop.run(SynchronousCodeTest::withoutEnd);
          } catch (AssertionError e) {
            e.getMessage()
                .lines()
                .filter(line -> !line.contains(" io.asyncio4j.testing.")) // how the test is run
                .forEach(IO::println);
          }
        });
  }

  // region deadlock
  private static void withoutEnd() {
    var queue = new Queue<Integer>();
    gather(() -> produce(queue), () -> consume(queue)).await();
  }

  private static void produce(Queue<Integer> queue) {
    queue.put(2);
    queue.put(3); // and nobody says that this was the last
  }

  private static void consume(Queue<Integer> queue) {
    int sum = 0;
    for (int number : queue) {
      sum += number;
    }
    IO.println("The sum is: " + sum);
  }
  // endregion
}
