package io.asyncio4j.conformance;

import static io.asyncio4j.Asyncio.createTask;
import static io.asyncio4j.Asyncio.shield;
import static io.asyncio4j.Asyncio.sleep;
import static io.asyncio4j.Asyncio.waitFor;
import static io.asyncio4j.Asyncio.waitUntil;
import static java.time.Duration.ZERO;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.asyncio4j.EventLoop;
import io.asyncio4j.Future;
import io.asyncio4j.ReturnWhen;
import io.asyncio4j.Task;
import io.asyncio4j.TimeoutException;
import io.asyncio4j.testing.TestLoop;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What CPython's {@code test_waitfor.py} means. */
class WaitForConformanceTest {
  private static final Duration SHORT = ofMillis(1);

  @RegisterExtension final TestLoop loop = new TestLoop();

  /** Sleeps 200 ms whatever cancels it. */
  private void stubborn() {
    long end = EventLoop.current().time() + ofMillis(200).toNanos();
    while (EventLoop.current().time() < end) {
      try {
        sleep(Duration.ofNanos(end - EventLoop.current().time()));
      } catch (CancellationException e) {
        loop.mark("ignored");
      }
    }
    loop.mark("exited");
  }

  private String marksItsEnd(Duration delay) {
    loop.mark("begun");
    try {
      return sleep(delay, "done");
    } finally {
      loop.mark("ended");
    }
  }

  private String cleansUpSlowly() {
    try {
      return sleep(ofSeconds(10), "done");
    } finally {
      sleep(SHORT);
      loop.mark("cleaned up");
    }
  }

  @Test
  @Ported("test_waitfor.AsyncioWaitForTest.test_asyncio_wait_for_cancelled")
  void cancelled_coroutineIgnoresIt_itsEndIsWaitedFor() {
    loop.run(
        () -> {
          Task<?> waiting = createTask(() -> waitFor(() -> stubborn(), ofMillis(400)));
          sleep(ZERO);
          waiting.cancel();
          waitUntil(ReturnWhen.ALL_COMPLETED, List.of(waiting));
        });
    assertThat(loop.trail()).containsExactly("ignored", "exited");
  }

  @Test
  @Ported("test_waitfor.AsyncioWaitForTest.test_asyncio_wait_for_timeout")
  void timeout_coroutineIgnoresIt_itsEndIsWaitedFor() {
    loop.run(() -> waitFor(() -> stubborn(), ofMillis(100)));
    assertThat(loop.trail()).containsExactly("ignored", "exited");
    assertThat(loop.elapsed()).isEqualTo(ofMillis(200));
  }

  @Test
  @Ported("test_waitfor.AsyncioWaitForTest.test_wait_for_timeout_less_then_0_or_0_future_done")
  void noTime_futureIsDone_givesItsResult() {
    loop.run(
        () -> {
          Future<String> future = EventLoop.current().createFuture();
          future.setResult("done");
          String result = waitFor(future, ZERO);
          assertThat(result).isEqualTo("done");
        });
  }

  @Test
  @Ported(
      "test_waitfor.AsyncioWaitForTest"
          + ".test_wait_for_timeout_less_then_0_or_0_coroutine_do_not_started")
  void noTime_coroutine_isNotStarted() {
    loop.run(
        () ->
            assertThatThrownBy(() -> waitFor(() -> marksItsEnd(ZERO), ZERO))
                .isInstanceOf(TimeoutException.class));
    assertThat(loop.trail()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, 1})
  @Ported({
    "test_waitfor.AsyncioWaitForTest.test_wait_for_timeout_less_then_0_or_0",
    "test_waitfor.AsyncioWaitForTest.test_wait_for"
  })
  void tooLate_runningTask_isCancelledAndHasEnded(int seconds) {
    loop.run(
        () -> {
          Task<String> task = createTask(() -> marksItsEnd(ofSeconds(10)));
          sleep(ZERO);
          assertThatThrownBy(() -> waitFor(task, ofSeconds(seconds)))
              .isInstanceOf(TimeoutException.class);
          assertThat(task.isCancelled()).isTrue();
        });
    assertThat(loop.trail()).containsExactly("begun", "ended");
  }

  @Test
  @Ported("test_waitfor.AsyncioWaitForTest.test_wait_for_race_condition")
  void resultInTheNextTurn_isGiven() {
    loop.run(
        () -> {
          Future<String> future = EventLoop.current().createFuture();
          EventLoop.current().callSoon(() -> future.setResult("ok"));
          String result = waitFor(future, ofMillis(200));
          assertThat(result).isEqualTo("ok");
        });
  }

