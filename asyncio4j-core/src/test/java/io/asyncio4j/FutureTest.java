package io.asyncio4j;

import static io.asyncio4j.Asyncio.createTask;
import static io.asyncio4j.Asyncio.gather;
import static io.asyncio4j.Asyncio.sleep;
import static java.time.Duration.ZERO;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import io.asyncio4j.testing.TestLoop;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future.State;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A future ends once, tells of it in order, and never says what it does not know. */
class FutureTest {
  @RegisterExtension final TestLoop loop = new TestLoop();

  private static <T extends @Nullable Object> Future<T> newFuture() {
    return EventLoop.current().createFuture();
  }

  // ---- states

  @Test
  void newFuture_isRunningAndHasNothing() {
    loop.run(
        () -> {
          Future<String> future = newFuture();
          assertThat(future.state()).isEqualTo(State.RUNNING);
          assertThat(future.isDone()).isFalse();
          assertThat(future.isCancelled()).isFalse();
          assertThat(future.loop()).isSameAs(EventLoop.current());
          assertThatThrownBy(future::result).isInstanceOf(InvalidStateException.class);
          assertThatThrownBy(future::exception).isInstanceOf(InvalidStateException.class);
          assertThatThrownBy(future::resultNow).isInstanceOf(IllegalStateException.class);
          assertThatThrownBy(future::exceptionNow).isInstanceOf(IllegalStateException.class);
        });
  }

  @Test
  void resultTooEarly_isNotMistakenForACancellation() {
    loop.run(
        () -> {
          Future<String> future = newFuture();
          try {
            future.result();
            fail("no exception");
          } catch (IllegalStateException e) { // CancellationException is one
            fail("caught by the clause that catches cancellations", e);
          } catch (InvalidStateException e) {
            assertThat(e).hasMessageContaining("no result yet").hasMessageContaining("await");
          }
        });
  }

  @Test
  void setResult_succeeds() {
    loop.run(
        () -> {
          Future<String> future = newFuture();
          future.setResult("value");
          assertThat(future.state()).isEqualTo(State.SUCCESS);
          assertThat(future.isDone()).isTrue();
          assertThat(future.isCancelled()).isFalse();
          assertThat(future.result()).isEqualTo("value");
          assertThat(future.result()).isEqualTo("value");
          assertThat(future.exception()).isNull();
          assertThat(future.resultNow()).isEqualTo("value");
          assertThatThrownBy(future::exceptionNow).isInstanceOf(IllegalStateException.class);
        });
  }

  @Test
  void setResult_null_isAResult() {
    loop.run(
        () -> {
          Future<@Nullable String> future = newFuture();
          future.setResult(null);
          assertThat(future.await()).isNull();
        });
  }

  @Test
  void setException_fails() {
    loop.run(
        () -> {
          IOException failure = new IOException("io");
          Future<String> future = newFuture();
          future.setException(failure);
          assertThat(future.state()).isEqualTo(State.FAILED);
          assertThat(future.isCancelled()).isFalse();
          assertThat(future.exception()).isSameAs(failure);
          assertThat(future.exceptionNow()).isSameAs(failure);
          assertThatThrownBy(future::result).isSameAs(failure);
          assertThatThrownBy(future::await).isSameAs(failure);
          assertThatThrownBy(future::resultNow).isInstanceOf(IllegalStateException.class);
        });
  }

  @Test
  void cancel_isItsOwnEnd() {
    loop.run(
        () -> {
          Future<String> future = newFuture();
          assertThat(future.cancel("enough")).isTrue();
          assertThat(future.state()).isEqualTo(State.CANCELLED);
          assertThat(future.isDone()).isTrue();
          assertThat(future.isCancelled()).isTrue();
          assertThatThrownBy(future::result)
              .isInstanceOf(CancellationException.class)
              .hasMessage("enough");
          assertThatThrownBy(future::exception)
              .isInstanceOf(CancellationException.class)
              .hasMessage("enough");
          assertThatThrownBy(future::await)
              .isInstanceOf(CancellationException.class)
              .hasMessage("enough");
          assertThat(future.cancel()).isFalse();
        });
  }

