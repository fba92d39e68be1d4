package io.asyncio4j.conformance;

import static io.asyncio4j.Asyncio.createTask;
import static io.asyncio4j.Asyncio.currentTask;
import static io.asyncio4j.Asyncio.shield;
import static io.asyncio4j.Asyncio.sleep;
import static java.time.Duration.ZERO;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.asyncio4j.EventLoop;
import io.asyncio4j.Future;
import io.asyncio4j.InvalidStateException;
import io.asyncio4j.Task;
import io.asyncio4j.testing.TestLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What CPython's {@code test_futures.py} means. */
class FuturesConformanceTest {
  @RegisterExtension final TestLoop loop = new TestLoop();

  private static <T> Future<T> newFuture() {
    return EventLoop.current().createFuture();
  }

  private static void turn() {
    sleep(ZERO);
  }

  private static void assertCannotBeSet(Future<Integer> future) {
    assertThatThrownBy(() -> future.setResult(0)).isInstanceOf(InvalidStateException.class);
    assertThatThrownBy(() -> future.setException(new IllegalStateException()))
        .isInstanceOf(InvalidStateException.class);
    assertThat(future.cancel()).isFalse();
  }

  // ---- states

  @Test
  @Ported({
    "test_futures.BaseFutureTests.test_initial_state",
    "test_futures.BaseFutureTests.test_constructor_use_running_loop",
    "test_futures.BaseFutureTests.test_future_cancel_message_getter"
  })
  void newFuture_isPending_belongsToItsLoop_andKeepsTheMessageOfItsCancel() {
    loop.run(
        () -> {
          Future<Integer> future = newFuture();
          assertThat(future.loop()).isSameAs(EventLoop.current());
          assertThat(future.isDone()).isFalse();
          assertThat(future.isCancelled()).isFalse();
          future.cancel("my message");
          assertThat(future.isCancelled()).isTrue();
          assertThatThrownBy(future::await)
              .isInstanceOf(CancellationException.class)
              .hasMessage("my message");
        });
  }

  @Test
  @Ported({
    "test_futures.BaseFutureTests.test_constructor_without_loop",
    "test_futures.BaseFutureTests.test_wrap_future_without_loop"
  })
  void outsideALoop_thereIsNoneToMakeAFutureOf() {
    assertThatThrownBy(EventLoop::current)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("no running event loop");
  }

  @Test
  @Ported("test_futures.BaseFutureTests.test_cancel")
  void cancel_isAStateForEver() {
    loop.run(
        () -> {
          Future<Integer> future = newFuture();
          assertThat(future.cancel()).isTrue();
          assertThat(future.isCancelled()).isTrue();
          assertThat(future.isDone()).isTrue();
          assertThatThrownBy(future::result).isInstanceOf(CancellationException.class);
          assertThatThrownBy(future::exception).isInstanceOf(CancellationException.class);
          assertCannotBeSet(future);
        });
  }

  @Test
  @Ported("test_futures.BaseFutureTests.test_result")
  void setResult_isAStateForEver() {
    loop.run(
        () -> {
          Future<Integer> future = newFuture();
          assertThatThrownBy(future::result).isInstanceOf(InvalidStateException.class);
          future.setResult(42);
          assertThat(future.isCancelled()).isFalse();
          assertThat(future.isDone()).isTrue();
          assertThat(future.result()).isEqualTo(42);
          assertThat(future.exception()).isNull();
          assertCannotBeSet(future);
        });
  }

  @Test
  @Ported("test_futures.BaseFutureTests.test_exception")
  void setException_isAStateForEver() {
    loop.run(
        () -> {
          IllegalStateException failure = new IllegalStateException("failure");
          Future<Integer> future = newFuture();
          assertThatThrownBy(future::exception).isInstanceOf(InvalidStateException.class);
          future.setException(failure);
          assertThat(future.isCancelled()).isFalse();
          assertThat(future.isDone()).isTrue();
          assertThatThrownBy(future::result).isSameAs(failure);
          assertThat(future.exception()).isSameAs(failure);
          assertCannotBeSet(future);
        });
  }

  @Test
  @Ported("test_futures.BaseFutureTests.test_yield_from_twice")
  void await_twice_suspendsOnce() {
    loop.run(
        () -> {
          Future<Integer> future = newFuture();
          Task<?> task =
              createTask(
                  () -> {
                    loop.mark("A");
                    loop.mark("B " + future.await());
                    loop.mark("C " + future.await());
                  });
          turn();
          assertThat(loop.trail()).containsExactly("A");
          future.setResult(42);
          task.await();
        });
    assertThat(loop.trail()).containsExactly("A", "B 42", "C 42");
  }

