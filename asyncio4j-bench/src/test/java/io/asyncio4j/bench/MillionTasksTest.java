package io.asyncio4j.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.asyncio4j.fixtures.ForkedJvm;
import java.util.List;
import org.junit.jupiter.api.Test;

class MillionTasksTest {
  @Test
  void tasksAsleep_cancelledAtOnce_allEndInBoundedMemory() throws Exception {
    ForkedJvm.Outcome outcome =
        ForkedJvm.run(
            List.of(ForkedJvm.FULL_MODE, "-Xmx256m"), MillionTasks.class, String.valueOf(50_000));
    assertThat(outcome.output()).contains("cancelled         50,000");
    assertThat(outcome.exitCode()).isZero();
  }
}