  @Test
  void end_cannotBeChanged() {
    loop.run(
        () -> {
          Future<String> succeeded = newFuture();
          succeeded.setResult("value");
          Future<String> cancelled = newFuture();
          cancelled.cancel();
          for (Future<String> future : List.of(succeeded, cancelled)) {
            assertThatThrownBy(() -> future.setResult("other"))
                .isInstanceOf(InvalidStateException.class)
                .hasMessageContaining("done already");
            assertThatThrownBy(() -> future.setException(new IOException()))
                .isInstanceOf(InvalidStateException.class);
            assertThat(future.cancel()).isFalse();
          }
          assertThat(succeeded.result()).isEqualTo("value");
          assertThat(cancelled.isCancelled()).isTrue();
        });
  }

  @Test
  void setResult_ofATaskOrAGather_isRefused() {
    loop.run(
        () -> {
          Task<Integer> task = createTask(() -> 1);
          assertThatThrownBy(() -> task.setResult(2))
              .isInstanceOf(UnsupportedOperationException.class)
              .hasMessageContaining("ends by itself");
          assertThatThrownBy(() -> gather(task).setException(new IOException()))
              .isInstanceOf(UnsupportedOperationException.class);
          assertThat(task.await()).isEqualTo(1);
        });
  }

  @Test
  void toString_tellsTheState() {
    loop.run(
        () -> {
          Future<String> future = newFuture();
          assertThat(future).hasToString("Future (RUNNING)");
          future.cancel();
          assertThat(future).hasToString("Future (CANCELLED)");
        });
  }

  // ---- await

  @Test
  void await_severalTasks_allGetTheResultInTheOrderInWhichTheyWaited() {
    loop.run(
        () -> {
          Future<String> future = newFuture();
          Task<?>[] tasks = new Task<?>[3];
          for (int i = 0; i < 3; i++) {
            int n = i;
            tasks[i] = createTask(() -> loop.mark(n + future.await()));
          }
          sleep(ZERO);
          future.setResult("!");
          gather(tasks).await();
        });
    assertThat(loop.trail()).containsExactly("0!", "1!", "2!");
  }

  @Test
  void await_failure_allAwaitersGetTheSameObject() {
    loop.run(
        () -> {
          IOException failure = new IOException("io");
          Future<String> future = newFuture();
          Task<String> a = createTask(() -> future.await());
          Task<String> b = createTask(() -> future.await());
          sleep(ZERO);
          future.setException(failure);
          assertThatThrownBy(a::await).isSameAs(failure);
          assertThatThrownBy(b::await).isSameAs(failure);
        });
  }

  @Test
  void await_withTheExceptionNamed_canBeCaught() {
    loop.run(
        () -> {
          Future<String> future = newFuture();
          EventLoop.current().callSoon(() -> future.setException(new IOException("io")));
          try {
            future.<IOException>await();
            fail("no exception");
          } catch (IOException e) {
            assertThat(e).hasMessage("io");
          }
        });
  }

  @Test
  void await_twice_givesTheResultTwice() {
    loop.run(
        () -> {
          Future<String> future = newFuture();
          EventLoop.current().callSoon(() -> future.setResult("value"));
          assertThat(future.await()).isEqualTo("value");
          assertThat(future.await()).isEqualTo("value");
          assertThat(future.call()).isEqualTo("value");
        });
  }

  @Test
  void await_awaiterCancelled_cancelsTheFutureAndOtherAwaiters() {
    loop.run(
        () -> {
          Future<String> future = newFuture();
          Task<String> one = createTask(() -> future.await());
          Task<String> other = createTask(() -> future.await());
          sleep(ZERO);
          one.cancel("one");
          assertThatThrownBy(one::await).isInstanceOf(CancellationException.class);
          assertThat(future.isCancelled()).isTrue();
          assertThatThrownBy(other::await)
              .isInstanceOf(CancellationException.class)
              .hasMessage("one");
          assertThat(other.cancelling()).isZero();
        });
  }

  @Test
  void await_pendingInACallback_throwsAndSaysWhatToDo() {
    loop.run(
        () -> {
          Future<String> future = newFuture();
          EventLoop.current()
              .callSoon(
                  () ->
                      assertThatThrownBy(future::await)
                          .isInstanceOf(IllegalStateException.class)
                          .hasMessageContaining("no task"));
          sleep(ZERO);
          future.setResult("value"); // no dead awaiter is woken
          assertThat(future.await()).isEqualTo("value");
        });
    assertThat(loop.takeReports()).isEmpty();
  }

