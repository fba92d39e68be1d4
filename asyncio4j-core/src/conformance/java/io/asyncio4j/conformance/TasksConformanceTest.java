package io.asyncio4j.conformance;

import static io.asyncio4j.Asyncio.asCompleted;
import static io.asyncio4j.Asyncio.createTask;
import static io.asyncio4j.Asyncio.currentTask;
import static io.asyncio4j.Asyncio.gather;
import static io.asyncio4j.Asyncio.gatherResults;
import static io.asyncio4j.Asyncio.shield;
import static io.asyncio4j.Asyncio.sleep;
import static io.asyncio4j.Asyncio.waitUntil;
import static io.asyncio4j.ReturnWhen.ALL_COMPLETED;
import static io.asyncio4j.ReturnWhen.FIRST_COMPLETED;
import static io.asyncio4j.ReturnWhen.FIRST_EXCEPTION;
import static java.time.Duration.ZERO;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.asyncio4j.Context;
import io.asyncio4j.ContextVar;
import io.asyncio4j.EventLoop;
import io.asyncio4j.Future;
import io.asyncio4j.GatheredResults;
import io.asyncio4j.Result;
import io.asyncio4j.Task;
import io.asyncio4j.TaskFactory;
import io.asyncio4j.TaskOptions;
import io.asyncio4j.TimeoutException;
import io.asyncio4j.TimerHandle;
import io.asyncio4j.WaitResult;
import io.asyncio4j.testing.TestLoop;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What CPython's {@code test_tasks.py} means. */
class TasksConformanceTest {
  private static final ContextVar<String> VARIABLE = ContextVar.of("variable", "nope");

  @RegisterExtension final TestLoop loop = new TestLoop();

  private static Task<?> self() {
    return requireNonNull(currentTask());
  }

  private static <T> Future<T> newFuture() {
    return EventLoop.current().createFuture();
  }

  private static void turn() {
    sleep(ZERO);
  }

  private static Task<String> sleeping(Duration delay, String result) {
    return createTask(() -> sleep(delay, result));
  }

  private static Task<String> failing(Duration delay) {
    return createTask(
        () -> {
          if (delay.isPositive()) {
            sleep(delay);
          }
          throw new ArithmeticException("really");
        });
  }

  private static void assertEndsCancelled(Future<?> future) {
    assertThatThrownBy(future::await).isInstanceOf(CancellationException.class);
    assertThat(future.isCancelled()).isTrue();
  }

  // ---- tasks

  @Test
  @Ported({
    "test_tasks.BaseTaskTests.test_task_class",
    "test_tasks.BaseTaskTests.test_task_basics",
    "test_tasks.BaseTaskTests.test_create_task_with_async_function",
    "test_tasks.BaseTaskTests.test_create_task_with_asynclike_function",
    "test_tasks.BaseTaskTests.test_bare_create_task"
  })
  void createTask_ofALambdaAndOfAnyCallable_givesItsResult() {
    loop.run(
        () -> {
          Task<Integer> one = createTask(() -> 1);
          Callable<Integer> callable =
              new Callable<>() {
                @Override
                public Integer call() {
                  return 42;
                }
              };
          assertThat(one.await()).isEqualTo(1);
          assertThat(one.isDone()).isTrue();
          assertThat(one.loop()).isSameAs(EventLoop.current());
          assertThat(createTask(callable).await()).isEqualTo(42);
          assertThat(createTask(callable).await()).isEqualTo(42);
        });
  }

  @Test
  @Ported("test_tasks.BaseTaskTests.test_other_loop_future")
  void await_ofAFutureOfAnotherLoop_throws() {
    try (EventLoop other = EventLoop.create(loop.options())) {
      Future<String> foreign = other.createFuture();
      loop.run(
          () ->
              assertThatThrownBy(foreign::await)
                  .isInstanceOf(IllegalStateException.class)
                  .hasMessageContaining("belongs to loop"));
    }
  }

  @Test
  @Ported("test_tasks.BaseTaskTests.test_task_awaits_on_itself")
  void await_ofItself_throws() {
    loop.run(
        () ->
            createTask(
                    () ->
                        assertThatThrownBy(() -> self().await())
                            .isInstanceOf(IllegalStateException.class)
                            .hasMessageContaining("itself"))
                .await());
  }

  @Test
  @Ported({
    "test_tasks.BaseTaskTests.test_ensure_future_coroutine",
    "test_tasks.BaseTaskTests.test_ensure_future_future",
    "test_tasks.BaseTaskTests.test_ensure_future_task"
  })
  void gather_usesAFutureAsItIs_andMakesATaskOfACallable() {
    loop.run(
        () -> {
          Future<String> future = newFuture();
          Task<String> task = sleeping(ofSeconds(1), "task");
          future.setResult("future");
          List<Future<String>> completed = new ArrayList<>();
          for (Future<String> done :
              asCompleted(List.<Callable<String>>of(future, task, () -> "callable"))) {
            completed.add(done);
          }
          assertThat(completed).contains(future, task).hasSize(3);
          assertThat(completed.stream().filter(done -> done != future && done != task))
              .singleElement()
              .isInstanceOf(Task.class);
        });
  }

  @Test
  @Ported("test_tasks.BaseTaskTests.test_get_stack")
  void stackTrace_ofATask_hasTheFramesOfItsCode() {
    loop.run(
        () -> {
          Task<String> waiting = createTask(this::waitsHere);
          assertThat(waiting.stackTrace()).isEmpty();
          turn();
          assertThat(waiting.stackTrace()).anyMatch(f -> f.getMethodName().equals("waitsHere"));
          ByteArrayOutputStream printed = new ByteArrayOutputStream();
          waiting.printStack(new PrintStream(printed, true, StandardCharsets.UTF_8));
          assertThat(printed.toString(StandardCharsets.UTF_8))
              .startsWith("Stack of Task '")
              .contains("waitsHere");
          assertThat(waiting.await()).isEqualTo("waited");
          assertThat(waiting.stackTrace()).isEmpty();
        });
  }

  private String waitsHere() {
    return sleep(ofSeconds(1), "waited");
  }