  @Test
  @Ported({
    "test_waitfor.AsyncioWaitForTest.test_wait_for_cancellation_race_condition",
    "test_waitfor.AsyncioWaitForTest.test_wait_for_cancel_suppressed"
  })
  void tooLate_coroutineCatchesTheCancelAndReturns_itsValueIsGiven() {
    loop.run(
        () -> {
          int result =
              waitFor(
                  () -> {
                    assertThatThrownBy(() -> sleep(ofSeconds(1)))
                        .isInstanceOf(CancellationException.class);
                    return 42;
                  },
                  ofMillis(10));
          assertThat(result).isEqualTo(42);
        });
  }

  @Test
  @Ported({
    "test_waitfor.AsyncioWaitForTest.test_wait_for_waits_for_task_cancellation",
    "test_waitfor.AsyncioWaitForTest.test_wait_for_waits_for_task_cancellation_w_timeout_0"
  })
  void tooLate_taskWithSlowCleanUp_isWaitedFor() {
    loop.run(
        () -> {
          for (Duration limit : List.of(SHORT, ZERO)) {
            Task<String> task = createTask(this::cleansUpSlowly);
            sleep(ZERO);
            assertThatThrownBy(() -> waitFor(task, limit))
                .isInstanceOf(TimeoutException.class)
                .hasCauseInstanceOf(CancellationException.class);
          }
        });
    assertThat(loop.trail()).containsExactly("cleaned up", "cleaned up");
  }

  @Test
  @Ported("test_waitfor.AsyncioWaitForTest.test_wait_for_reraises_exception_during_cancellation")
  @SuppressWarnings({
    "Finally", "finally"
  }) // what Python's test does: the new exception replaces the old one
  void tooLate_taskFailsWhenItIsCancelled_itsExceptionIsThrown() {
    IllegalStateException failure = new IllegalStateException("in clean-up");
    loop.run(
        () -> {
          Task<String> task =
              createTask(
                  () -> {
                    try {
                      return sleep(ofMillis(200), "done");
                    } finally {
                      throw failure;
                    }
                  });
          assertThatThrownBy(() -> waitFor(task, SHORT)).isSameAs(failure);
        });
  }

  @Test
  @Ported("test_waitfor.AsyncioWaitForTest.test_cancel_wait_for")
  void cancelled_theTaskThatIsAwaitedIsToo() {
    loop.run(
        () -> {
          Task<String> task = createTask(() -> EventLoop.current().<String>createFuture().await());
          Task<String> waiting = createTask(() -> waitFor(task, ofSeconds(60)));
          EventLoop.current().callSoon(() -> waiting.cancel());
          assertThatThrownBy(waiting::await).isInstanceOf(CancellationException.class);
          assertThat(task.isCancelled()).isTrue();
        });
  }

  @Test
  @Ported("test_waitfor.AsyncioWaitForTest.test_wait_for_issue86296")
  void cancelled_whenTheResultIsThere_theCancelIsNotLost() {
    loop.run(
        () -> {
          Task<String> inner = createTask(() -> "done");
          Task<?> waiting =
              createTask(
                  () -> {
                    waitFor(inner, ofSeconds(100));
                    sleep(ofSeconds(1));
                    loop.mark("not reached");
                  });
          sleep(ZERO);
          waiting.cancel();
          assertThatThrownBy(waiting::await).isInstanceOf(CancellationException.class);
          assertThat(inner.result()).isEqualTo("done");
        });
    assertThat(loop.trail()).isEmpty();
  }

  @Test
  @Ported({
    "test_waitfor.WaitForShieldTests.test_zero_timeout",
    "test_waitfor.WaitForShieldTests.test_shielded_timeout"
  })
  void tooLate_shieldedTask_goesOn() {
    loop.run(
        () -> {
          for (Duration limit : List.of(ZERO, ofMillis(10))) {
            Task<String> task = createTask(() -> sleep(ofMillis(100), "done"));
            Future<String> shielded = shield(task);
            assertThatThrownBy(() -> waitFor(shielded, limit)).isInstanceOf(TimeoutException.class);
            assertThat(task.isDone()).isFalse();
            assertThat(shielded.isCancelled()).isTrue();
            assertThat(task.await()).isEqualTo("done");
          }
        });
  }
}
