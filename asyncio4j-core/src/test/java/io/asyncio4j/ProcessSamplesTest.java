package io.asyncio4j;

import static io.asyncio4j.Asyncio.createTask;
import static io.asyncio4j.Asyncio.map;
import static io.asyncio4j.Asyncio.sleep;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.asyncio4j.testing.TestLoop;
import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The samples of the page on worker processes, which quotes the regions of this file. */
class ProcessSamplesTest {
  @RegisterExtension
  final TestLoop loop = new TestLoop().realTimeLimit(Duration.ofMinutes(2)); // JVMs are started

  private final List<Object> printed = new ArrayList<>();

  private void print(Object text) {
    printed.add(text);
  }

  /** Something that computes. */
  static final class Primes {
    private Primes() {}

    static int between(int from, int to) {
      int found = 0;
      for (int number = Math.max(2, from); number < to; number++) {
        int divisor = 2;
        while (divisor * divisor <= number && number % divisor != 0) {
          divisor++;
        }
        if (divisor * divisor > number) {
          found++;
        }
      }
      return found;
    }
  }

  // region task
  record CountPrimes(int from, int to) implements Callable<Integer>, Serializable {
    @Override
    public Integer call() {
      return Primes.between(from, to);
    }
  }

  // endregion

  @Test
  void map_overWorkers() {
    loop.run(
        () -> {
          // region map
          try (var pool = ProcessPoolExecutor.create()) {
            var ranges = List.of(new CountPrimes(0, 5_000), new CountPrimes(5_000, 10_000));
            print(map(ranges, pool::call).await()); // [669, 560], each from a worker
          }
          // endregion
        });
    assertThat(printed).containsExactly(List.of(669, 560));
  }

  @Test
  void lambda_isCopied() {
    Path path = Path.of("no such file");
    loop.run(
        () -> {
          try (var pool = ProcessPoolExecutor.create()) {
            // region lambda
            String name = path.toString(); // a Path is not Serializable
            try {
              print(pool.call(() -> Files.size(Path.of(name))));
            } catch (IOException e) { // as it was thrown, with its stack in the worker
              print(e);
            }
            // endregion
          }
        });
    assertThat(printed).singleElement().isInstanceOf(NoSuchFileException.class);
  }

  @Test
  void worker_isKilled() {
    loop.run(
        () -> {
          var pool = ProcessPoolExecutor.create(ProcessPoolOptions.defaults().withMaxWorkers(1));
          try (pool) {
            // region kill
            Task<Integer> endless = createTask(() -> pool.call(new CountPrimes(0, 2_000_000_000)));
            sleep(Duration.ZERO);
            endless.cancel(); // kills the process
            print(pool.call(new CountPrimes(0, 10))); // in a fresh one
            // endregion
            assertThatThrownBy(endless::await).isInstanceOf(CancellationException.class);
          }
        });
    assertThat(printed).containsExactly(4);
  }

  @Test
  void worker_crashes() {
    loop.run(
        () -> {
          try (var pool = ProcessPoolExecutor.create()) {
            // region crash
            try {
              pool.call(ProcessSamplesTest::exit);
            } catch (BrokenWorkerException e) { // the pool goes on
              print(e.exitStatus().orElseThrow());
            }
            // endregion
          }
        });
    assertThat(printed).containsExactly(3);
  }

  private static int exit() {
    System.exit(3);
    return 0;
  }
}