  @Test
  @Ported("test_tasks.BaseTaskTests.test_exception_traceback")
  void stackTrace_ofATaskThatFailed_isThatOfItsException() {
    loop.run(
        () -> {
          Task<?> task = createTask(TasksConformanceTest::crashHere);
          turn();
          Throwable failure = requireNonNull(task.exception());
          assertThat(failure.getStackTrace()[0].getMethodName()).isEqualTo("crashHere");
          assertThat(task.stackTrace().getFirst().getMethodName()).isEqualTo("crashHere");
          ByteArrayOutputStream printed = new ByteArrayOutputStream();
          task.printStack(new PrintStream(printed, true, StandardCharsets.UTF_8));
          assertThat(printed.toString(StandardCharsets.UTF_8))
              .contains("ArithmeticException")
              .contains("crashHere");
        });
  }

  private static void crashHere() {
    throw new ArithmeticException();
  }

  @Test
  @Ported({
    "test_tasks.BaseTaskTests.test_task_repr",
    "test_tasks.BaseTaskTests.test_task_repr_wait_for"
  })
  void toString_tellsNameStateAndWhatIsAwaited() {
    loop.run(
        () -> {
          Future<String> future = newFuture();
          Task<String> task = createTask("TestTask", () -> future.await());
          assertThat(task.toString()).contains("TestTask").contains("RUNNING");
          turn();
          assertThat(task.toString()).contains("awaiting");
          task.cancel();
          assertEndsCancelled(task);
          assertThat(task.toString()).contains("TestTask").contains("CANCELLED");
          assertThat(createTask("Named", () -> 1).toString()).contains("Named");
          turn();
        });
  }

  @Test
  @Ported({
    "test_tasks.BaseTaskTests.test_task_repr_autogenerated",
    "test_tasks.BaseTaskTests.test_bare_create_named_task"
  })
  void name_isGivenOrMadeUp_andCanBeChanged() {
    loop.run(
        () -> {
          Task<?> first = createTask(() -> turn());
          Task<?> second = createTask(() -> turn());
          assertThat(first.name()).matches("Task-\\d+").isNotEqualTo(second.name());
          Task<?> named = createTask("No-op", () -> turn());
          assertThat(named.name()).isEqualTo("No-op");
          named.name("renamed");
          assertThat(named.name()).isEqualTo("renamed");
          gather(first, second, named).await();
        });
  }

  @Test
  @Ported("test_tasks.BaseTaskTests.test_exception_chaining_after_await")
  void exceptionAfterAnAwait_keepsItsCause() {
    loop.run(
        () -> {
          IllegalArgumentException cause = new IllegalArgumentException("ValueError");
          Task<?> task =
              createTask(
                  () -> {
                    try {
                      throw cause;
                    } catch (IllegalArgumentException e) {
                      turn();
                      throw new ArithmeticException("while handling");
                    }
                  });
          assertThatThrownBy(task::await).isInstanceOf(ArithmeticException.class);
        });
  }

  @Test
  @Ported({
    "test_tasks.BaseTaskTests.test_task_set_methods",
    "test_tasks.SetMethodsTest.test_set_result_causes_invalid_state",
    "test_tasks.SetMethodsTest.test_set_exception_causes_invalid_state"
  })
  void setResultAndSetException_ofATask_areRefused() {
    loop.run(
        () -> {
          Task<String> task = createTask(() -> "ko");
          assertThatThrownBy(() -> task.setResult("ok"))
              .isInstanceOf(UnsupportedOperationException.class);
          assertThatThrownBy(() -> task.setException(new IllegalStateException()))
              .isInstanceOf(UnsupportedOperationException.class);
          assertThat(task.await()).isEqualTo("ko");
        });
  }

  @Test
  @Ported("test_tasks.BaseTaskTests.test_step_result_future")
  void await_ofAFuture_givesTheVeryResult() {
    loop.run(
        () -> {
          Future<Object> future = newFuture();
          List<Object> seen = new ArrayList<>();
          Task<?> task = createTask(() -> seen.add(future.await()));
          turn();
          Object result = new Object();
          future.setResult(result);
          turn();
          assertThat(seen).containsExactly(result);
          assertThat(task.isDone()).isTrue();
        });
  }

  @Test
  @Ported({
    "test_tasks.BaseTaskTests.test_current_task",
    "test_tasks.BaseTaskTests.test_current_task_with_interleaving_tasks",
    "test_tasks.BaseCurrentLoopTests.test_current_task_no_running_loop",
    "test_tasks.BaseCurrentLoopTests.test_current_task_no_running_loop_implicit",
    "test_tasks.BaseCurrentLoopTests.test_current_task_with_implicit_loop"
  })
  void currentTask_isTheOneThatRuns_andNoneOutside() {
    assertThat(currentTask()).isNull();
    loop.run(
        () -> {
          Future<String> first = newFuture();
          Future<String> second = newFuture();
          Task<?>[] tasks = new Task<?>[2];
          tasks[0] =
              createTask(
                  () -> {
                    assertThat(currentTask()).isSameAs(tasks[0]);
                    first.await();
                    assertThat(currentTask()).isSameAs(tasks[0]);
                    second.setResult("second");
                  });
          tasks[1] =
              createTask(
                  () -> {
                    assertThat(currentTask()).isSameAs(tasks[1]);
                    first.setResult("first");
                    second.await();
                    assertThat(currentTask()).isSameAs(tasks[1]);
                  });
          gather(tasks[0], tasks[1]).await();
        });
    assertThat(currentTask()).isNull();
  }

  @Test
  @Ported("test_tasks.BaseTaskTests.test_log_destroyed_pending_task")
  void close_withAPendingTask_reportsIt() {
    EventLoop byHand = EventLoop.create(loop.options());
    byHand.exceptionHandler(loop::record);
    byHand.createTask("pending", () -> EventLoop.current().<String>createFuture().await());
    byHand.callSoon(byHand::stop);
    byHand.runForever();
    byHand.close();
    assertThat(loop.takeReports())
        .singleElement()
        .satisfies(
            report ->
                assertThat(report.message())
                    .contains("was destroyed but it is pending")
                    .contains("'pending'"));
  }

  @Test
  @Ported("test_tasks.BaseTaskTests.test_tb_logger_not_called_after_cancel")
  void failure_cancelledTooLate_isNotReported() {
    loop.run(
        () -> {
          Task<?> task = failing(ZERO);
          sleep(ofMillis(50));
          assertThat(task.cancel()).isFalse();
        });
    assertThat(loop.takeReports()).isEmpty();
  }