  @Test
  @Ported("test_futures.BaseFutureTests.test_future_repr")
  void toString_tellsTheState() {
    loop.run(
        () -> {
          Future<Integer> pending = newFuture();
          Future<Integer> cancelled = newFuture();
          Future<Integer> done = newFuture();
          cancelled.cancel();
          done.setResult(4);
          assertThat(pending.toString()).contains("RUNNING");
          assertThat(cancelled.toString()).contains("CANCELLED");
          assertThat(done.toString()).contains("SUCCESS");
        });
  }

  @Test
  @Ported("test_futures.BaseFutureTests.test_copy_state")
  void shield_copiesResultFailureAndCancel() {
    loop.run(
        () -> {
          Future<Integer> result = newFuture();
          Future<Integer> failed = newFuture();
          Future<Integer> cancelled = newFuture();
          Future<Integer> copyOfResult = shield(result);
          Future<Integer> copyOfFailed = shield(failed);
          Future<Integer> copyOfCancelled = shield(cancelled);
          IllegalStateException failure = new IllegalStateException("failure");
          result.setResult(10);
          failed.setException(failure);
          cancelled.cancel();
          turn();
          assertThat(copyOfResult.result()).isEqualTo(10);
          assertThatThrownBy(copyOfFailed::result).isSameAs(failure);
          assertThat(copyOfCancelled.isCancelled()).isTrue();
        });
  }

  // ---- what is reported

  @Test
  @Ported({
    "test_futures.BaseFutureTests.test_tb_logger_abandoned",
    "test_futures.BaseFutureTests.test_tb_logger_not_called_after_cancel",
    "test_futures.BaseFutureTests.test_tb_logger_result_unretrieved",
    "test_futures.BaseFutureTests.test_tb_logger_result_retrieved",
    "test_futures.BaseFutureTests.test_tb_logger_exception_retrieved",
    "test_futures.BaseFutureTests.test_tb_logger_exception_result_retrieved"
  })
  void whatIsNoLostFailure_isNotReported() {
    loop.run(
        () -> {
          Future<Integer> abandoned = newFuture();
          assertThat(abandoned.isDone()).isFalse();
          Future<Integer> cancelledTooLate = newFuture();
          cancelledTooLate.setException(new IllegalStateException());
          assertThat(cancelledTooLate.cancel()).isFalse();
          Future<Integer> unretrieved = newFuture();
          unretrieved.setResult(42);
          Future<Integer> retrieved = newFuture();
          retrieved.setResult(42);
          assertThat(retrieved.result()).isEqualTo(42);
          Future<Integer> asked = newFuture();
          asked.setException(new IllegalStateException("boom"));
          assertThat(asked.exception()).hasMessage("boom");
          Future<Integer> thrown = newFuture();
          thrown.setException(new IllegalStateException("boom"));
          assertThatThrownBy(thrown::result).hasMessage("boom");
        });
    assertThat(loop.takeReports()).isEmpty();
  }

  @Test
  @Ported({
    "test_futures.BaseFutureTests.test_tb_logger_exception_unretrieved",
    "test_futures.BaseFutureTests.test_future_exception_never_retrieved",
    "test_futures.BaseFutureTests.test_future_exception_never_retrieved_debug"
  })
  void failure_thatNobodyRetrieves_isReported() {
    IllegalStateException failure = new IllegalStateException("boom");
    loop.run(() -> FuturesConformanceTest.<Integer>newFuture().setException(failure));
    assertThat(loop.takeReports())
        .singleElement()
        .satisfies(
            report -> {
              assertThat(report.message()).contains("never retrieved");
              assertThat(report.exception()).isSameAs(failure);
            });
  }

  // ---- futures of others

  @Test
  @Ported({
    "test_futures.BaseFutureTests.test_wrap_future",
    "test_futures.BaseFutureTests.test_wrap_future_use_running_loop"
  })
  void runInExecutor_givesAFutureOfTheLoop() throws Exception {
    loop.run(
        () -> {
          Thread own = Thread.currentThread();
          Future<Thread> wrapped = EventLoop.current().runInExecutor(Thread::currentThread);
          assertThat(wrapped.loop()).isSameAs(EventLoop.current());
          assertThat(wrapped.await()).isNotSameAs(own);
        });
  }

  @Test
  @Ported({
    "test_futures.BaseFutureTests.test_wrap_future_cancel",
    "test_futures.BaseFutureTests.test_wrap_future_cancel2"
  })
  void toCompletableFuture_passesTheCancelBothWays() throws Exception {
    loop.run(
        () -> {
          Future<Integer> first = newFuture();
          CompletableFuture<Integer> ofFirst = first.toCompletableFuture();
          first.cancel();
          turn();
          assertThat(ofFirst.isCancelled()).isTrue();
          Future<Integer> second = newFuture();
          second.toCompletableFuture().cancel(false);
          turn();
          assertThat(second.isCancelled()).isTrue();
        });
  }

