package io.asyncio4j.examples;

import static io.asyncio4j.Asyncio.createTask;
import static io.asyncio4j.Asyncio.moveOnAfter;
import static io.asyncio4j.Asyncio.sleep;
import static io.asyncio4j.Asyncio.waitUntil;
import static io.asyncio4j.ReturnWhen.FIRST_COMPLETED;
import static io.asyncio4j.examples.Output.assertPrints;
import static io.asyncio4j.examples.Output.assertText;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.asyncio4j.ThrowingCallable;
import io.asyncio4j.testing.TestLoop;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class FieldInTimeTest {
  @RegisterExtension private final TestLoop loop = new TestLoop();

  @BeforeEach
  void bothEndsAreHere() {
    loop.clock().jumpsOverTraffic(true);
  }

  @Test
  void noAnswerInTime_leavesTheFieldAsItWas() throws IOException {
    assertPrints("5", () -> loop.run(() -> FieldInTime.onLoopback(ofMillis(10))));
    loop.assertElapsed(ofMillis(10));
  }

  @Test
  void answerInTime_isTheField() throws IOException {
    assertPrints("5-long", () -> loop.run(() -> FieldInTime.onLoopback(ofSeconds(5))));
    loop.assertElapsed(ofMillis(200));
  }

  // region shorter
  private static String ipInTime(ThrowingCallable<String, IOException> service, Duration timeout)
      throws IOException {
    return moveOnAfter(timeout, service).orElse("not available");
  }

  // endregion

  @Test
  void moveOnAfter_givesTheAnswerOrNothing() throws IOException {
    loop.run(
        () -> {
          ThrowingCallable<String, IOException> service = () -> sleep(ofMillis(200), "192.0.2.7");
          assertThat(ipInTime(service, ofMillis(10))).isEqualTo("not available");
          assertThat(ipInTime(service, ofSeconds(5))).isEqualTo("192.0.2.7");
        });
    loop.assertElapsed(ofMillis(210));
  }

  // region mistake
  private static String ip(Duration timeout) {
    var slow = createTask("slow service", () -> sleep(ofMinutes(1), "192.0.2.7"));
    var answer = waitUntil(FIRST_COMPLETED, List.of(slow), timeout);
    return answer.done().isEmpty() ? "not available" : slow.result();
  }

  // endregion

  @Test
  void waitUntilWithATimeout_cancelsNothing_theTestLoopSaysSo() throws IOException {
    Throwable failure = catchThrowable(() -> loop.run(() -> ip(ofSeconds(5))));
    assertText("5-mistake", failure.getMessage() + "\n");
  }
}
