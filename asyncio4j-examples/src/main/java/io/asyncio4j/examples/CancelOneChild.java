package io.asyncio4j.examples;

import static io.asyncio4j.Asyncio.createTask;
import static io.asyncio4j.Asyncio.gather;
import static io.asyncio4j.Asyncio.gatherResults;
import static io.asyncio4j.Asyncio.run;
import static io.asyncio4j.Asyncio.sleep;
import static java.time.Duration.ofSeconds;

import java.util.concurrent.CancellationException;

/** Cancels one of two gathered tasks: to the gather that is a failure, and the other goes on. */
final class CancelOneChild {
  static void main() {
    run(CancelOneChild::program);
  }

  // region program
  static void program() {
    var one = createTask("one", () -> sleep(ofSeconds(1), "one"));
    var other = createTask("other", () -> sleep(ofSeconds(2), "other"));
    var both = gather(one, other);
    var outcomes = gatherResults(one, other); // with return_exceptions, in Python's words

    one.cancel();
    try {
      IO.println(both.await());
    } catch (CancellationException e) {
      IO.println("the gather ends as if 'one' had thrown a cancellation");
    }
    IO.println(one);
    IO.println(other);
    IO.println(other.await() + " came all the same");
    IO.println(outcomes.await());
  }

  // endregion

  private CancelOneChild() {}
}
