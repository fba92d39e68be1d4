package io.asyncio4j;

import static io.asyncio4j.Asyncio.allTasks;
import static io.asyncio4j.Asyncio.createTask;
import static io.asyncio4j.Asyncio.currentTask;
import static io.asyncio4j.Asyncio.gather;
import static io.asyncio4j.Asyncio.sleep;
import static io.asyncio4j.Asyncio.timeout;
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
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Future.State;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a task is called, how it ends, and when a cancel reaches it. */
class TaskTest {
  @RegisterExtension final TestLoop loop = new TestLoop();

  private static <T extends @Nullable Object> Future<T> newFuture() {
    return EventLoop.current().createFuture();
  }

  private static Task<?> self() {
    return requireNonNull(currentTask());
  }

  private static void assertCancelled(Task<?> task) {
    assertThatThrownBy(task::await).isInstanceOf(CancellationException.class);
    assertThat(task.state()).isEqualTo(State.CANCELLED);
  }

  // ---- what it is called and which there are

  @Test
  void name_isTheGivenOneOrANumber() {
    loop.run(
        () -> {
          Task<Integer> named = createTask("download", () -> 1);
          assertThat(named.name()).isEqualTo("download");
          Task<Integer> one = createTask(() -> 1);
          Task<Integer> two = createTask(() -> 2);
          assertThat(one.name()).matches("Task-\\d+");
          assertThat(two.name()).matches("Task-\\d+").isNotEqualTo(one.name());
          gather(named, one, two).await();
        });
  }

  @Test
  void name_isTheThreadsName() {
    loop.run(
        () -> {
          String thread = createTask("download", () -> Thread.currentThread().getName()).await();
          assertThat(thread).isEqualTo("download");
        });
  }

  @Test
  void toString_tellsTheStateAndWhatIsAwaited() {
    loop.run(
        () -> {
          Task<Integer> inner = createTask("inner", () -> sleep(ofMillis(5), 1));
          Task<Integer> outer = createTask("outer", () -> inner.await());
          sleep(ZERO);
          assertThat(outer).hasToString("Task 'outer' (RUNNING) awaiting Task 'inner'");
          assertThat(inner).hasToString("Task 'inner' (RUNNING) awaiting sleep");
          outer.await();
          assertThat(outer).hasToString("Task 'outer' (SUCCESS)");
        });
  }

  @Test
  void currentTask_isTheCallerAndNoneInACallback() {
    loop.run(
        () -> {
          Task<?>[] seen = new Task<?>[1];
          Task<?> task =
              createTask(
                  () -> {
                    seen[0] = self();
                    sleep(ZERO);
                    assertThat(self()).isSameAs(seen[0]);
                  });
          EventLoop.current().callSoon(() -> loop.mark("in a callback: " + currentTask()));
          task.await();
          assertThat(seen[0]).isSameAs(task);
          assertThat(self()).isNotSameAs(task);
        });
    assertThat(currentTask()).isNull();
    assertThat(loop.trail()).containsExactly("in a callback: null");
  }

  @Test
  void allTasks_areThosePendingOldestFirst() {
    loop.run(
        () -> {
          Task<?> main = self();
          Task<?> a = createTask(() -> sleep(ofMillis(5)));
          Task<?> b = createTask(() -> sleep(ofMillis(1)));
          Task<?> c = createTask(() -> sleep(ofMillis(5)));
          assertThat(allTasks()).containsExactly(main, a, b, c);
          b.await();
          assertThat(allTasks()).containsExactly(main, a, c);
          gather(a, c).await();
          assertThat(allTasks()).containsExactly(main);
        });
  }

  // ---- how it ends

  @Test
  void bodyReturns_isItsResult() {
    loop.run(
        () -> {
          Task<String> task = createTask(() -> sleep(ofMillis(1), "value"));
          assertThat(task.state()).isEqualTo(State.RUNNING);
          assertThatThrownBy(task::result).isInstanceOf(InvalidStateException.class);
          assertThat(task.await()).isEqualTo("value");
          assertThat(task.state()).isEqualTo(State.SUCCESS);
          assertThat(task.result()).isEqualTo("value");
          assertThat(task.exception()).isNull();
        });
  }