  @Test
  @Ported("test_tasks.BaseTaskTests.test_stop_while_run_in_complete")
  void stop_whileRunUntilComplete_throwsAndTheTaskCanBeRunOn() {
    try (EventLoop byHand = EventLoop.create(loop.options())) {
      Task<?> task =
          byHand.createTask(
              () -> {
                for (int i = 1; i <= 10; i++) {
                  sleep(ofMillis(100));
                  loop.mark(String.valueOf(i));
                  if (i == 2) {
                    byHand.stop();
                  }
                }
              });
      assertThatThrownBy(() -> byHand.runUntilComplete(task))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("stopped before");
      assertThat(task.isDone()).isFalse();
      assertThat(loop.trail()).containsExactly("1", "2");
      task.cancel();
      assertThatThrownBy(() -> byHand.runUntilComplete(task))
          .isInstanceOf(CancellationException.class);
    }
  }

  // ---- cancelling

  @Test
  @Ported("test_tasks.BaseTaskTests.test_cancelling")
  void cancelling_countsTheRequests() {
    loop.run(
        () -> {
          Task<?> task = sleeping(ofSeconds(10), "never");
          assertThat(task.cancelling()).isZero();
          assertThat(task.cancel()).isTrue();
          assertThat(task.cancelling()).isEqualTo(1);
          assertThat(task.cancel()).isTrue();
          assertThat(task.cancelling()).isEqualTo(2);
          assertEndsCancelled(task);
        });
  }

  @Test
  @Ported("test_tasks.BaseTaskTests.test_uncancel_basic")
  void uncancel_byTheTask_letsItGoOnUntilTheNextCancel() {
    loop.run(
        () -> {
          Task<?> task =
              createTask(
                  () -> {
                    try {
                      sleep(ofSeconds(10));
                    } catch (CancellationException e) {
                      self().uncancel();
                      sleep(ofSeconds(10));
                    }
                  });
          sleep(ofMillis(10));
          assertThat(task.cancel()).isTrue();
          assertThat(task.cancelling()).isEqualTo(1);
          assertThat(task.isCancelled()).isFalse();
          sleep(ofMillis(10));
          assertThat(task.cancelling()).isZero();
          assertThat(task.isDone()).isFalse();
          assertThat(task.cancel()).isTrue();
          assertThat(task.cancelling()).isEqualTo(1);
          assertEndsCancelled(task);
          task.uncancel();
          assertThat(task.isCancelled()).isTrue();
        });
  }

  private String requestWithTimeout(Duration request, Duration limit) {
    Task<?> task = self();
    boolean[] timedOut = new boolean[1];
    TimerHandle timer =
        task.loop()
            .callLater(
                limit,
                () -> {
                  timedOut[0] = true;
                  task.cancel();
                });
    String result = "in time";
    try {
      sleep(request);
    } catch (CancellationException e) {
      if (!timedOut[0] || task.uncancel() > 0) {
        throw e;
      }
      result = "timed out";
    } finally {
      timer.cancel();
    }
    turn();
    return result;
  }

  @Test
  @Ported("test_tasks.BaseTaskTests.test_uncancel_structured_blocks")
  void uncancel_inATimeoutOfOnesOwn_leavesNothingBehind() {
    loop.run(
        () -> {
          for (Duration request : List.of(ofSeconds(10), ZERO)) {
            Task<String> task = createTask(() -> requestWithTimeout(request, ofSeconds(5)));
            assertThat(task.await()).isEqualTo(request.isZero() ? "in time" : "timed out");
            assertThat(task.cancelling()).isZero();
          }
        });
  }

  @Test
  @Ported("test_tasks.BaseTaskTests.test_uncancel_resets_must_cancel")
  void uncancel_beforeTheCancelIsDelivered_takesItBack() {
    loop.run(
        () -> {
          Future<String> future = newFuture();
          Task<Integer> task =
              createTask(
                  () -> {
                    future.await();
                    return 42;
                  });
          turn();
          future.setResult("ready");
          task.cancel();
          assertThat(task.cancelling()).isEqualTo(1);
          assertThat(task.uncancel()).isZero();
          assertThat(task.await()).isEqualTo(42);
        });
  }

  @Test
  @Ported({
    "test_tasks.BaseTaskTests.test_cancel",
    "test_tasks.BaseTaskTests.test_cancel_yield",
    "test_tasks.BaseTaskTests.test_task_cancel_sleeping_task"
  })
  void cancel_ofASleepingTask_endsItAtOnce_andOnce() {
    loop.run(
        () -> {
          Task<String> sleeping = sleeping(ofSeconds(10), "never");
          Task<?> yielding =
              createTask(
                  () -> {
                    turn();
                    turn();
                  });
          EventLoop.current().callSoon(() -> sleeping.cancel());
          turn();
          yielding.cancel();
          assertEndsCancelled(sleeping);
          assertEndsCancelled(yielding);
          assertThat(sleeping.cancel()).isFalse();
          assertThat(yielding.cancel()).isFalse();
        });
    assertThat(loop.elapsed()).isZero();
  }

  @Test
  @Ported({
    "test_tasks.BaseTaskTests.test_cancel_with_message_then_future_result",
    "test_tasks.BaseTaskTests.test_cancel_with_message_then_future_exception",
    "test_tasks.BaseTaskTests.test_cancel_with_message_before_starting_task",
    "test_tasks.BaseTaskTests.test_cancellation_exception_context"
  })
  void cancel_withAMessage_isTheMessageOfTheException() {
    loop.run(
        () -> {
          for (boolean begun : new boolean[] {true, false}) {
            for (String message : new @Nullable String[] {null, "my message"}) {
              Task<String> task = sleeping(ofSeconds(10), "never");
              if (begun) {
                turn();
              }
              task.cancel(message);
              waitUntil(ALL_COMPLETED, List.of(task));
              assertThatThrownBy(task::result)
                  .isInstanceOf(CancellationException.class)
                  .hasMessage(message);
              assertThatThrownBy(task::exception)
                  .isInstanceOf(CancellationException.class)
                  .hasMessage(message);
            }
          }
        });
  }

  @Test
  @Ported({
    "test_tasks.BaseTaskTests.test_cancel_inner_future",
    "test_tasks.BaseTaskTests.test_cancel_both_task_and_inner_future",
    "test_tasks.BaseTaskTests.test_task_cancel_waiter_future"
  })
  void cancel_ofTheFutureThatIsAwaited_orOfTheTask_orOfBoth_cancelsBoth() {
    loop.run(
        () -> {
          for (int both = 1; both <= 3; both++) {
            Future<String> future = newFuture();
            Task<String> task = createTask(() -> future.await());
            turn();
            if ((both & 1) != 0) {
              future.cancel();
            }
            if ((both & 2) != 0) {
              task.cancel();
            }
            assertEndsCancelled(task);
            assertThat(future.isCancelled()).isTrue();
          }
        });
  }

