package io.asyncio4j;

import static io.asyncio4j.Asyncio.createTask;
import static io.asyncio4j.Asyncio.currentTask;
import static io.asyncio4j.Asyncio.gather;
import static io.asyncio4j.Asyncio.sleep;
import static io.asyncio4j.Asyncio.waitFor;
import static io.asyncio4j.Asyncio.waitUntil;
import static io.asyncio4j.ReturnWhen.ALL_COMPLETED;
import static java.time.Duration.ZERO;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import io.asyncio4j.testing.TestLoop;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Waiting for a limited time loses neither a result nor a cancel. */
class WaitForTest {
  @RegisterExtension final TestLoop loop = new TestLoop();

  private static Task<?> self() {
    return requireNonNull(currentTask());
  }

  private int sleepAndMark() {
    try {
      return sleep(ofSeconds(10), 1);
    } catch (CancellationException e) {
      loop.mark("cancelled");
      throw e;
    }
  }

  /** Goes on for 200 ms, however often it is cancelled. */
  private String stubborn() {
    long end = EventLoop.current().time() + ofMillis(200).toNanos();
    while (EventLoop.current().time() < end) {
      try {
        sleep(Duration.ofNanos(end - EventLoop.current().time()));
      } catch (CancellationException e) {
        loop.mark("ignored");
      }
    }
    loop.mark("ended");
    return "stubborn";
  }

  // ---- in time

  @Test
  void coroutine_inTime_givesItsValueInTheSameTask() {
    loop.run(
        () -> {
          Task<?> caller = self();
          assertThat(
                  WaitForTest.<String>inTime(
                      () -> {
                        assertThat(self()).isSameAs(caller);
                        return sleep(ofMillis(5), "done");
                      }))
              .isEqualTo("done");
        });
    assertThat(loop.elapsed()).isEqualTo(ofMillis(5));
  }

  private static <T> T inTime(ThrowingCallable<T, RuntimeException> coroutine) {
    return waitFor(coroutine, ofSeconds(1));
  }

  @Test
  void future_inTime_givesItsResult() {
    loop.run(
        () -> {
          Future<String> future = EventLoop.current().createFuture();
          EventLoop.current().callLater(ofMillis(100), () -> future.setResult("ok"));
          String result = waitFor(future, ofMillis(200));
          assertThat(result).isEqualTo("ok");
          sleep(ofSeconds(1));
        });
  }

  @Test
  void coroutine_failsInTime_theCheckedExceptionCanBeCaught() {
    loop.run(
        () -> {
          IOException failure = new IOException("io");
          try {
            String never = waitFor(() -> failing(failure), ofSeconds(1));
            fail("no exception but " + never);
          } catch (IOException e) {
            assertThat(e).isSameAs(failure);
          }
        });
  }

  private static String failing(IOException failure) throws IOException {
    throw failure;
  }

  // ---- too late

  @Test
  void task_tooLate_isCancelledAndDoneBeforeTheTimeoutIsThrown() {
    loop.run(
        () -> {
          Task<Integer> task = createTask(this::sleepAndMark);
          assertThatThrownBy(() -> waitFor(task, ofMillis(100)))
              .isInstanceOf(TimeoutException.class)
              .hasCauseInstanceOf(CancellationException.class)
              .hasMessageContaining("PT0.1S");
          assertThat(task.isCancelled()).isTrue();
          assertThat(self().cancelling()).isZero();
        });
    assertThat(loop.trail()).containsExactly("cancelled");
    assertThat(loop.elapsed()).isEqualTo(ofMillis(100));
  }

  @Test
  void task_tooLateWithSlowCleanUp_isWaitedFor() {
    loop.run(
        () -> {
          Task<Integer> task =
              createTask(
                  () -> {
                    try {
                      return sleepAndMark();
                    } finally {
                      sleep(ofMillis(50));
                      loop.mark("cleaned up");
                    }
                  });
          assertThatThrownBy(() -> waitFor(task, ofMillis(100)))
              .isInstanceOf(TimeoutException.class);
        });
    assertThat(loop.trail()).containsExactly("cancelled", "cleaned up");
    assertThat(loop.elapsed()).isEqualTo(ofMillis(150));
  }