  @Test
  void bodyThrowsAnything_theAwaiterGetsTheSameObject() {
    for (Throwable thrown :
        new Throwable[] {
          new IOException("checked"),
          new IllegalArgumentException("unchecked"),
          new AssertionError("error"),
          new StackOverflowError("deep"),
          new InterruptedException("nobody asked for a cancel")
        }) {
      loop.run(
          () -> {
            Task<?> task =
                createTask(
                    () -> {
                      throw Rethrow.<RuntimeException>as(thrown);
                    });
            assertThatThrownBy(task::await).isSameAs(thrown);
            assertThat(task.state()).isEqualTo(State.FAILED);
            assertThat(task.exception()).isSameAs(thrown);
          });
    }
  }

  @Test
  void checkedException_canBeCaughtAroundAnAwait() {
    loop.run(
        () -> {
          Task<String> task =
              createTask(
                  () -> {
                    throw new IOException("io");
                  });
          try {
            task.<IOException>await();
            fail("no exception");
          } catch (IOException e) {
            assertThat(e).hasMessage("io");
          }
        });
  }

  @Test
  void exception_throughSeveralTasks_isTheSameObject() {
    loop.run(
        () -> {
          IOException failure = new IOException("io");
          Task<String> inner =
              createTask(
                  () -> {
                    throw failure;
                  });
          Task<String> middle = createTask(() -> inner.await());
          Task<String> outer = createTask(() -> middle.await());
          assertThatThrownBy(outer::await).isSameAs(failure);
        });
  }

  @Test
  void exceptionOfTheMainTask_leavesRunAsItIs() {
    IOException failure = new IOException("io");
    assertThatThrownBy(
            () ->
                loop.run(
                    () -> {
                      sleep(ofMillis(1));
                      throw failure;
                    }))
        .isSameAs(failure);
  }

  @Test
  void bodyAwaitsItself_throwsInsteadOfHanging() {
    loop.run(
        () -> {
          Task<?> task =
              createTask(
                  "ouroboros",
                  () ->
                      assertThatThrownBy(() -> self().await())
                          .isInstanceOf(IllegalStateException.class)
                          .hasMessageContaining("'ouroboros' awaited itself"));
          task.await();
        });
  }

  @Test
  void bodyThrowsCancellation_isCancelled() {
    loop.run(
        () -> {
          Task<?> task =
              createTask(
                  () -> {
                    throw new CancellationException("own");
                  });
          assertThatThrownBy(task::await)
              .isInstanceOf(CancellationException.class)
              .hasMessage("own");
          assertThat(task.isCancelled()).isTrue();
          assertThat(task.cancelling()).isZero();
        });
  }

  @Test
  void failure_neverRetrieved_isReportedWithTheTaskAndItsLine() {
    loop.run(
        () -> {
          createTask("forgotten", () -> fail("nobody looks"));
          sleep(ZERO);
        });
    assertThat(loop.takeReports())
        .singleElement()
        .extracting(LoopErrorContext::message)
        .asString()
        .contains("Task exception was never retrieved")
        .contains("Task 'forgotten'")
        .contains("TaskTest.java");
  }

  // ---- cancel, by the state of the task

  @Test
  void cancel_beforeTheFirstStep_theBodyNeverRuns() {
    loop.run(
        () -> {
          Task<?> task = createTask(() -> loop.mark("ran"));
          assertThat(task.cancel("early")).isTrue();
          assertThat(task.isDone()).isFalse();
          assertThatThrownBy(task::await)
              .isInstanceOf(CancellationException.class)
              .hasMessage("early");
          assertThat(task.isCancelled()).isTrue();
        });
    assertThat(loop.trail()).isEmpty();
  }

