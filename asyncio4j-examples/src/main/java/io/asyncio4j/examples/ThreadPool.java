package io.asyncio4j.examples;

import static io.asyncio4j.Asyncio.gather;
import static io.asyncio4j.Asyncio.run;

import io.asyncio4j.EventLoop;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Calls that would hold the loop run in a thread pool of one's own. */
final class ThreadPool {
  static void main() {
    run(ThreadPool::program);
  }

  // region program
  static void program() {
    EventLoop loop = EventLoop.current();
    try (ExecutorService disk = Executors.newFixedThreadPool(2)) { // at most two reads at once
      var reads =
          List.of("first", "second", "third", "fourth").stream()
              .map(name -> loop.runInExecutor(disk, () -> blockingIo(name)))
              .toList();
      gather(reads).await().forEach(IO::println);
    }
  }

  private static String blockingIo(String name) throws IOException {
    try (InputStream random = new FileInputStream("/dev/urandom")) {
      return name + ": " + random.readNBytes(100).length + " bytes";
    }
  }

  // endregion

  private ThreadPool() {}
}