  @Test
  void future_tooLate_isCancelled() {
    loop.run(
        () -> {
          Future<String> future = EventLoop.current().createFuture();
          assertThatThrownBy(() -> waitFor(future, ofMillis(100)))
              .isInstanceOf(TimeoutException.class);
          assertThat(future.isCancelled()).isTrue();
        });
  }

  @Test
  void coroutine_swallowsTheCancelAndReturns_itsValueWins() {
    loop.run(
        () -> {
          int value =
              waitFor(
                  () -> {
                    assertThatThrownBy(() -> sleep(ofSeconds(10)))
                        .isInstanceOf(CancellationException.class);
                    return 42;
                  },
                  ofMillis(100));
          assertThat(value).isEqualTo(42);
          assertThat(self().cancelling()).isZero();
          sleep(ofSeconds(1));
        });
  }

  @Test
  void task_swallowsTheCancelAndReturns_itsValueWins() {
    loop.run(
        () -> {
          Task<String> task = createTask(this::stubborn);
          // The task was cancelled through the caller, whose await goes on and gets the value.
          String value = waitFor(task, ofMillis(100));
          assertThat(value).isEqualTo("stubborn");
          assertThat(self().cancelling()).isZero();
          sleep(ofSeconds(1));
        });
    assertThat(loop.trail()).containsExactly("ignored", "ended");
  }

  @Test
  void task_failsWhenCancelled_itsExceptionWins() {
    loop.run(
        () -> {
          IllegalArgumentException failure = new IllegalArgumentException("clean-up");
          Task<Integer> task =
              createTask(
                  () -> {
                    try {
                      return sleepAndMark();
                    } catch (CancellationException e) {
                      throw failure;
                    }
                  });
          assertThatThrownBy(() -> waitFor(task, ofMillis(100))).isSameAs(failure);
          assertThat(self().cancelling()).isZero();
        });
  }

  // ---- races

  @Test
  void result_inTheTurnOfTheTimeout_isNotLost() {
    loop.run(
        () -> {
          // The timer of the result is older, so the caller is ready when its time runs out.
          Future<String> future = EventLoop.current().createFuture();
          EventLoop.current().callLater(ofMillis(100), () -> future.setResult("result"));
          assertThat(waitFor(future, ofMillis(100))).isEqualTo("result"); // asyncio throws
          assertThat(self().cancelling()).isZero();
        });
  }

  @Test
  void timeout_inTheTurnBeforeTheResult_theFutureIsCancelled() {
    loop.run(
        () -> {
          Future<String> future = EventLoop.current().createFuture();
          Task<String> waiting = createTask(() -> waitFor(future, ofMillis(100)));
          sleep(ZERO);
          EventLoop.current()
              .callLater(
                  ofMillis(100), () -> loop.mark(future.isDone() ? "done already" : "pending"));
          assertThatThrownBy(waiting::await).isInstanceOf(TimeoutException.class);
        });
    assertThat(loop.trail()).containsExactly("done already");
  }

  @Test
  void cancelOfTheCaller_afterTheCoroutineReturnedInTheSameTurn_isNotLost() {
    loop.run(
        () -> {
          Task<?> task =
              createTask(
                  () -> {
                    int one = waitFor(() -> 1, ofSeconds(100));
                    assertThat(one).isEqualTo(1);
                    sleep(ofSeconds(1));
                    fail("went on");
                  });
          sleep(ZERO);
          assertThat(task.isDone()).isFalse();
          task.cancel();
          assertThatThrownBy(task::await).isInstanceOf(CancellationException.class);
        });
  }

