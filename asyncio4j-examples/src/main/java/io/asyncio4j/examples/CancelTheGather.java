package io.asyncio4j.examples;

import static io.asyncio4j.Asyncio.createTask;
import static io.asyncio4j.Asyncio.gather;
import static io.asyncio4j.Asyncio.run;
import static io.asyncio4j.Asyncio.sleep;
import static java.time.Duration.ofSeconds;

import java.util.concurrent.CancellationException;

/** Cancels a gather, and with it all that it gathers and that is not done. */
final class CancelTheGather {
  static void main() {
    run(CancelTheGather::program);
  }

  // region program
  static void program() {
    var quick = createTask("quick", () -> sleep(ofSeconds(1), "quick"));
    var slow = createTask("slow", () -> sleep(ofSeconds(3), "slow"));
    var slower = createTask("slower", () -> sleep(ofSeconds(4), "slower"));
    var all = gather(quick, slow, slower);

    sleep(ofSeconds(2));
    all.cancel();
    try {
      IO.println(all.await());
    } catch (CancellationException e) {
      IO.println("the gather was cancelled");
    }
    IO.println(quick);
    IO.println(slow);
    IO.println(slower);
  }

  // endregion

  private CancelTheGather() {}
}
