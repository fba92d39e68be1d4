package io.asyncio4j.examples;

import static io.asyncio4j.Asyncio.map;
import static io.asyncio4j.Asyncio.run;
import static io.asyncio4j.Asyncio.timeout;

import io.asyncio4j.BrokenWorkerException;
import io.asyncio4j.ProcessPoolExecutor;
import io.asyncio4j.TimeoutException;
import java.io.Serializable;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;

/** CPU work in processes of its own: its result, a crash, and how it is stopped. */
final class WorkerProcess {
  static void main() {
    run(WorkerProcess::program);
  }

  // region program
  record Found(int from, int to, int primes) implements Serializable {}

  record Search(int from, int to) implements Callable<Found>, Serializable {
    @Override
    public Found call() {
      return new Found(from, to, new Primes(from, to).call());
    }
  }

  static void program() {
    try (var pool = ProcessPoolExecutor.create()) {
      var halves = List.of(new Search(0, 50_000), new Search(50_000, 100_000));
      map(halves, pool::call).await().forEach(found -> IO.println("result: " + found));

      try {
        pool.call(WorkerProcess::crash);
      } catch (BrokenWorkerException e) {
        IO.println("crash: a worker ended with " + e.exitStatus().orElseThrow());
      }

      try {
        timeout(Duration.ofMillis(300), () -> pool.call(WorkerProcess::neverEnds));
      } catch (TimeoutException e) {
        IO.println("cancel: the worker is killed");
      }

      IO.println("and on: " + pool.call(new Primes(0, 10)) + " primes, by a fresh worker");
    }
  }

  private static int crash() {
    Runtime.getRuntime().halt(42); // what a fault in native code might do
    return 0;
  }

  private static int neverEnds() {
    while (true) {
      Thread.onSpinWait();
    }
  }

  // endregion

  private WorkerProcess() {}
}
