package io.asyncio4j.examples;

import static io.asyncio4j.Asyncio.gather;
import static io.asyncio4j.Asyncio.run;
import static io.asyncio4j.Asyncio.sleep;
import static io.asyncio4j.Asyncio.toThread;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;

/** A call that would hold the loop runs in a thread of the default executor. */
final class DefaultExecutor {
  private static final Duration A_WHILE = Duration.ofMillis(300);

  static void main() {
    run(DefaultExecutor::program);
  }

  // region program
  static void program() {
    Stopwatch watch = Stopwatch.start();
    IO.println("started main at " + watch);
    gather(() -> toThread(() -> blockingIo(watch)), () -> sleep(A_WHILE, 0)).await();
    IO.println("finished main at " + watch);
  }

  private static int blockingIo(Stopwatch watch) throws IOException, InterruptedException {
    IO.println("start blockingIo at " + watch);
    Thread.sleep(A_WHILE); // a slow disk
    try (InputStream random = new FileInputStream("/dev/urandom")) {
      int read = random.readNBytes(100).length;
      IO.println("blockingIo read " + read + " bytes, complete at " + watch);
      return read;
    }
  }

  // endregion

  private DefaultExecutor() {}
}