  @Test
  void cancel_beforeTheFirstStepAndTakenBack_theBodyRuns() {
    loop.run(
        () -> {
          Task<?> task = createTask(() -> loop.mark("ran"));
          task.cancel();
          task.uncancel();
          task.await();
        });
    assertThat(loop.trail()).containsExactly("ran");
  }

  @Test
  void cancel_whileAFutureIsAwaited_cancelsBoth() {
    loop.run(
        () -> {
          Future<String> future = newFuture();
          Task<String> task = createTask(() -> future.await());
          sleep(ZERO);
          assertThat(task.cancel("message")).isTrue();
          assertThat(task.isDone()).isFalse();
          assertThat(future.isCancelled()).isTrue();
          assertThatThrownBy(task::await)
              .isInstanceOf(CancellationException.class)
              .hasMessage("message");
          assertThatThrownBy(future::result).hasMessage("message");
        });
  }

  @Test
  void cancel_whileATaskIsAwaited_cancelsTheOther() {
    loop.run(
        () -> {
          Task<?> inner =
              createTask(
                  () -> {
                    try {
                      sleep(ofSeconds(9));
                    } finally {
                      sleep(ofMillis(5));
                      loop.mark("inner cleaned up");
                    }
                  });
          Task<?> outer = createTask(() -> inner.await());
          sleep(ofMillis(1));
          outer.cancel();
          assertCancelled(outer);
          assertThat(inner.isCancelled()).isTrue();
        });
    assertThat(loop.trail()).containsExactly("inner cleaned up");
  }

  @Test
  void cancel_theAwaitedTaskSwallowsIt_theAwaiterGetsTheResult() {
    loop.run(
        () -> {
          Task<String> inner =
              createTask(
                  () -> {
                    assertThatThrownBy(() -> sleep(ofSeconds(9)))
                        .isInstanceOf(CancellationException.class);
                    return "went on";
                  });
          Task<String> outer = createTask(() -> inner.await());
          sleep(ofMillis(1));
          outer.cancel();
          assertThat(outer.await()).isEqualTo("went on");
          assertThat(outer.cancelling()).isEqualTo(1);
        });
  }

  @Test
  void cancel_whenReady_isDeliveredAtTheAwaitThoughItsFutureIsDone() {
    loop.run(
        () -> {
          Future<String> future = newFuture();
          Task<String> task = createTask(() -> future.await());
          sleep(ZERO);
          future.setResult("there");
          assertThat(task.cancel("late")).isTrue();
          assertThatThrownBy(task::await)
              .isInstanceOf(CancellationException.class)
              .hasMessage("late");
          assertThat(future.result()).isEqualTo("there");
        });
  }

  @Test
  void cancel_whenReadyWithAFailure_isDeliveredInsteadOfIt() {
    loop.run(
        () -> {
          Future<String> future = newFuture();
          Task<String> task = createTask(() -> future.await());
          sleep(ZERO);
          future.setException(new IOException("io"));
          task.cancel("late");
          assertThatThrownBy(task::await)
              .isInstanceOf(CancellationException.class)
              .hasMessage("late");
          assertThat(future.exception()).hasMessage("io");
        });
  }

  @Test
  void cancel_whenReadyAndTakenBack_goesOn() {
    loop.run(
        () -> {
          Future<Integer> future = newFuture();
          Task<Integer> task = createTask(() -> future.await());
          sleep(ZERO);
          future.setResult(42);
          task.cancel();
          assertThat(task.cancelling()).isEqualTo(1);
          assertThat(task.uncancel()).isZero();
          assertThat(task.await()).isEqualTo(42);
        });
  }

  @Test
  void cancel_bothTheTaskAndItsFuture_isCancelled() {
    loop.run(
        () -> {
          Future<String> future = newFuture();
          Task<String> task = createTask(() -> future.await());
          sleep(ZERO);
          future.cancel();
          task.cancel();
          assertCancelled(task);
        });
  }

