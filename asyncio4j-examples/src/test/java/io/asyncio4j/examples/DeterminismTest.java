package io.asyncio4j.examples;

import static io.asyncio4j.examples.Output.assertPrints;

import io.asyncio4j.testing.TestLoop;
import java.io.IOException;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class DeterminismTest {
  @RegisterExtension private final TestLoop loop = new TestLoop();

  @Test
  void tasks_calledComeInTurn_startedAtOnceComeByTheirLength() throws IOException {
    assertPrints("1c", () -> loop.run(() -> Determinism.program(new Random(1))));
  }
}
