package io.asyncio4j.examples;

import static io.asyncio4j.Asyncio.run;
import static io.asyncio4j.examples.Output.assertPrints;

import io.asyncio4j.testing.TestLoop;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class RefireExamplesTest {
  @RegisterExtension private final TestLoop loop = new TestLoop();

  @Test
  void refireInShort_reportsWhatRecoveredAndWhatDidNot() throws Exception {
    loop.clock().jumpsOverTraffic(true);
    assertPrints("14a", () -> loop.run(RefireInShort::program));
  }

  @Test
  void refireItself_writesItsLog(@TempDir Path folder) throws Exception {
    // The engine's own loop lives by real time.
    assertPrints("14b", () -> run(() -> RefireItself.program(folder)));
  }
}
