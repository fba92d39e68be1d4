package io.asyncio4j.testing;

import static io.asyncio4j.Asyncio.createTask;
import static io.asyncio4j.Asyncio.sleep;
import static java.time.Duration.ZERO;

import io.asyncio4j.EventLoop;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A test that does not look at what its loop reported. */
class ReportNotTaken {
  @RegisterExtension final TestLoop loop = new TestLoop();

  @Test
  void test() {
    loop.run(
        () -> {
          EventLoop.current()
              .callSoon(
                  () -> {
                    throw new IllegalStateException("first");
                  });
          createTask(
              () -> {
                throw new IOException("second");
              });
          sleep(ZERO);
        });
  }
}