  @Test
  void cancelOfTheCaller_whenTheResultIsThere_isNotLost() {
    loop.run(
        () -> {
          Future<String> future = EventLoop.current().createFuture();
          Task<String> waiting = createTask(() -> waitFor(future, ofSeconds(100)));
          sleep(ZERO);
          future.setResult("result");
          assertThat(waiting.cancel()).isTrue();
          assertThatThrownBy(waiting::await).isInstanceOf(CancellationException.class);
          assertThat(waiting.isCancelled()).isTrue();
          assertThat(future.result()).isEqualTo("result");
        });
  }

  @Test
  void cancelAndTimeoutInOneTurn_theCancelWins() {
    loop.run(
        () -> {
          Future<String> future = EventLoop.current().createFuture();
          Task<String> waiting = createTask(() -> waitFor(future, ofMillis(100)));
          EventLoop.current().callLater(ofMillis(100), waiting::cancel);
          assertThatThrownBy(waiting::await).isInstanceOf(CancellationException.class);
          assertThat(waiting.isCancelled()).isTrue();
          assertThat(waiting.cancelling()).isEqualTo(1);
        });
    assertThat(loop.elapsed()).isEqualTo(ofMillis(100));
  }

  @Test
  void cancelOfTheCaller_cancelsTheTaskThatIsAwaited() {
    loop.run(
        () -> {
          Task<Integer> task = createTask(this::sleepAndMark);
          Task<Integer> waiting = createTask(() -> waitFor(task, ofSeconds(60)));
          sleep(ZERO);
          waiting.cancel();
          assertThatThrownBy(waiting::await).isInstanceOf(CancellationException.class);
          assertThat(task.isCancelled()).isTrue();
        });
    assertThat(loop.trail()).containsExactly("cancelled");
  }

  @Test
  void cancelOfTheCaller_beforeItBegan_leavesTheTaskAlone() {
    loop.run(
        () -> {
          Task<String> task = createTask(() -> sleep(ofMillis(300), "42"));
          Task<String> waiting = createTask(() -> waitFor(task, ofMillis(100)));
          waiting.cancel();
          assertThatThrownBy(waiting::await).isInstanceOf(CancellationException.class);
          assertThat(task.await()).isEqualTo("42");
        });
  }

  @Test
  void cancelOfTheCaller_coroutineIgnoresIt_goesOnToItsEnd() {
    loop.run(
        () -> {
          Task<String> waiting = createTask(() -> waitFor(this::stubborn, ofMillis(400)));
          sleep(ZERO);
          waiting.cancel();
          waitUntil(ALL_COMPLETED, List.of(waiting));
          assertThat(waiting.result()).isEqualTo("stubborn");
        });
    assertThat(loop.trail()).containsExactly("ignored", "ended");
    assertThat(loop.elapsed()).isEqualTo(ofMillis(200));
  }

  @Test
  void future_cancelledByOthers_isACancelAndNoTimeout() {
    loop.run(
        () -> {
          Future<String> future = EventLoop.current().createFuture();
          EventLoop.current().callLater(ofMillis(10), () -> future.cancel("other"));
          assertThatThrownBy(() -> waitFor(future, ofMillis(100)))
              .isInstanceOf(CancellationException.class)
              .hasMessage("other");
        });
  }

  @Test
  void nested_innerTimesOutInTheOuter() {
    loop.run(
        () -> {
          String value =
              waitFor(
                  () -> {
                    assertThatThrownBy(() -> waitFor(this::sleepAndMark, ofMillis(10)))
                        .isInstanceOf(TimeoutException.class);
                    return sleep(ofMillis(50), "outer");
                  },
                  ofMillis(100));
          assertThat(value).isEqualTo("outer");
        });
    assertThat(loop.elapsed()).isEqualTo(ofMillis(60));
  }

  // ---- no time at all

