package io.asyncio4j.testing;

import static io.asyncio4j.Asyncio.createTask;
import static io.asyncio4j.Asyncio.sleep;
import static io.asyncio4j.testing.AsyncAssertions.assertCancelled;
import static io.asyncio4j.testing.AsyncAssertions.assertDoesNotSuspend;
import static io.asyncio4j.testing.AsyncAssertions.assertElapsed;
import static io.asyncio4j.testing.AsyncAssertions.assertFailed;
import static io.asyncio4j.testing.AsyncAssertions.assertPending;
import static io.asyncio4j.testing.AsyncAssertions.assertResult;
import static io.asyncio4j.testing.AsyncAssertions.assertSuspends;
import static java.time.Duration.ZERO;
import static java.time.Duration.ofDays;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.asyncio4j.Lock;
import io.asyncio4j.Task;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Tag;
import org.opentest4j.AssertionFailedError;

/** Each assertion passes where it should, and says what is the case where it does not. */
class AsyncAssertionsTest {
  @AsyncTest
  void states_asExpected_pass() {
    Task<String> task = createTask("t", () -> sleep(ofSeconds(1), "value"));
    assertPending(task);
    sleep(ofSeconds(2));
    assertResult("value", task);
    Task<?> cancelled = createTask(() -> sleep(ofDays(1)));
    cancelled.cancel();
    sleep(ZERO);
    assertCancelled(cancelled);
  }

  @AsyncTest
  void states_otherThanExpected_fail() {
    Task<String> task = createTask("t", () -> sleep(ofSeconds(1), "value"));
    assertThatThrownBy(() -> assertResult("value", task))
        .isInstanceOf(AssertionFailedError.class)
        .hasMessage("Task 't' (RUNNING) is pending, expected it to be done with a result");
    sleep(ofSeconds(2));
    assertThatThrownBy(() -> assertPending(task))
        .hasMessage("Task 't' (SUCCESS) is done with a result, expected it to be pending");
    assertThatThrownBy(() -> assertCancelled(task)).hasMessageContaining("to be cancelled");
    assertThatThrownBy(() -> assertFailed(task, IOException.class))
        .hasMessageContaining("expected it to be failed");
    assertThatThrownBy(() -> assertResult("other", task))
        .hasMessage("Task 't' (SUCCESS) has the result value, expected other");
  }

  @AsyncTest
  void assertFailed_rightType_takesTheFailure() {
    IOException failure = new FileNotFoundException("x");
    Task<String> task = createTask(failing(failure));
    sleep(ZERO);
    assertThat(assertFailed(task, IOException.class)).isSameAs(failure);
  }

  @AsyncTest
  void failures_unexpected_areTheCause() {
    IOException failure = new IOException("x");
    Task<String> task = createTask(failing(failure));
    sleep(ZERO);
    assertThatThrownBy(() -> assertFailed(task, FileNotFoundException.class))
        .hasMessageContaining("failed with java.io.IOException: x, expected a java.io.FileNotFound")
        .hasCause(failure);
    assertThatThrownBy(() -> assertResult("x", task)).hasCause(failure);
  }

  private static Callable<String> failing(IOException failure) {
    return () -> {
      throw failure;
    };
  }

  @AsyncTest
  void assertElapsed_body_isMeasured() {
    assertElapsed(ofMillis(5), () -> sleep(ofMillis(5)));
    assertElapsed(ZERO, () -> sleep(ZERO));
    assertThatThrownBy(() -> assertElapsed(ofMillis(5), () -> sleep(ofMillis(6))))
        .isInstanceOf(AssertionFailedError.class)
        .hasMessage("PT0.006S of the loop's time have passed, expected PT0.005S");
  }

  @AsyncTest(seeds = 20)
  void assertSuspends_andNot_tellWhetherOthersRan() {
    Task<?> other = createTask(() -> sleep(ZERO));
    Lock lock = new Lock();
    assertDoesNotSuspend(lock::acquire);
    assertDoesNotSuspend(lock::release);
    assertSuspends(() -> sleep(ZERO));
    assertThatThrownBy(() -> assertDoesNotSuspend(() -> sleep(ZERO)))
        .isInstanceOf(AssertionFailedError.class)
        .hasMessage("the body suspended its task");
    assertThatThrownBy(() -> assertSuspends(() -> lock.acquire()))
        .isInstanceOf(AssertionFailedError.class)
        .hasMessage("the body did not suspend its task");
    other.await();
  }

  @AsyncTest
  @Tag("foreign-blocking")
  void assertSuspends_foreignCall_counts() throws InterruptedException {
    assertSuspends(() -> Thread.sleep(1));
  }
}