  @Test
  void await_futureOfAnotherLoop_throwsAndNamesBoth() {
    try (EventLoop other =
        EventLoop.create(LoopOptions.defaults().withName("other").withClock(loop.clock()))) {
      Future<String> foreign = other.createFuture();
      loop.run(
          () ->
              assertThatThrownBy(foreign::await)
                  .isInstanceOf(IllegalStateException.class)
                  .hasMessageContaining("loop other")
                  .hasMessageContaining("loop test"));
    }
  }

  // ---- callbacks

  @Test
  void callbacks_runInOrderInTheNextTurn() {
    loop.run(
        () -> {
          Future<String> future = newFuture();
          future.addDoneCallback(done -> loop.mark("a " + done.result()));
          future.addDoneCallback(done -> loop.mark("b " + (done == future)));
          future.setResult("value");
          loop.mark("set");
          sleep(ZERO);
          future.addDoneCallback(_ -> loop.mark("c"));
          loop.mark("added");
          sleep(ZERO);
        });
    assertThat(loop.trail()).containsExactly("set", "a value", "b true", "added", "c");
  }

  @Test
  void callbacks_runForFailureAndCancelToo() {
    loop.run(
        () -> {
          Future<String> failed = newFuture();
          failed.addDoneCallback(done -> loop.mark("" + done.exception()));
          failed.setException(new ArithmeticException("bad"));
          Future<String> cancelled = newFuture();
          cancelled.addDoneCallback(done -> loop.mark("" + done.state()));
          cancelled.cancel();
          sleep(ZERO);
        });
    assertThat(loop.trail()).containsExactly("java.lang.ArithmeticException: bad", "CANCELLED");
  }

  @Test
  void callback_thatThrows_isReportedAndTheOthersRun() {
    loop.run(
        () -> {
          ArithmeticException failure = new ArithmeticException("callback");
          Future<String> future = newFuture();
          future.addDoneCallback(
              _ -> {
                throw failure;
              });
          future.addDoneCallback(_ -> loop.mark("second"));
          future.setResult("value");
          sleep(ZERO);
          assertThat(loop.takeReports())
              .singleElement()
              .extracting(LoopErrorContext::exception)
              .isSameAs(failure);
        });
    assertThat(loop.trail()).containsExactly("second");
  }

  @Test
  void removeDoneCallback_removesEachRegistration() {
    loop.run(
        () -> {
          Future<String> future = newFuture();
          Consumer<Future<String>> a = _ -> loop.mark("a");
          Consumer<Future<String>> b = _ -> loop.mark("b");
          assertThat(future.removeDoneCallback(a)).isZero();
          future.addDoneCallback(a);
          assertThat(future.removeDoneCallback(b)).isZero();
          assertThat(future.removeDoneCallback(a)).isEqualTo(1);
          future.addDoneCallback(a);
          future.addDoneCallback(b);
          future.addDoneCallback(a);
          assertThat(future.removeDoneCallback(a)).isEqualTo(2);
          assertThat(future.removeDoneCallback(a)).isZero();
          future.setResult("value");
          sleep(ZERO);
        });
    assertThat(loop.trail()).containsExactly("b");
  }

  @Test
  void removeDoneCallback_onceScheduled_isTooLate() {
    loop.run(
        () -> {
          Future<String> future = newFuture();
          Consumer<Future<String>> callback = _ -> loop.mark("ran");
          future.addDoneCallback(callback);
          future.setResult("value");
          assertThat(future.removeDoneCallback(callback)).isZero();
          sleep(ZERO);
        });
    assertThat(loop.trail()).containsExactly("ran");
  }

  @Test
  void removeDoneCallback_leavesAwaitersAlone() {
    loop.run(
        () -> {
          Future<String> future = newFuture();
          Consumer<Future<String>> callback = _ -> loop.mark("ran");
          Task<String> awaiter = createTask(() -> future.await());
          sleep(ZERO);
          future.addDoneCallback(callback);
          assertThat(future.removeDoneCallback(callback)).isEqualTo(1);
          future.setResult("value");
          assertThat(awaiter.await()).isEqualTo("value");
        });
    assertThat(loop.trail()).isEmpty();
  }