  @Test
  @Ported({
    "test_tasks.BaseTaskTests.test_cancel_task_catching",
    "test_tasks.BaseTaskTests.test_cancel_task_ignoring"
  })
  void cancel_caught_theTaskReturnsOrGoesOn() {
    loop.run(
        () -> {
          Future<String> first = newFuture();
          Future<String> second = newFuture();
          Future<Integer> third = newFuture();
          Task<Integer> task =
              createTask(
                  () -> {
                    first.await();
                    assertThatThrownBy(second::await).isInstanceOf(CancellationException.class);
                    return third.await();
                  });
          turn();
          first.setResult("first");
          turn();
          task.cancel();
          assertThat(second.isCancelled()).isTrue();
          turn();
          third.setResult(42);
          assertThat(task.await()).isEqualTo(42);
          assertThat(task.isCancelled()).isFalse();
        });
  }

  @Test
  @Ported({
    "test_tasks.BaseTaskTests.test_cancel_current_task",
    "test_tasks.BaseTaskTests.test_cancel_at_end"
  })
  void cancel_ofItself_isDeliveredAtTheNextSuspensionOrAtTheEnd() {
    loop.run(
        () -> {
          Task<?> suspends =
              createTask(
                  () -> {
                    self().cancel();
                    sleep(ofSeconds(100));
                  });
          Task<Integer> ends =
              createTask(
                  () -> {
                    self().cancel();
                    return 12;
                  });
          assertEndsCancelled(suspends);
          assertEndsCancelled(ends);
        });
    assertThat(loop.elapsed()).isZero();
  }

  @Test
  @Ported("test_tasks.BaseTaskTests.test_cancel_awaited_task")
  void cancel_ofItself_thenAwaitsATask_cancelsThatToo() {
    loop.run(
        () -> {
          Future<String> future = newFuture();
          List<Task<?>> nested = new ArrayList<>();
          Task<?> task =
              createTask(
                  () -> {
                    nested.add(createTask(() -> future.await()));
                    turn();
                    self().cancel();
                    nested.getFirst().await();
                  });
          assertEndsCancelled(task);
          assertThat(nested.getFirst().isCancelled()).isTrue();
          assertThat(future.isCancelled()).isTrue();
        });
  }

  @Test
  @Ported("test_tasks.BaseTaskTests.test_baseexception_during_cancel")
  void errorWhileItIsCancelled_isItsFailure() {
    Error failure = new StackOverflowError("base exception");
    loop.run(
        () -> {
          Task<?> task =
              createTask(
                  () -> {
                    try {
                      sleep(ofSeconds(10));
                    } catch (CancellationException e) {
                      throw failure;
                    }
                  });
          turn();
          task.cancel();
          assertThat(task.isDone()).isFalse();
          turn();
          assertThat(task.isCancelled()).isFalse();
          assertThat(task.exception()).isSameAs(failure);
        });
  }

  @Test
  @Ported("test_tasks.BaseTaskTests.test_yield_future_passes_cancel")
  void cancel_passesThroughFramesToWhatIsAwaited() {
    loop.run(
        () -> {
          Future<String> waiter = newFuture();
          Task<Integer> outer =
              createTask(
                  () -> {
                    int proof = 0;
                    try {
                      try {
                        waiter.await();
                      } catch (CancellationException e) {
                        proof++;
                        throw e;
                      }
                    } catch (CancellationException e) {
                      proof += 100;
                    }
                    return proof;
                  });
          turn();
          outer.cancel();
          assertThat(outer.await()).isEqualTo(101);
          assertThat(waiter.isCancelled()).isTrue();
        });
  }

  @Test
  @Ported("test_tasks.BaseTaskTests.test_yield_wait_does_not_shield_cancel")
  void cancel_ofATaskInWaitUntil_leavesTheOthersRunning() {
    loop.run(
        () -> {
          Future<String> waiter = newFuture();
          Task<?> inner =
              createTask(
                  () -> {
                    waiter.await();
                    loop.mark("inner");
                  });
          Task<?> outer =
              createTask(
                  () -> {
                    waitUntil(ALL_COMPLETED, List.of(inner));
                    loop.mark("not reached");
                  });
          turn();
          outer.cancel();
          assertEndsCancelled(outer);
          waiter.setResult("go");
          turn();
          assertThat(inner.isDone()).isTrue();
        });
    assertThat(loop.trail()).containsExactly("inner");
  }

  // ---- wait

  @Test
  @Ported({
    "test_tasks.BaseTaskTests.test_wait",
    "test_tasks.BaseTaskTests.test_wait_with_iterator_of_tasks",
    "test_tasks.BaseTaskTests.test_wait_generator"
  })
  void waitUntil_allCompleted_givesAll_andAtOnceTheSecondTime() {
    loop.run(
        () -> {
          Task<String> a = sleeping(ofMillis(100), "a");
          Task<String> b = sleeping(ofMillis(150), "b");
          for (int i = 0; i < 2; i++) {
            WaitResult<Task<String>> result = waitUntil(ALL_COMPLETED, List.of(b, a));
            assertThat(result.done()).containsExactlyInAnyOrder(a, b);
            assertThat(result.pending()).isEmpty();
          }
        });
    assertThat(loop.elapsed()).isEqualTo(ofMillis(150));
  }

  @Test
  @Ported("test_tasks.BaseTaskTests.test_wait_duplicate_coroutines")
  void waitUntil_theSameTwice_givesItOnce() {
    loop.run(
        () -> {
          Task<String> test = sleeping(ZERO, "test");
          Task<String> spam = sleeping(ZERO, "spam");
          assertThat(waitUntil(ALL_COMPLETED, List.of(test, test, spam)).done())
              .containsExactlyInAnyOrder(test, spam);
        });
  }

  @Test
  @Ported({
    "test_tasks.BaseTaskTests.test_wait_errors",
    "test_tasks.BaseTaskTests.test_wait_invalid_args"
  })
  void waitUntil_ofNothing_throws() {
    loop.run(
        () ->
            assertThatThrownBy(() -> waitUntil(ALL_COMPLETED, List.<Task<?>>of()))
                .isInstanceOf(IllegalArgumentException.class));
  }

