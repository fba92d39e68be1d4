package io.asyncio4j.examples;

import static io.asyncio4j.Asyncio.createTask;
import static io.asyncio4j.Asyncio.sleep;
import static io.asyncio4j.examples.Output.assertPrints;
import static java.time.Duration.ofSeconds;

import io.asyncio4j.testing.TestLoop;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class PrintSumTest {
  @RegisterExtension private final TestLoop loop = new TestLoop();

  @Test
  void printSum_computesFirst() throws IOException {
    assertPrints("10a", () -> loop.run(PrintSum::program));
  }

  @Test
  void tasksFirst_waitTogether() throws IOException {
    assertPrints("10b", () -> loop.run(TasksFirst::program));
  }

  @Test
  void eachAwaitedAtOnce_waitsOneAfterAnother() throws IOException {
    assertPrints("10c", () -> loop.run(AwaitedOneByOne::program));
  }

  @Test
  void future_goesThroughItsStates() throws IOException {
    assertPrints("10d", () -> loop.run(FutureStates::program));
  }

  @Test
  void mistake_toAwaitEachAtOnce_isSeenByATestOfTheTime() throws IOException {
    assertPrints(
        "10-mistake",
        () -> {
          try {
            loop.run(PrintSumTest::mistake);
            loop.assertElapsed(ofSeconds(3)); // the longest of the three
          } catch (AssertionError e) {
            IO.println(e.getMessage());
          }
        });
  }

  // region mistake
  private static void mistake() {
    for (int seconds : new int[] {1, 2, 3}) {
      createTask(() -> sleep(ofSeconds(seconds))).await();
    }
  }
  // endregion
}
