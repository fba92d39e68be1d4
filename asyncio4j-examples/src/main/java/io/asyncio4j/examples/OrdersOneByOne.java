package io.asyncio4j.examples;

import static io.asyncio4j.Asyncio.run;
import static io.asyncio4j.Asyncio.sleep;
import static io.asyncio4j.Asyncio.timeout;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;

import io.asyncio4j.TimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Calls a remote service for one order after another, for longer than the caller waits. */
final class OrdersOneByOne {
  static void main() {
    IO.println("Twenty seconds pass in one here.");
    run(FasterClock.times(20), OrdersOneByOne::program);
  }

  // region program
  static void program() {
    var watch = Stopwatch.start();
    var orderIds = IntStream.rangeClosed(1, 30).boxed().toList();
    try {
      var details = timeout(ofMinutes(2), () -> orderDetails(orderIds));
      IO.println(details.size() + " orders after " + watch + " s: " + details.getFirst() + ", ...");
    } catch (TimeoutException e) {
      IO.println("No orders after " + watch + " s: " + e.getMessage());
    }
  }

  private static List<String> orderDetails(List<Integer> orderIds) {
    List<String> results = new ArrayList<>();
    for (int orderId : orderIds) {
      results.add(orderDetail(orderId));
    }
    return results;
  }

  private static String orderDetail(int orderId) {
    return processed(remoteCall(orderId));
  }

  // endregion

  private static String remoteCall(int orderId) {
    return sleep(ofSeconds(5), "order " + orderId);
  }

  private static String processed(String details) {
    return details + " is paid";
  }

  private OrdersOneByOne() {}
}