  @ParameterizedTest
  @ValueSource(ints = {0, -1})
  void noTime_coroutine_neverBegins(int seconds) {
    loop.run(
        () ->
            assertThatThrownBy(() -> waitFor(() -> begun(), ofSeconds(seconds)))
                .isInstanceOf(TimeoutException.class));
    assertThat(loop.trail()).isEmpty();
    assertThat(loop.elapsed()).isZero();
  }

  private int begun() {
    loop.mark("begun");
    return 1;
  }

  @Test
  void noTime_coroutine_inALoop_letsOthersRunAndBeCancelled() {
    loop.run(
        () -> {
          Task<?> polling =
              createTask(
                  () -> {
                    while (true) {
                      try {
                        waitFor(this::begun, ZERO);
                      } catch (TimeoutException e) {
                        loop.mark("timeout");
                      }
                    }
                  });
          sleep(ZERO);
          sleep(ZERO);
          polling.cancel();
          assertThatThrownBy(polling::await).isInstanceOf(CancellationException.class);
        });
    assertThat(loop.trail()).contains("timeout").doesNotContain("begun");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1})
  void noTime_doneFuture_givesItsResult(int seconds) {
    loop.run(
        () -> {
          Future<String> future = EventLoop.current().createFuture();
          future.setResult("done");
          String value = waitFor(future, ofSeconds(seconds));
          assertThat(value).isEqualTo("done");
        });
  }

  @Test
  void noTime_failedFuture_throwsItsException() {
    loop.run(
        () -> {
          IllegalArgumentException failure = new IllegalArgumentException("bad");
          Future<String> future = EventLoop.current().createFuture();
          future.setException(failure);
          assertThatThrownBy(() -> waitFor(future, ZERO)).isSameAs(failure);
        });
  }

  @Test
  void noTime_cancelledFuture_isACancelAndNoTimeout() {
    loop.run(
        () -> {
          Future<String> future = EventLoop.current().createFuture();
          future.cancel("before");
          assertThatThrownBy(() -> waitFor(future, ZERO))
              .isInstanceOf(CancellationException.class)
              .hasMessage("before");
        });
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1})
  void noTime_runningTask_isCancelledAndWaitedFor(int seconds) {
    loop.run(
        () -> {
          Task<Integer> task =
              createTask(
                  () -> {
                    try {
                      return sleepAndMark();
                    } finally {
                      sleep(ofMillis(5));
                      loop.mark("cleaned up");
                    }
                  });
          sleep(ZERO);
          assertThatThrownBy(() -> waitFor(task, ofSeconds(seconds)))
              .isInstanceOf(TimeoutException.class)
              .hasCauseInstanceOf(CancellationException.class);
          assertThat(task.isCancelled()).isTrue();
        });
    assertThat(loop.trail()).containsExactly("cancelled", "cleaned up");
    assertThat(loop.elapsed()).isEqualTo(ofMillis(5));
  }

  @Test
  void noTime_taskIgnoresTheCancel_itsValueWins() {
    loop.run(
        () -> {
          Task<String> task = createTask(this::stubborn);
          sleep(ZERO);
          String value = waitFor(task, ZERO);
          assertThat(value).isEqualTo("stubborn");
        });
  }

  @Test
  void noTime_gather_isCancelledAndTimesOut() {
    loop.run(
        () -> {
          Future<List<Integer>> both = gather(this::sleepAndMark, this::sleepAndMark);
          sleep(ZERO);
          assertThatThrownBy(() -> waitFor(both, ZERO)).isInstanceOf(TimeoutException.class);
        });
    assertThat(loop.trail()).containsExactly("cancelled", "cancelled");
  }

  @Test
  void tooLate_gather_isCancelledAndTimesOut() {
    loop.run(
        () ->
            assertThatThrownBy(
                    () -> waitFor(gather(this::sleepAndMark, this::sleepAndMark), ofMillis(5)))
                .isInstanceOf(TimeoutException.class));
    assertThat(loop.trail()).containsExactly("cancelled", "cancelled");
  }
}
