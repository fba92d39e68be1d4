package io.asyncio4j.examples;

import static io.asyncio4j.Asyncio.map;
import static io.asyncio4j.Asyncio.sleep;
import static io.asyncio4j.examples.Output.assertPrints;
import static java.time.Duration.ofSeconds;

import io.asyncio4j.testing.TestLoop;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class OrdersTest {
  @RegisterExtension private final TestLoop loop = new TestLoop();

  @Test
  void oneAfterAnother_outlastsTheTimeout() throws IOException {
    assertPrints("7a", () -> loop.run(OrdersOneByOne::program));
  }

  @Test
  void atOnce_takesTheTimeOfOne() throws IOException {
    assertPrints("7b", () -> loop.run(OrdersAtOnce::program));
  }

  @Test
  void withFailures_givesBothKinds() throws IOException {
    assertPrints("7c", () -> loop.run(OrdersWithFailures::program));
  }

  @Test
  void cancelledGather_cancelsAllThatArePending() throws IOException {
    assertPrints("7d", () -> loop.run(CancelTheGather::program));
  }

  @Test
  void cancelledChild_failsTheGatherOnly() throws IOException {
    assertPrints("7e", () -> loop.run(CancelOneChild::program));
  }

  @Test
  void failedChild_failsTheGatherAtOnce() throws IOException {
    assertPrints("7f", () -> loop.run(OneFails::program));
  }

  @Test
  void mistake_toTakeTheOthersForStopped_isNamedByTheTest() throws IOException {
    assertPrints(
        "7-mistake",
        () -> {
          try {
            loop.run(OrdersTest::mistake);
          } catch (AssertionError e) {
            IO.println(e.getMessage());
          }
        });
  }

  // region mistake
  private static void mistake() {
    try {
      map(List.of(1, 2, 3), OrdersTest::pay).<IOException>await();
    } catch (IOException e) {
      IO.println(e.getMessage() + ", so nothing is paid"); // the others are being paid
    }
  }

  private static String pay(int orderId) throws IOException {
    if (orderId == 2) {
      throw new IOException("order 2 has no address");
    }
    return sleep(ofSeconds(orderId), "paid");
  }
  // endregion
}