  @Test
  @Ported("test_tasks.BaseTaskTests.test_wait_first_completed")
  void waitUntil_firstCompleted_leavesTheOtherPending() {
    loop.run(
        () -> {
          Task<String> a = sleeping(ofSeconds(10), "a");
          Task<String> b = sleeping(ofMillis(100), "b");
          WaitResult<Task<String>> result = waitUntil(FIRST_COMPLETED, List.of(b, a));
          assertThat(result.done()).containsExactly(b);
          assertThat(result.pending()).containsExactly(a);
          assertThat(loop.elapsed()).isEqualTo(ofMillis(100));
          a.await();
        });
  }

  @Test
  @Ported("test_tasks.BaseTaskTests.test_wait_really_done")
  void waitUntil_firstCompleted_givesAlsoWhatGotDoneBeforeItReturned() {
    loop.run(
        () -> {
          Task<?> a = createTask(() -> turn());
          Task<?> b =
              createTask(
                  () -> {
                    turn();
                    turn();
                  });
          WaitResult<Task<?>> result = waitUntil(FIRST_COMPLETED, List.of(b, a));
          assertThat(result.done()).containsExactlyInAnyOrder(a, b);
        });
  }

  @Test
  @Ported({
    "test_tasks.BaseTaskTests.test_wait_first_exception",
    "test_tasks.BaseTaskTests.test_wait_first_exception_in_wait"
  })
  void waitUntil_firstException_returnsWhenOneFails() {
    loop.run(
        () -> {
          for (Duration delay : List.of(ZERO, ofMillis(10))) {
            Task<String> a = sleeping(ofSeconds(10), "a");
            Task<String> b = failing(delay);
            WaitResult<Task<String>> result = waitUntil(FIRST_EXCEPTION, List.of(b, a));
            assertThat(result.done()).containsExactly(b);
            assertThat(result.pending()).containsExactly(a);
            assertThat(b.exception()).isInstanceOf(ArithmeticException.class);
            a.cancel();
            assertEndsCancelled(a);
          }
        });
    assertThat(loop.elapsed()).isEqualTo(ofMillis(10));
  }

  @Test
  @Ported("test_tasks.BaseTaskTests.test_wait_with_exception")
  void waitUntil_allCompleted_throwsNoneOfTheFailures() {
    loop.run(
        () -> {
          Task<String> a = sleeping(ofMillis(100), "a");
          Task<String> b = failing(ofMillis(150));
          WaitResult<Task<String>> result = waitUntil(ALL_COMPLETED, List.of(b, a));
          assertThat(result.done()).hasSize(2);
          assertThat(result.done().stream().filter(task -> task.exception() != null))
              .containsExactly(b);
        });
  }

  @Test
  @Ported({
    "test_tasks.BaseTaskTests.test_wait_with_timeout",
    "test_tasks.BaseTaskTests.test_wait_concurrent_complete"
  })
  void waitUntil_withATimeLimit_givesWhatIsDoneThen() {
    loop.run(
        () -> {
          for (Duration limit : List.of(ofMillis(110), ofMillis(100))) {
            Task<String> a = sleeping(ofMillis(100), "a");
            Task<String> b = sleeping(ofMillis(150), "b");
            turn(); // so that they begin to sleep first
            WaitResult<Task<String>> result = waitUntil(ALL_COMPLETED, List.of(b, a), limit);
            assertThat(result.done()).containsExactly(a);
            assertThat(result.pending()).containsExactly(b);
            b.await();
          }
        });
  }

  // ---- as completed

  @Test
  @Ported({
    "test_tasks.BaseTaskTests.test_as_completed",
    "test_tasks.BaseTaskTests.test_as_completed_coroutine_use_running_loop"
  })
  void asCompleted_givesThemInTheOrderOfTheirEnd() {
    List<String> values = new ArrayList<>();
    loop.run(
        () -> {
          List<Callable<String>> work =
              List.of(
                  () -> sleep(ofMillis(20), "b"),
                  () -> sleep(ofMillis(150), "c"),
                  () -> sleep(ofMillis(10), "a"));
          for (Future<String> done : asCompleted(work)) {
            values.add(done.result());
          }
        });
    assertThat(values).containsExactly("a", "b", "c");
    assertThat(loop.elapsed()).isEqualTo(ofMillis(150));
  }

  @Test
  @Ported({
    "test_tasks.BaseTaskTests.test_as_completed_same_tasks_in_as_out",
    "test_tasks.BaseTaskTests.test_as_completed_duplicate_coroutines"
  })
  void asCompleted_givesTheVeryTasksThatWerePutIn_eachOnce() {
    loop.run(
        () -> {
          Task<String> ham = sleeping(ZERO, "ham");
          Task<String> spam = sleeping(ZERO, "spam");
          List<Future<String>> out = new ArrayList<>();
          asCompleted(List.of(ham, ham, spam)).forEach(out::add);
          assertThat(out).containsExactly(ham, spam);
        });
  }

  @Test
  @Ported({
    "test_tasks.BaseTaskTests.test_as_completed_with_timeout",
    "test_tasks.BaseTaskTests.test_as_completed_with_unused_timeout"
  })
  void asCompleted_withATimeLimit_throwsForWhatIsMissing() {
    loop.run(
        () -> {
          Task<String> a = sleeping(ofMillis(100), "a");
          Task<String> b = sleeping(ofMillis(150), "b");
          Iterator<Future<String>> done = asCompleted(List.of(a, b), ofMillis(120)).iterator();
          assertThat(done.next()).isSameAs(a);
          assertThatThrownBy(done::next).isInstanceOf(TimeoutException.class);
          b.await();
          for (Future<String> in : asCompleted(List.of(a), ofSeconds(1))) {
            assertThat(in.result()).isEqualTo("a");
          }
        });
  }

  @Test
  @Ported({
    "test_tasks.BaseTaskTests.test_as_completed_resume_iterator",
    "test_tasks.BaseTaskTests.test_as_completed_concurrent"
  })
  void asCompleted_theIteratorCanBeLeftAndTakenUpAgain_andItsFuturesAwaitedTogether() {
    loop.run(
        () -> {
          List<Callable<Integer>> work = List.of(() -> 0, () -> 1, () -> 2, () -> 3);
          Iterator<Future<Integer>> iterator = asCompleted(work).iterator();
          List<Future<Integer>> done = new ArrayList<>(List.of(iterator.next(), iterator.next()));
          turn();
          iterator.forEachRemaining(done::add);
          assertThat(gather(done).await()).containsExactlyInAnyOrder(0, 1, 2, 3);
        });
  }

