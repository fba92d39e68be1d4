package io.asyncio4j.examples;

import static io.asyncio4j.Asyncio.createTask;
import static io.asyncio4j.Asyncio.run;
import static io.asyncio4j.examples.Output.assertPrints;
import static io.asyncio4j.examples.Output.assertPrintsButNumbers;

import io.asyncio4j.EventLoop;
import io.asyncio4j.ProcessPoolExecutor;
import io.asyncio4j.Task;
import io.asyncio4j.testing.TestLoop;
import java.io.IOException;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What these programs are about takes real time: a loop by the system's clock runs them. */
class BlockingCallsTest {
  @RegisterExtension private final TestLoop loop = new TestLoop();

  private final int limit = 10;

  @Test
  void defaultExecutor_leavesTheLoopFree() throws IOException {
    assertPrintsButNumbers("11a", () -> run(DefaultExecutor::program));
  }

  @Test
  void threadPool_readsAll() throws IOException {
    assertPrints("11b", () -> loop.run(ThreadPool::program));
  }

  @Test
  void allCores_findTheSameAsOne() throws IOException {
    assertPrintsButNumbers("11c", () -> run(AllCores::program));
  }

  @Test
  void workerProcess_crashesAndIsKilledWithoutHarm() throws IOException {
    assertPrints("11d", () -> run(WorkerProcess::program));
  }

  @Test
  void noExecutor_blockingCallsGoOnAtOnce() throws IOException {
    assertPrintsButNumbers("11e", () -> run(NoExecutor::program));
  }

  @Test
  void computingInATask_holdsTheLoop_debugModeSaysSo() throws IOException {
    assertPrints(
        "11-mistake",
        () -> {
          loop.run(BlockingCallsTest::compute);
          loop.takeReports().stream()
              .map(report -> report.message())
              .filter(text -> text.startsWith("the loop was held") && text.contains("'count'"))
              .map(BlockingCallsTest::withoutWhatChanges)
              .forEach(IO::println);
        });
  }

  private static void compute() {
    EventLoop.current().debug(true);
    // region mistake
    Task<Integer> count = createTask("count", () -> new Primes(0, 3_000_000).call());
    // endregion
    count.await();
  }

  /** The time, and which step of the computation was met. */
  private static String withoutWhatChanges(String report) {
    return report
        .replaceAll("about \\d+ ms", "about 700 ms")
        .replaceAll("\\n.*isPrime.*", "")
        .replaceAll("Primes.java:\\d+", "Primes.java:12");
  }

  @Test
  void lambdaWithAField_isNotSent_andToldWhy() throws IOException {
    assertPrints(
        "11-captured",
        () ->
            loop.run(
                () -> {
                  try (var pool = ProcessPoolExecutor.create()) {
                    // region captured
                    pool.call(() -> new Primes(0, limit).call()); // limit is a field of this
                    // endregion
                  } catch (RejectedExecutionException e) {
                    IO.println(e.getMessage());
                  }
                }));
  }
}
