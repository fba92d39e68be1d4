package io.asyncio4j.examples;

import static io.asyncio4j.examples.Output.assertPrints;

import io.asyncio4j.testing.TestLoop;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class FooBarTest {
  @RegisterExtension private final TestLoop loop = new TestLoop();

  @Test
  void fooBar_printsInTurn() throws IOException {
    assertPrints("1a", () -> loop.run(FooBar::program));
  }
}
