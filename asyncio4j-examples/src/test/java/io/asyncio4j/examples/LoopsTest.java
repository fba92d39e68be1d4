package io.asyncio4j.examples;

import static io.asyncio4j.examples.Output.assertPrints;
import static io.asyncio4j.examples.Output.assertPrintsButNumbers;
import static io.asyncio4j.examples.Output.captured;
import static org.assertj.core.api.Assertions.assertThat;

import io.asyncio4j.EventLoop;
import io.asyncio4j.LoopErrorContext;
import io.asyncio4j.LoopOptions;
import io.asyncio4j.testing.TestLoop;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class LoopsTest {
  @RegisterExtension private final TestLoop loop = new TestLoop();

  private LoopOptions options() {
    return loop.options().withExceptionHandler(loop::record);
  }

  @Test
  void handWrittenLoop_printsWhatOursPrints() throws IOException {
    String byHand = captured(HandWrittenLoop::byHand);
    assertPrints("6a", () -> loop.run(HandWrittenLoop::program));
    assertThat(captured(() -> loop.run(HandWrittenLoop::program))).isEqualTo(byHand);
  }

  @Test
  void runForever_interruptedEarly_hasNoResults_andReportsWhatIsPending() throws IOException {
    assertPrints("6b", () -> RunForever.program(options(), Duration.ofSeconds(1)));
    assertPrints(
        "6b-report", () -> loop.takeReports().forEach(report -> IO.println(asLogged(report))));
  }

  private static String asLogged(LoopErrorContext report) {
    return report.message() + " [loop main]";
  }

  @Test
  void runForever_interruptedLate_hasBothResults() throws IOException {
    assertPrints("6c", () -> RunForever.program(options(), Duration.ofSeconds(4)));
    loop.assertElapsed(Duration.ofSeconds(4));
  }

  @Test
  void runUntilComplete_overWait_endsWithTheLastTask() throws IOException {
    assertPrints("6d", () -> RunUntilComplete.program(options()));
    loop.assertElapsed(Duration.ofSeconds(3));
  }

  @Test
  void thirdCoroutine_seesTheResultsCome() throws IOException {
    assertPrints("6e", () -> loop.run(ThirdCoroutine::program));
  }

  @Test
  void hundredGets_atOnce_takeTheTimeOfOne() throws IOException {
    loop.clock().jumpsOverTraffic(true);
    assertPrintsButNumbers("6f", () -> loop.run(HundredGets::onLoopback));
    loop.assertElapsed(Duration.ofMillis(101 * 40));
  }

  @Test
  void runInsideARunningLoop_isRefused() throws IOException {
    assertPrints("6-mistake", () -> loop.run(LoopsTest::mistake));
  }

  private static void mistake() {
    try {
      // region mistake
      EventLoop loop = EventLoop.current();
      loop.runUntilComplete(() -> ThirdCoroutine.program());
      // endregion
    } catch (IllegalStateException e) {
      IO.println(e);
    }
  }
}