  // ---- failures that nobody asks for

  @Test
  void failure_neverRetrieved_isReportedAtTheClose() {
    IOException failure = new IOException("io");
    loop.run(() -> newFuture().setException(failure));
    assertThat(loop.takeReports())
        .singleElement()
        .satisfies(
            report -> {
              assertThat(report.message()).contains("exception was never retrieved");
              assertThat(report.exception()).isSameAs(failure);
            });
  }

  @Test
  void failure_lookedAt_isNotReported() {
    loop.run(
        () -> {
          Future<String> asked = newFuture();
          asked.setException(new IOException("asked"));
          assertThat(asked.exception()).hasMessage("asked");
          Future<String> thrown = newFuture();
          thrown.setException(new IOException("thrown"));
          assertThatThrownBy(thrown::result).hasMessage("thrown");
          Future<String> awaited = newFuture();
          EventLoop.current().callSoon(() -> awaited.setException(new IOException("awaited")));
          assertThatThrownBy(awaited::await).hasMessage("awaited");
          Future<String> now = newFuture();
          now.setException(new IOException("now"));
          assertThat(now.exceptionNow()).hasMessage("now");
        });
    assertThat(loop.takeReports()).isEmpty();
  }

  @Test
  void cancel_neverRetrieved_isNotReported() {
    loop.run(() -> newFuture().cancel());
    assertThat(loop.takeReports()).isEmpty();
  }

  // ---- as a java.util.concurrent.Future, in a task of its loop

  @Test
  void get_inATask_suspendsAndWrapsTheFailure() throws Exception {
    loop.run(
        () -> {
          Future<String> good = newFuture();
          EventLoop.current().callLater(ofMillis(5), () -> good.setResult("value"));
          assertThat(good.get()).isEqualTo("value");
          IOException failure = new IOException("io");
          Future<String> bad = newFuture();
          EventLoop.current().callLater(ofMillis(5), () -> bad.setException(failure));
          assertThatThrownBy(bad::get).isInstanceOf(ExecutionException.class).hasCause(failure);
          Future<String> cancelled = newFuture();
          EventLoop.current().callLater(ofMillis(5), cancelled::cancel);
          assertThatThrownBy(cancelled::get).isInstanceOf(CancellationException.class);
        });
    assertThat(loop.elapsed()).isEqualTo(ofMillis(15));
  }

  @Test
  void getWithTimeout_inATask_usesTheLoopsClockAndLeavesTheFutureAlone() throws Exception {
    loop.run(
        () -> {
          Future<String> future = newFuture();
          EventLoop.current().callLater(ofSeconds(5), () -> future.setResult("value"));
          assertThatThrownBy(() -> future.get(100, MILLISECONDS))
              .isInstanceOf(java.util.concurrent.TimeoutException.class);
          assertThat(loop.elapsed()).isEqualTo(ofMillis(100));
          assertThat(future.isDone()).isFalse();
          assertThat(future.get(10_000, MILLISECONDS)).isEqualTo("value");
        });
    assertThat(loop.elapsed()).isEqualTo(ofSeconds(5));
  }

  @Test
  void get_taskCancelledMeanwhile_throwsCancellation() {
    loop.run(
        () -> {
          Future<String> future = newFuture();
          Task<String> waiting = createTask(() -> future.get());
          sleep(ZERO);
          waiting.cancel();
          assertThatThrownBy(waiting::await).isInstanceOf(CancellationException.class);
          assertThat(waiting.isCancelled()).isTrue();
        });
  }

  @Test
  void get_inACallback_throwsInsteadOfHanging() {
    loop.run(
        () -> {
          Future<String> future = newFuture();
          EventLoop.current()
              .callSoon(
                  () ->
                      assertThatThrownBy(future::get)
                          .isInstanceOf(IllegalStateException.class)
                          .hasMessageContaining("callback"));
          sleep(ZERO);
        });
    assertThat(loop.takeReports()).isEmpty();
  }
}
