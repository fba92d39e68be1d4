package io.asyncio4j;

import static org.assertj.core.api.Assertions.assertThat;

import io.asyncio4j.fixtures.TestLoop;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The samples of docs/coordination.md and of the Javadoc of what tasks share. */
class CoordinationSamplesTest {
  @RegisterExtension final TestLoop loop = new TestLoop();

  private final List<Object> printed = new ArrayList<>();

  private void print(Object value) {
    printed.add(value);
  }

  private void work() {
    print("worked");
  }

  private void work(String job) {
    print(job);
  }

  @Test
  void snippetsOfTheJavadoc() {
    Semaphore semaphore = new Semaphore(1);
    Queue<String> queue = new Queue<>();
    queue.putNow("job");
    queue.shutdown();
    loop.run(
        () -> {
          try (var _ = semaphore.hold()) {
            work();
          }
          for (String job : queue) { // until the queue is shut down and empty
            work(job);
            queue.taskDone();
          }
          queue.join();
        });
    assertThat(printed).containsExactly("worked", "job");
  }
}
