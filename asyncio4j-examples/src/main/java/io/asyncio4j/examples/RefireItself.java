package io.asyncio4j.examples;

import static io.asyncio4j.Asyncio.run;
import static io.asyncio4j.Asyncio.toThread;

import io.asyncio4j.refire.ProgressListener;
import io.asyncio4j.refire.Refire;
import io.asyncio4j.refire.RefireException;
import io.asyncio4j.refire.RefireOptions;
import io.asyncio4j.refire.Summary;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** The engine of refire on the same log and the same shop. */
final class RefireItself {
  static void main() throws Exception {
    Path folder = Files.createTempDirectory("refire");
    try {
      run(() -> program(folder));
    } finally {
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }

  // region program
  static void program(Path folder) throws IOException, RefireException {
    Path log = Files.writeString(folder.resolve("access.log"), FlakyShop.ACCESS_LOG);
    try (Site shop = FlakyShop.open()) {
      RefireOptions options =
          RefireOptions.builder(log.toString())
              .target(URI.create(shop.url("")))
              .retries(1) // waits are up to a second then
              .build();
      // The engine has a loop of its own; the shop lives on this one.
      Summary summary = toThread(() -> new Refire(options).run(ProgressListener.NONE));

      IO.println("failed lines     " + summary.plan().failed());
      IO.println("refused          " + summary.plan().refused());
      IO.println("fired            " + summary.fired());
      IO.println("recovered        " + summary.recovered());
      IO.println("still failing    " + summary.failing());
      Files.readAllLines(options.outFile()).stream()
          .map(line -> line.substring(line.indexOf('"'))) // client and time are before it
          .sorted()
          .forEach(IO::println);
    }
  }

  // endregion

  private RefireItself() {}
}