  @Test
  @Ported({
    "test_tasks.BaseTaskTests.test_as_completed_coroutine_without_loop",
    "test_tasks.BaseTaskTests.test_shield_coroutine_without_loop",
    "test_tasks.CoroutineGatherTests.test_constructor_without_loop",
    "test_tasks.FutureGatherTests.test_constructor_empty_sequence_without_loop"
  })
  void outsideALoop_nothingCanBeStarted() {
    Callable<Integer> coroutine = () -> 42;
    assertThatThrownBy(() -> asCompleted(List.of(coroutine)))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> shield(coroutine)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> gather(coroutine)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> gather(List.<Callable<Integer>>of()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("no running event loop");
  }

  // ---- sleep

  @Test
  @Ported("test_tasks.BaseTaskTests.test_sleep")
  void sleep_takesItsTimeAndGivesTheValue() {
    loop.run(
        () -> {
          sleep(ofMillis(50));
          assertThat(sleep(ofMillis(50), "yeah")).isEqualTo("yeah");
        });
    assertThat(loop.elapsed()).isEqualTo(ofMillis(100));
  }

  @Test
  @Ported("test_tasks.BaseTaskTests.test_sleep_cancel")
  void sleep_cancelled_leavesNoTimer() {
    loop.run(
        () -> {
          Task<String> task = sleeping(ofSeconds(10), "never");
          turn();
          task.cancel();
          assertEndsCancelled(task);
        });
    assertThat(loop.elapsed()).isZero();
  }

  @Test
  @Ported("test_tasks.SleepTests.test_sleep_zero")
  void sleep_zero_letsTheOthersRunOnce() {
    loop.run(
        () -> {
          EventLoop.current().callSoon(() -> loop.mark("other"));
          turn();
          loop.mark("self");
        });
    assertThat(loop.trail()).containsExactly("other", "self");
  }

  // ---- shield

  @Test
  @Ported({
    "test_tasks.BaseTaskTests.test_shield_result",
    "test_tasks.BaseTaskTests.test_shield_exception",
    "test_tasks.BaseTaskTests.test_shield_cancel_inner",
    "test_tasks.BaseTaskTests.test_shield_shortcut",
    "test_tasks.BaseTaskTests.test_shield_coroutine_use_running_loop"
  })
  void shield_hasTheOutcomeOfWhatItProtects() {
    loop.run(
        () -> {
          Future<Integer> succeeds = newFuture();
          Future<Integer> fails = newFuture();
          Future<Integer> cancelled = newFuture();
          Future<Integer> outerSucceeds = shield(succeeds);
          Future<Integer> outerFails = shield(fails);
          Future<Integer> outerCancelled = shield(cancelled);
          succeeds.setResult(42);
          IllegalStateException failure = new IllegalStateException("expected");
          fails.setException(failure);
          cancelled.cancel();
          turn();
          turn();
          assertThat(outerSucceeds.await()).isEqualTo(42);
          assertThat(outerFails.exception()).isSameAs(failure);
          assertThat(outerCancelled.isCancelled()).isTrue();
          assertThat(shield(succeeds).await()).isEqualTo(42);
          assertThat(shield(() -> 42).await()).isEqualTo(42);
        });
  }

  @Test
  @Ported({
    "test_tasks.BaseTaskTests.test_shield_cancel_outer",
    "test_tasks.BaseTaskTests.test_shield_effect"
  })
  void shield_cancelled_leavesWhatItProtects() {
    loop.run(
        () -> {
          Future<String> waiter = newFuture();
          Task<?> outer =
              createTask(
                  () -> {
                    shield(
                            () -> {
                              waiter.await();
                              loop.mark("inner");
                              return 1;
                            })
                        .await();
                    loop.mark("not reached");
                  });
          turn();
          turn();
          outer.cancel();
          assertEndsCancelled(outer);
          waiter.setResult("go");
          turn();
          turn();
        });
    assertThat(loop.trail()).containsExactly("inner");
  }

  @Test
  @Ported({
    "test_tasks.BaseTaskTests.test_shield_gather",
    "test_tasks.BaseTaskTests.test_gather_shield"
  })
  void shieldOfAGather_andGatherOfShields_protectTheChildren() {
    loop.run(
        () -> {
          Future<Integer> first = newFuture();
          Future<Integer> second = newFuture();
          Future<List<Integer>> protectedGather = gather(first, second);
          Future<List<Integer>> outer = shield(protectedGather);
          Future<Integer> firstShield = shield(first);
          Future<Integer> secondShield = shield(second);
          Future<List<Integer>> gatherOfShields = gather(firstShield, secondShield);
          outer.cancel();
          gatherOfShields.cancel();
          turn();
          turn();
          assertThat(outer.isCancelled()).isTrue();
          assertThat(firstShield.isCancelled()).isTrue();
          assertThat(secondShield.isCancelled()).isTrue();
          assertThat(gatherOfShields.exception()).isInstanceOf(CancellationException.class);
          first.setResult(1);
          second.setResult(2);
          assertThat(protectedGather.await()).containsExactly(1, 2);
        });
  }

  // ---- gather

  @Test
  @Ported({
    "test_tasks.GatherTestsBase.test_success",
    "test_tasks.GatherTestsBase.test_result_exception_success",
    "test_tasks.CoroutineGatherTests.test_constructor_use_running_loop"
  })
  void gather_givesTheResultsInTheOrderOfTheArguments() {
    loop.run(
        () -> {
          Future<Integer> first = newFuture();
          Future<Integer> second = newFuture();
          Future<List<Integer>> plain = gather(first, second, () -> 3);
          Future<GatheredResults<Integer>> results = gatherResults(first, second, () -> 3);
          second.setResult(2);
          turn();
          assertThat(plain.isDone()).isFalse();
          first.setResult(1);
          assertThat(plain.await()).containsExactly(1, 2, 3);
          assertThat(results.await().successes()).containsExactly(1, 2, 3);
        });
  }

  @Test
  @Ported({
    "test_tasks.GatherTestsBase.test_one_exception",
    "test_tasks.CoroutineGatherTests.test_exception_marking",
    "test_tasks.CoroutineGatherTests.test_issue46672"
  })
  void gather_theFirstFailureEndsIt_andLaterOnesAreNotReported() {
    loop.run(
        () -> {
          Future<Integer> fails = newFuture();
          Future<Integer> failsLater = newFuture();
          Future<Integer> succeeds = newFuture();
          Future<List<Integer>> all = gather(succeeds, fails, failsLater);
          ArithmeticException failure = new ArithmeticException();
          fails.setException(failure);
          turn();
          turn();
          assertThat(all.isDone()).isTrue();
          assertThat(all.exception()).isSameAs(failure);
          failsLater.setException(new IllegalStateException("later"));
          succeeds.setResult(1);
          turn();
        });
    assertThat(loop.takeReports()).isEmpty();
  }

  @Test
  @Ported({
    "test_tasks.GatherTestsBase.test_return_exceptions",
    "test_tasks.FutureGatherTests.test_one_cancellation",
    "test_tasks.FutureGatherTests.test_result_exception_one_cancellation"
  })
  void gather_ofACancelledFuture_failsWithTheCancel_gatherResultsKeepsIt() {
    loop.run(
        () -> {
          Future<Integer> succeeds = newFuture();
          Future<Integer> cancelled = newFuture();
          Future<Integer> fails = newFuture();
          Future<List<Integer>> plain = gather(succeeds, cancelled, fails);
          Future<GatheredResults<Integer>> results = gatherResults(succeeds, cancelled, fails);
          cancelled.cancel();
          turn();
          turn();
          assertThat(plain.isCancelled()).isFalse();
          assertThat(plain.exception()).isInstanceOf(CancellationException.class);
          assertThat(results.isDone()).isFalse();
          ArithmeticException failure = new ArithmeticException();
          fails.setException(failure);
          succeeds.setResult(1);
          List<Result<Integer>> all = results.await().all();
          assertThat(all.getFirst()).isEqualTo(new Result.Success<>(1));
          assertThat(results.await().exceptions().getFirst())
              .isInstanceOf(CancellationException.class);
          assertThat(results.await().exceptions().getLast()).isSameAs(failure);
        });
  }

  @Test
  @Ported("test_tasks.FutureGatherTests.test_constructor_empty_sequence_use_running_loop")
  void gather_ofNothing_isDone() {
    loop.run(
        () -> {
          Future<List<Integer>> none = gather(List.<Callable<Integer>>of());
          assertThat(none.isDone()).isTrue();
          assertThat(none.await()).isEmpty();
        });
  }

  @Test
  @Ported("test_tasks.FutureGatherTests.test_constructor_heterogenous_futures")
  void gather_ofAFutureOfAnotherLoop_throws() {
    try (EventLoop other = EventLoop.create(loop.options())) {
      Future<Integer> foreign = other.createFuture();
      loop.run(
          () -> {
            Future<Integer> own = newFuture();
            assertThatThrownBy(() -> gather(own, foreign))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("belongs to loop");
          });
    }
  }

  @Test
  @Ported("test_tasks.FutureGatherTests.test_constructor_homogenous_futures")
  void gather_belongsToTheLoopOfItsFutures() {
    loop.run(
        () -> {
          Future<Integer> own = newFuture();
          Future<List<Integer>> all = gather(own);
          assertThat(all.loop()).isSameAs(own.loop());
          own.setResult(1);
          all.await();
        });
  }

  @Test
  @Ported("test_tasks.CoroutineGatherTests.test_duplicate_coroutines")
  void gather_theSameTaskTwice_awaitsItOnceAndGivesTwoResults() {
    loop.run(
        () -> {
          Task<String> abc = sleeping(ZERO, "abc");
          Task<String> def = sleeping(ZERO, "def");
          assertThat(gather(abc, abc, def, abc).await())
              .containsExactly("abc", "abc", "def", "abc");
        });
  }

  @Test
  @Ported("test_tasks.CoroutineGatherTests.test_cancellation_broadcast")
  void gather_cancelledByItsAwaiter_cancelsAllChildren() {
    loop.run(
        () -> {
          Future<String> waiter = newFuture();
          Task<?> first = createTask(() -> waiter.await());
          Task<?> second = createTask(() -> waiter.await());
          Task<?> outer =
              createTask(
                  () -> {
                    gather(first, second).await();
                    loop.mark("not reached");
                  });
          turn();
          turn();
          outer.cancel();
          assertEndsCancelled(outer);
          assertThat(first.isCancelled()).isTrue();
          assertThat(second.isCancelled()).isTrue();
          assertThat(waiter.isCancelled()).isTrue();
        });
    assertThat(loop.trail()).isEmpty();
  }

  @Test
  @Ported("test_tasks.BaseTaskTests.test_cancel_gather_1")
  void gather_cancelledWhenAllChildrenAreDone_refuses() {
    loop.run(
        () -> {
          Future<Integer> future = newFuture();
          Future<List<Integer>> all = gather(() -> future.await());
          List<Boolean> refused = new ArrayList<>();
          turn();
          // Two turns after the result the child is done, and the gather is not told yet.
          future.addDoneCallback(
              _ -> EventLoop.current().callSoon(() -> refused.add(all.isDone() || all.cancel())));
          future.setResult(42);
          assertThat(all.await()).containsExactly(42);
          assertThat(all.isCancelled()).isFalse();
        });
  }

  @Test
  @Ported("test_tasks.BaseTaskTests.test_cancel_gather_2")
  void gatherResults_awaiterCancelled_theCancelIsNotLost() {
    loop.run(
        () -> {
          for (String message : new @Nullable String[] {null, "my message"}) {
            Task<?> task =
                createTask(
                    () -> {
                      while (true) {
                        gatherResults(() -> sleep(ofMillis(50), 1)).await();
                      }
                    });
            sleep(ofMillis(200));
            task.cancel(message);
            assertThatThrownBy(task::await)
                .isInstanceOf(CancellationException.class)
                .hasMessage(message);
          }
        });
  }

  // ---- contexts

  @Test
  @Ported("test_tasks.BaseTaskTests.test_context_1")
  void context_ofATask_isACopyOfItsCreators() {
    loop.run(
        () -> {
          Task<?> task =
              createTask(
                  () -> {
                    sleep(ofMillis(10));
                    assertThat(VARIABLE.get()).isEqualTo("nope");
                    VARIABLE.set("something else");
                  });
          VARIABLE.set("yes");
          task.await();
          assertThat(VARIABLE.get()).isEqualTo("yes");
        });
    assertThat(VARIABLE.get()).isEqualTo("nope");
  }

  @Test
  @Ported("test_tasks.BaseTaskTests.test_context_2")
  void context_ofADoneCallback_doesNotChangeThatOfTheTask() {
    loop.run(
        () -> {
          for (String value : List.of("yes0", "yes1")) {
            Future<String> future = newFuture();
            future.addDoneCallback(_ -> VARIABLE.set("something else"));
            VARIABLE.set(value);
            EventLoop.current().callSoon(() -> future.setResult("done"));
            future.await();
            assertThat(VARIABLE.get()).isEqualTo(value);
            sleep(ofMillis(1));
            assertThat(VARIABLE.get()).isEqualTo(value);
          }
        });
  }

  @Test
  @Ported("test_tasks.BaseTaskTests.test_context_3")
  void contexts_ofAHundredTasks_areApart() {
    loop.run(
        () -> {
          List<Callable<Integer>> work = new ArrayList<>();
          for (int task = 0; task < 100; task++) {
            String name = "task " + task;
            Duration nap = ofMillis(1 + task * 7 % 50);
            work.add(
                () -> {
                  for (int i = 0; i < 10; i++) {
                    VARIABLE.set(name + i);
                    sleep(nap);
                    assertThat(VARIABLE.get()).isEqualTo(name + i);
                  }
                  return 10;
                });
          }
          assertThat(gather(work).await()).hasSize(100);
          assertThat(VARIABLE.get()).isEqualTo("nope");
        });
  }

  @Test
  @Ported({
    "test_tasks.BaseTaskTests.test_context_4",
    "test_tasks.BaseTaskTests.test_context_5",
    "test_tasks.BaseTaskTests.test_context_6",
    "test_tasks.BaseTaskTests.test_get_context",
    "test_context.DecimalContextTest.test_asyncio_task_decimal_context"
  })
  void context_thatIsGiven_isSharedByItsTasks() {
    loop.run(
        () -> {
          Context context = Context.copyCurrent();
          for (String value : List.of("1", "2")) {
            Task<?> task =
                EventLoop.current()
                    .createTask(
                        TaskOptions.defaults().withContext(context),
                        () -> {
                          turn();
                          VARIABLE.set(value);
                        });
            task.await();
            assertThat(context.get(VARIABLE)).isEqualTo(value);
            assertThat(task.context()).isSameAs(context);
          }
          assertThat(VARIABLE.get()).isEqualTo("nope");
        });
  }

  // ---- from other threads

  private static Integer add(int a, int b, boolean fail, boolean cancel) {
    turn(); // no time passes on this clock while a thread waits for the result
    if (fail) {
      throw new IllegalStateException("Fail!");
    }
    if (cancel) {
      self().cancel();
      turn();
    }
    return a + b;
  }

  @Test
  @Ported({
    "test_tasks.RunCoroutineThreadsafeTests.test_run_coroutine_threadsafe",
    "test_tasks.RunCoroutineThreadsafeTests.test_run_coroutine_threadsafe_with_exception",
    "test_tasks.RunCoroutineThreadsafeTests.test_run_coroutine_threadsafe_task_cancelled"
  })
  void submit_fromAnotherThread_givesResultFailureAndCancel() throws Exception {
    loop.run(
        () -> {
          EventLoop running = EventLoop.current();
          assertThat(
                  io.asyncio4j.Asyncio.toThread(
                      () -> running.submit(() -> add(1, 2, false, false)).get()))
              .isEqualTo(3);
          assertThatThrownBy(
                  () ->
                      io.asyncio4j.Asyncio.toThread(
                          () -> running.submit(() -> add(1, 2, true, false)).get()))
              .isInstanceOf(ExecutionException.class)
              .hasRootCauseMessage("Fail!");
          CompletableFuture<Integer> cancelled =
              io.asyncio4j.Asyncio.toThread(() -> running.submit(() -> add(1, 2, false, true)));
          while (!cancelled.isDone()) {
            sleep(ofMillis(10));
          }
          assertThat(cancelled.isCancelled()).isTrue();
        });
  }

  @Test
  @Ported(
      "test_tasks.RunCoroutineThreadsafeTests"
          + ".test_run_coroutine_threadsafe_task_factory_exception")
  void submit_theTaskFactoryThrows_isItsFailure() throws Exception {
    TaskFactory failing =
        new TaskFactory() {
          @Override
          public <T extends @Nullable Object> Task<T> create(
              EventLoop loop, Callable<? extends T> coroutine, TaskOptions options) {
            throw new IllegalStateException("task factory");
          }
        };
    loop.run(
        () -> {
          EventLoop running = EventLoop.current();
          running.taskFactory(failing);
          CompletableFuture<Integer> outside =
              io.asyncio4j.Asyncio.toThread(() -> running.submit(() -> 1));
          while (!outside.isDone()) {
            sleep(ofMillis(1));
          }
          running.taskFactory(TaskFactory.standard());
          assertThatThrownBy(outside::get)
              .isInstanceOf(ExecutionException.class)
              .hasRootCauseMessage("task factory");
        });
  }

  @Test
  @Ported("test_tasks.RunCoroutineThreadsafeTests.test_run_coroutine_threadsafe_with_timeout")
  void submit_cancelledByTheThreadThatAsked_cancelsTheTask() throws Exception {
    loop.run(
        () -> {
          EventLoop running = EventLoop.current();
          Future<String> begun = newFuture();
          Set<Task<?>> submitted = new HashSet<>();
          CompletableFuture<Integer> outside =
              io.asyncio4j.Asyncio.toThread(
                  () ->
                      running.submit(
                          () -> {
                            submitted.add(self());
                            begun.setResult("begun");
                            return newFutureResult();
                          }));
          begun.await();
          assertThatThrownBy(() -> outside.get(0, TimeUnit.NANOSECONDS))
              .isInstanceOf(java.util.concurrent.TimeoutException.class);
          io.asyncio4j.Asyncio.toThread(() -> outside.cancel(true));
          waitUntil(ALL_COMPLETED, submitted);
          assertThat(submitted).allMatch(Task::isCancelled);
        });
  }

  private static Integer newFutureResult() {
    return TasksConformanceTest.<Integer>newFuture().await();
  }

  @Test
  @Ported("test_tasks.BaseTaskTests.test_task_source_traceback")
  void failure_neverRetrieved_tellsWhereTheTaskWasCreated() {
    loop.run(
        () -> {
          failing(ZERO);
          turn();
        });
    assertThat(loop.takeReports())
        .singleElement()
        .satisfies(
            report ->
                assertThat(report.message())
                    .contains("never retrieved")
                    .contains("TasksConformanceTest.java"));
  }

  @Test
  void allTasks_areGone_whenTheyAreDone() {
    loop.run(
        () -> {
          gather(Collections.nCopies(3, () -> sleep(ZERO, 1))).await();
          assertThat(io.asyncio4j.Asyncio.allTasks()).containsExactly(self());
        });
  }
}
