package io.asyncio4j.examples;

import static io.asyncio4j.Asyncio.gatherResults;
import static io.asyncio4j.Asyncio.run;
import static io.asyncio4j.Asyncio.sleep;
import static java.time.Duration.ofSeconds;

import io.asyncio4j.Result;
import java.io.IOException;
import java.util.List;

/** Calls a remote service for several orders at once and keeps what failed among the results. */
final class OrdersWithFailures {
  static void main() {
    run(OrdersWithFailures::program);
  }

  // region program
  static void program() {
    var orderIds = List.of(1, 2, 3, 4);
    var results = gatherResults(orderIds, OrdersWithFailures::orderDetail).await();
    for (var result : results.all()) {
      switch (result) {
        case Result.Success(String details) -> IO.println(details);
        case Result.Failure(Throwable e) -> IO.println("failed: " + e.getMessage());
      }
    }
    IO.println(results.successCount() + " came, " + results.exceptionCount() + " failed");
  }

  private static String orderDetail(int orderId) throws IOException {
    sleep(ofSeconds(1));
    if (orderId == 3) {
      throw new IOException("order 3 is not in this region");
    }
    return "order " + orderId + " is paid";
  }

  // endregion

  private OrdersWithFailures() {}
}