  @Test
  void cancel_ofItself_isDeliveredAtTheNextSuspension() {
    loop.run(
        () -> {
          Future<String> done = newFuture();
          done.setResult("there");
          Task<?> task =
              createTask(
                  () -> {
                    assertThat(self().cancel()).isTrue();
                    assertThat(done.await()).isEqualTo("there"); // does not suspend
                    loop.mark("before");
                    sleep(ofSeconds(9));
                    loop.mark("after");
                  });
          assertCancelled(task);
        });
    assertThat(loop.trail()).containsExactly("before");
    assertThat(loop.elapsed()).isZero();
  }

  @Test
  void cancel_ofItself_cancelsWhatItAwaitsNext() {
    loop.run(
        () -> {
          Task<?> other = createTask(() -> sleep(ofSeconds(9)));
          Task<?> task =
              createTask(
                  () -> {
                    self().cancel();
                    other.await();
                  });
          assertCancelled(task);
          assertThat(other.isCancelled()).isTrue();
        });
  }

  @Test
  void cancel_ofItself_thenReturns_isCancelled() {
    loop.run(
        () -> {
          Task<String> task =
              createTask(
                  () -> {
                    self().cancel("at the end");
                    return "value";
                  });
          assertThatThrownBy(task::await)
              .isInstanceOf(CancellationException.class)
              .hasMessage("at the end");
          assertThat(task.isCancelled()).isTrue();
        });
  }

  @Test
  void cancel_ofItself_thenThrows_isFailed() {
    loop.run(
        () -> {
          Task<String> task =
              createTask(
                  () -> {
                    self().cancel();
                    throw new ArithmeticException("own");
                  });
          assertThatThrownBy(task::await).hasMessage("own");
          assertThat(task.state()).isEqualTo(State.FAILED);
        });
  }

  @Test
  void cancel_whenDone_isRefused() {
    loop.run(
        () -> {
          Task<Integer> task = createTask(() -> 1);
          task.await();
          assertThat(task.cancel()).isFalse();
          assertThat(task.cancelling()).isZero();
          assertThat(task.result()).isEqualTo(1);
        });
  }

  // ---- cancel is delivered once

  @Test
  void cancel_isDeliveredOnce_soCleanUpMayAwait() {
    loop.run(
        () -> {
          Task<?> task =
              createTask(
                  () -> {
                    try {
                      sleep(ofSeconds(9));
                    } finally {
                      sleep(ofMillis(5));
                      createTask(() -> sleep(ofMillis(5))).await();
                      loop.mark("cleaned up");
                    }
                  });
          sleep(ofMillis(1));
          task.cancel();
          assertCancelled(task);
        });
    assertThat(loop.trail()).containsExactly("cleaned up");
    assertThat(loop.elapsed()).isEqualTo(ofMillis(11));
  }

  @Test
  void cancel_swallowed_theTaskGoesOnAndSucceeds() {
    loop.run(
        () -> {
          Task<String> task =
              createTask(
                  () -> {
                    try {
                      sleep(ofSeconds(9));
                    } catch (CancellationException e) {
                      loop.mark("swallowed");
                    }
                    return sleep(ofMillis(5), "value");
                  });
          sleep(ofMillis(1));
          task.cancel();
          assertThat(task.await()).isEqualTo("value");
          assertThat(task.isCancelled()).isFalse();
          assertThat(task.cancelling()).isEqualTo(1);
        });
    assertThat(loop.trail()).containsExactly("swallowed");
  }

  @Test
  void cancel_inCleanUpAgain_isDeliveredAgain() {
    loop.run(
        () -> {
          Task<?> task =
              createTask(
                  () -> {
                    try {
                      sleep(ofSeconds(9));
                    } catch (CancellationException e) {
                      loop.mark("first");
                      sleep(ofSeconds(9));
                      loop.mark("not reached");
                    }
                  });
          sleep(ofMillis(1));
          task.cancel();
          sleep(ofMillis(1));
          task.cancel("again");
          assertThatThrownBy(task::await)
              .isInstanceOf(CancellationException.class)
              .hasMessage("again");
          assertThat(task.cancelling()).isEqualTo(2);
        });
    assertThat(loop.trail()).containsExactly("first");
  }

