package io.asyncio4j.examples;

import static io.asyncio4j.Asyncio.createTask;
import static io.asyncio4j.Asyncio.sleep;
import static io.asyncio4j.examples.Output.assertPrints;
import static io.asyncio4j.examples.Output.assertText;

import io.asyncio4j.EventLoop;
import io.asyncio4j.Runner;
import io.asyncio4j.testing.TestLoop;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class CooperativeTasksTest {
  @RegisterExtension private final TestLoop loop = new TestLoop();

  private final List<String> reports = new CopyOnWriteArrayList<>();
  private volatile boolean moreToDo = true;
  private long sum;

  @Test
  void oneWorks_whileTwoWait() throws IOException {
    assertPrints("1b", () -> loop.run(CooperativeTasks::program));
    loop.assertElapsed(Duration.ofSeconds(2));
  }

  // region mistake
  private void gr3() {
    while (moreToDo) {
      sum = 31 * sum + 7; // computes, and never lets the others run
    }
  }

  // endregion

  @Test
  void taskThatComputes_holdsTheLoop_debugModeNamesIt() throws IOException {
    try (Runner runner = new Runner(loop.options().withDebug(true))) {
      EventLoop held = runner.loop();
      held.slowCallbackDuration(Duration.ofMillis(10));
      held.exceptionHandler(
          report -> {
            // It is said while the task holds the loop, and again when it is over.
            moreToDo &= !report.message().contains("by Task 'gr3'");
            if (report.message().matches("(?s)the loop was held .* by Task 'gr3'.*")) {
              reports.add(report.message());
            }
          });
      runner.run(
          () -> {
            createTask("gr3", this::gr3).await();
            while (reports.isEmpty()) {
              sleep(Duration.ZERO);
            }
          });
    }
    assertText(
        "1-mistake",
        reports
            .getFirst()
            .replaceAll("about \\d+ ms", "about 500 ms")
            .replaceAll("(CooperativeTasksTest.java):\\d+", "$1:33")
            .concat("\n"));
  }
}
