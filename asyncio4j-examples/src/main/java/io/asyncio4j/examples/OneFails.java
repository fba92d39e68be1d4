package io.asyncio4j.examples;

import static io.asyncio4j.Asyncio.createTask;
import static io.asyncio4j.Asyncio.gather;
import static io.asyncio4j.Asyncio.run;
import static io.asyncio4j.Asyncio.sleep;
import static java.time.Duration.ofSeconds;

import java.io.IOException;
import java.util.List;

/** Lets one of two gathered tasks fail: the gather fails at once, and the other goes on. */
final class OneFails {
  static void main() {
    run(OneFails::program);
  }

  // region program
  static void program() {
    var bad = createTask("bad", OneFails::fail);
    var good = createTask("good", () -> sleep(ofSeconds(2), "good"));
    var both = gather(List.of(bad, good));
    try {
      IO.println(both.<IOException>await());
    } catch (IOException e) {
      IO.println("the gather fails at once: " + e.getMessage());
    }
    IO.println(good);
    IO.println("cancel the gather now: " + both.cancel());
    IO.println(good.await() + " came all the same");
  }

  // endregion

  private static void fail() throws IOException {
    sleep(ofSeconds(1));
    throw new IOException("no connection");
  }

  private OneFails() {}
}