  @Test
  void cancel_twiceBeforeItIsDelivered_isDeliveredOnce() {
    loop.run(
        () -> {
          Task<?> task =
              createTask(
                  () -> {
                    for (int i = 0; i < 3; i++) {
                      try {
                        sleep(ofMillis(5));
                        loop.mark("slept");
                      } catch (CancellationException e) {
                        loop.mark("cancelled");
                      }
                    }
                  });
          sleep(ofMillis(1));
          task.cancel(); // cancels the sleep
          task.cancel(); // the task is ready by now
          task.await();
          assertThat(task.cancelling()).isEqualTo(2);
        });
    // As in asyncio: the second request finds the task ready, and takes the place of the first.
    assertThat(loop.trail()).containsExactly("cancelled", "slept", "slept");
  }

  @Test
  void cancel_failsInCleanUp_isFailedAndNotCancelled() {
    loop.run(
        () -> {
          Task<?> task =
              createTask(
                  () -> {
                    try {
                      sleep(ofSeconds(9));
                    } catch (CancellationException e) {
                      throw new IOException("clean-up");
                    }
                  });
          sleep(ofMillis(1));
          task.cancel();
          assertThatThrownBy(task::await).isInstanceOf(IOException.class).hasMessage("clean-up");
          assertThat(task.state()).isEqualTo(State.FAILED);
        });
  }

  @Test
  void cancel_ofAnAwaiter_reachesEachAwaiterOfTheSameTask() {
    loop.run(
        () -> {
          Task<?> shared = createTask(() -> sleep(ofSeconds(9)));
          Task<?> one = createTask(() -> shared.await());
          Task<?> other = createTask(() -> shared.await());
          sleep(ofMillis(1));
          one.cancel("one");
          assertCancelled(one);
          assertCancelled(other);
          assertThat(other.cancelling()).isZero();
        });
  }

  @Test
  void cancel_theExceptionOfTheTaskIsTheOneItEndedWith() {
    loop.run(
        () -> {
          CancellationException own = new CancellationException("own");
          Task<?> task =
              createTask(
                  () -> {
                    try {
                      sleep(ofSeconds(9));
                    } catch (CancellationException e) {
                      throw own;
                    }
                  });
          sleep(ofMillis(1));
          task.cancel("request");
          assertThatThrownBy(task::await).isSameAs(own);
        });
  }

  // ---- tasks that await each other

  @Test
  void cancel_inACircle_endsAllOfIt() {
    loop.run(
        () -> {
          Task<?>[] circle = new Task<?>[3];
          for (int i = 0; i < 3; i++) {
            int next = (i + 1) % 3;
            circle[i] = createTask(() -> requireNonNull(circle[next]).await());
          }
          sleep(ZERO);
          circle[1].cancel("break it");
          for (Task<?> task : circle) {
            assertThatThrownBy(task::await)
                .isInstanceOf(CancellationException.class)
                .hasMessage("break it");
            assertThat(task.cancelling()).isEqualTo(1);
          }
        });
  }

  @Test
  void timeout_inACircle_endsIt() {
    loop.run(
        () -> {
          Task<?>[] other = new Task<?>[1];
          Task<?> one =
              createTask(() -> timeout(ofMillis(5), () -> requireNonNull(other[0]).await()));
          other[0] = createTask(() -> one.await());
          assertThatThrownBy(one::await).isInstanceOf(TimeoutException.class);
          assertThatThrownBy(other[0]::await).isSameAs(one.exception()); // what it awaited
        });
  }

  @Test
  void cancel_ofATaskThatGathersItself_endsIt() {
    loop.run(
        () -> {
          Task<?> task = createTask(() -> gather(self(), sleeping(), self()).await());
          sleep(ofMillis(1));
          task.cancel();
          assertCancelled(task);
          assertThat(task.cancelling()).isEqualTo(1);
          sleep(ZERO);
          assertThat(allTasks()).hasSize(1);
        });
    // The gather itself failed with the cancel of its children, and nobody awaits it any more.
    assertThat(loop.takeReports())
        .singleElement()
        .extracting(LoopErrorContext::exception)
        .isInstanceOf(CancellationException.class);
  }