  @Test
  @Ported("test_futures.BaseFutureTests.test_set_result_unless_cancelled")
  void timerOfASleep_thatWasCancelled_setsNoResult() {
    loop.run(
        () -> {
          Task<String> sleeping = createTask(() -> sleep(java.time.Duration.ofSeconds(1), "woke"));
          turn();
          sleeping.cancel();
          sleep(java.time.Duration.ofSeconds(2));
          assertThat(sleeping.isCancelled()).isTrue();
        });
    assertThat(loop.takeReports()).isEmpty();
  }

  // ---- callbacks

  private final List<String> seen = new ArrayList<>();

  @SuppressWarnings("UnnecessaryLambda") // a registration is removed by the same object
  private final Consumer<Future<String>> first = _ -> seen.add("first");

  @SuppressWarnings("UnnecessaryLambda") // as above
  private final Consumer<Future<String>> second = _ -> seen.add("second");

  @SuppressWarnings("UnnecessaryLambda") // as above
  private final Consumer<Future<String>> third = _ -> seen.add("third");

  @Test
  @Ported({
    "test_futures.BaseFutureDoneCallbackTests.test_callbacks_remove_first_callback",
    "test_futures.BaseFutureDoneCallbackTests.test_callbacks_remove_first_and_second_callback",
    "test_futures.BaseFutureDoneCallbackTests.test_callbacks_remove_third_callback",
    "test_futures.BaseFutureDoneCallbackTests.test_remove_done_callback"
  })
  void removeDoneCallback_removesAllRegistrationsOfThatOne() {
    loop.run(
        () -> {
          for (int removed = 1; removed <= 7; removed++) {
            Future<String> future = newFuture();
            for (Consumer<Future<String>> callback :
                List.of(first, second, first, third, second, first)) {
              future.addDoneCallback(callback);
            }
            List<String> left =
                new ArrayList<>(List.of("first", "second", "first", "third", "second", "first"));
            if ((removed & 1) != 0) {
              assertThat(future.removeDoneCallback(first)).isEqualTo(3);
              left.removeIf("first"::equals);
            }
            if ((removed & 2) != 0) {
              assertThat(future.removeDoneCallback(second)).isEqualTo(2);
              left.removeIf("second"::equals);
            }
            if ((removed & 4) != 0) {
              assertThat(future.removeDoneCallback(third)).isEqualTo(1);
              assertThat(future.removeDoneCallback(third)).isZero();
              left.removeIf("third"::equals);
            }
            seen.clear();
            future.setResult("done");
            assertThat(seen).isEmpty();
            turn();
            assertThat(seen).isEqualTo(left);
          }
        });
  }

  @Test
  @Ported({
    "test_futures.BaseFutureDoneCallbackTests.test_callbacks_invoked_on_set_result",
    "test_futures.BaseFutureDoneCallbackTests.test_callbacks_invoked_on_set_exception"
  })
  void callbacks_runInOrder_afterAResultAndAfterAFailure() {
    loop.run(
        () -> {
          Future<String> result = newFuture();
          List<Object> outcomes = new ArrayList<>();
          result.addDoneCallback(done -> outcomes.add(done.result()));
          result.addDoneCallback(done -> outcomes.add(done.result() + " again"));
          result.setResult("foo");
          Future<String> failed = newFuture();
          IllegalStateException failure = new IllegalStateException("failure");
          failed.addDoneCallback(done -> outcomes.add(String.valueOf(done.exception())));
          failed.setException(failure);
          assertThat(outcomes).isEmpty();
          turn();
          assertThat(outcomes).containsExactly("foo", "foo again", failure.toString());
          result.addDoneCallback(_ -> outcomes.add("late"));
          assertThat(outcomes).hasSize(3);
          turn();
          assertThat(outcomes).hasSize(4);
        });
  }

  @Test
  @Ported({
    "test_futures.BaseFutureDoneCallbackTests.test_schedule_callbacks_list_mutation_1",
    "test_futures.BaseFutureDoneCallbackTests.test_schedule_callbacks_list_mutation_2"
  })
  void callback_thatRemovesOthersAndAddsOne_changesNothingOfWhatIsScheduled() {
    loop.run(
        () -> {
          Future<String> future = newFuture();
          future.addDoneCallback(
              done -> {
                seen.add("mutates");
                assertThat(done.removeDoneCallback(first)).isZero();
                done.addDoneCallback(second);
                assertThat(currentTask()).isNull();
              });
          future.addDoneCallback(first);
          future.setResult("done");
          turn();
          assertThat(seen).containsExactly("mutates", "first");
          turn();
          assertThat(seen).containsExactly("mutates", "first", "second");
        });
  }
}