  private static Task<?> sleeping() {
    return createTask(() -> sleep(ofSeconds(9)));
  }

  // ---- counting

  @Test
  void cancelling_countsRequestsAndUncancelTakesBack() {
    loop.run(
        () -> {
          Task<?> task = createTask(() -> sleep(ofSeconds(9)));
          sleep(ofMillis(1));
          assertThat(task.cancelling()).isZero();
          assertThat(task.cancel()).isTrue();
          assertThat(task.cancelling()).isEqualTo(1);
          assertThat(task.cancel()).isTrue();
          assertThat(task.cancelling()).isEqualTo(2);
          assertThat(task.uncancel()).isEqualTo(1);
          assertThat(task.uncancel()).isZero();
          assertThat(task.uncancel()).isZero();
          assertThat(task.cancelling()).isZero();
          assertCancelled(task); // what was delivered stays delivered
        });
  }

  @Test
  void uncancel_ofOneOfTwo_leavesTheRequestPending() {
    loop.run(
        () -> {
          Task<?> task = createTask(() -> loop.mark("ran"));
          task.cancel();
          task.cancel();
          assertThat(task.uncancel()).isEqualTo(1);
          assertCancelled(task);
        });
    assertThat(loop.trail()).isEmpty();
  }

  @Test
  void uncancel_inAScopeOfOnesOwn_theTaskGoesOnAfterwards() {
    loop.run(
        () -> {
          Task<String> task =
              createTask(
                  () -> {
                    Task<?> self = self();
                    Handle alarm = EventLoop.current().callLater(ofMillis(10), self::cancel);
                    try {
                      sleep(ofSeconds(9));
                    } catch (CancellationException e) {
                      assertThat(self.uncancel()).isZero();
                    } finally {
                      alarm.cancel();
                    }
                    sleep(ofMillis(5));
                    return "went on";
                  });
          assertThat(task.await()).isEqualTo("went on");
          assertThat(task.cancelling()).isZero();
        });
    assertThat(loop.elapsed()).isEqualTo(ofMillis(15));
  }

  // ---- what is no coroutine

  @Test
  @SuppressWarnings("NullAway") // what is no null to the compiler may be one all the same
  void coroutine_null_isRefusedByName() {
    Callable<Integer> good = () -> 1;
    Callable<Integer> none = null;
    ThrowingRunnable<RuntimeException> noBody = null;
    loop.run(
        () -> {
          List<ThrowingCallable<?, Exception>> calls =
              List.of(
                  () -> createTask(none),
                  () -> createTask(noBody),
                  () -> createTask("named", none),
                  () -> createTask(TaskOptions.defaults(), noBody),
                  () -> Asyncio.shield(none),
                  () -> Asyncio.waitFor(none, Duration.ofSeconds(1)),
                  () -> EventLoop.current().submit(none));
          for (ThrowingCallable<?, Exception> call : calls) {
            assertThatThrownBy(call::call)
                .isInstanceOf(NullPointerException.class)
                .hasMessage("coroutine");
          }
          List<ThrowingCallable<?, Exception>> callsOfSeveral =
              List.of(
                  () -> Asyncio.gather(good, none),
                  () -> Asyncio.gather(Arrays.asList(good, none)),
                  () -> Asyncio.gather(Asyncio.limit(1), Arrays.asList(good, none)),
                  () -> Asyncio.gather(() -> {}, noBody),
                  () -> Asyncio.gatherResults(good, none),
                  () -> Asyncio.asCompleted(good, none));
          for (ThrowingCallable<?, Exception> call : callsOfSeveral) {
            assertThatThrownBy(call::call)
                .isInstanceOf(NullPointerException.class)
                .hasMessage("coroutines[1] of 2 is null");
          }
          assertThat(Asyncio.allTasks()).hasSize(1); // none was started
        });
  }
}
