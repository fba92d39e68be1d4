package io.asyncio4j.conformance;

import static io.asyncio4j.Asyncio.createTask;
import static io.asyncio4j.Asyncio.currentTask;
import static io.asyncio4j.Asyncio.sleep;
import static io.asyncio4j.Asyncio.timeout;
import static java.time.Duration.ZERO;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.asyncio4j.EventLoop;
import io.asyncio4j.Future;
import io.asyncio4j.Task;
import io.asyncio4j.TaskGroup;
import io.asyncio4j.TaskGroupException;
import io.asyncio4j.Timeout;
import io.asyncio4j.TimeoutException;
import io.asyncio4j.testing.TestLoop;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What CPython's {@code test_timeouts.py} means. */
class TimeoutsConformanceTest {
  @RegisterExtension final TestLoop loop = new TestLoop();

  private static Task<?> self() {
    return requireNonNull(currentTask());
  }

  private static long in(Duration delay) {
    return EventLoop.current().time() + delay.toNanos();
  }

  private static TimeoutException timesOut(ThrowingBody body) {
    TimeoutException thrown = catchThrowableOfType(TimeoutException.class, body::run);
    assertThat(thrown).as("a TimeoutException").isNotNull();
    return thrown;
  }

  private interface ThrowingBody {
    void run() throws Exception;
  }

  private static void crash() {
    throw new ArithmeticException("division by zero");
  }

  @Test
  @Ported({
    "test_timeouts.TimeoutTests.test_timeout_basic",
    "test_timeouts.TimeoutTests.test_waiter_cancelled"
  })
  void timeout_passes_theBodyIsCancelledAndTheScopeTimesOut() {
    loop.run(
        () -> {
          Timeout scope = Timeout.after(ofMillis(10));
          timesOut(
              () ->
                  scope.run(
                      () -> {
                        try {
                          sleep(ofSeconds(10));
                        } catch (CancellationException e) {
                          loop.mark("cancelled");
                          throw e;
                        }
                      }));
          assertThat(scope.expired()).isTrue();
        });
    assertThat(loop.trail()).containsExactly("cancelled");
    assertThat(loop.elapsed()).isEqualTo(ofMillis(10));
  }

  @Test
  @Ported("test_timeouts.TimeoutTests.test_timeout_at_basic")
  void timeoutAt_passes_timesOut() {
    loop.run(
        () -> {
          long deadline = in(ofMillis(10));
          Timeout scope = Timeout.at(deadline);
          timesOut(() -> scope.run(() -> sleep(ofSeconds(10))));
          assertThat(scope.expired()).isTrue();
          assertThat(scope.when()).isEqualTo(deadline);
        });
  }

  @Test
  @Ported("test_timeouts.TimeoutTests.test_nested_timeouts")
  void nested_sameDeadline_onlyTheOutermostThrows() {
    loop.run(
        () -> {
          Timeout outer = Timeout.at(in(ofMillis(10)));
          Timeout inner = Timeout.at(outer.when());
          timesOut(
              () ->
                  outer.run(
                      () ->
                          assertCancelledAndRethrown(() -> inner.run(() -> sleep(ofSeconds(10))))));
          assertThat(outer.expired()).isTrue();
          assertThat(inner.expired()).isTrue();
        });
    assertThat(loop.trail()).containsExactly("cancelled");
  }

  private void assertCancelledAndRethrown(Runnable body) {
    try {
      body.run();
    } catch (CancellationException e) {
      loop.mark("cancelled");
      throw e;
    }
  }

  @Test
  @Ported("test_timeouts.TimeoutTests.test_timeout_not_called")
  void timeout_bodyEndsInTime_isNotExpired() {
    loop.run(
        () -> {
          Timeout scope = Timeout.after(ofSeconds(10));
          scope.run(() -> sleep(ofMillis(10)));
          assertThat(scope.expired()).isFalse();
          assertThat(scope.when()).isGreaterThan(EventLoop.current().time());
        });
  }

  @Test
  @Ported({
    "test_timeouts.TimeoutTests.test_timeout_disabled",
    "test_timeouts.TimeoutTests.test_timeout_at_disabled"
  })
  void never_isNoDeadline() {
    loop.run(
        () -> {
          Timeout scope = Timeout.never();
          scope.run(() -> sleep(ofSeconds(1000)));
          assertThat(scope.expired()).isFalse();
          assertThat(scope.when()).isEqualTo(Timeout.NEVER);
        });
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -11})
  @Ported({
    "test_timeouts.TimeoutTests.test_timeout_zero",
    "test_timeouts.TimeoutTests.test_timeout_zero_sleep_zero",
    "test_timeouts.TimeoutTests.test_timeout_in_the_past_sleep_zero"
  })
  void timeout_zeroOrInThePast_endsTheFirstSuspension(int seconds) {
    loop.run(
        () -> {
          for (Duration nap : new Duration[] {ofSeconds(10), ZERO}) {
            Timeout scope = Timeout.after(ofSeconds(seconds));
            timesOut(() -> scope.run(() -> sleep(nap)));
            assertThat(scope.expired()).isTrue();
            assertThat(scope.when()).isLessThanOrEqualTo(EventLoop.current().time());
          }
        });
    assertThat(loop.elapsed()).isZero();
  }

  @Test
  @Ported("test_timeouts.TimeoutTests.test_foreign_exception_passed")
  void bodyFailsInTime_itsExceptionPasses() {
    loop.run(
        () -> {
          Timeout scope = Timeout.after(ofMillis(10));
          assertThatThrownBy(() -> scope.run(TimeoutsConformanceTest::crash))
              .isInstanceOf(ArithmeticException.class);
          assertThat(scope.expired()).isFalse();
        });
  }

  @Test
  @Ported("test_timeouts.TimeoutTests.test_timeout_exception_context")
  void timeout_inCleanUpOfAFailure_isCausedByTheCancel() {
    loop.run(
        () ->
            assertThat(
                    timesOut(
                        () ->
                            timeout(
                                ofMillis(10),
                                () -> {
                                  try {
                                    crash();
                                  } finally {
                                    sleep(ofSeconds(1));
                                  }
                                })))
                .hasCauseInstanceOf(CancellationException.class));
  }

  @Test
  @Ported({
    "test_timeouts.TimeoutTests.test_foreign_exception_on_timeout",
    "test_timeouts.TimeoutTests.test_foreign_exception_on_timeout_2"
  })
  void bodyFailsOnTheTimeout_itsExceptionPassesAndTellsOfTheTimeout() {
    loop.run(
        () ->
            assertThatThrownBy(
                    () ->
                        timeout(
                            ofMillis(10),
                            () -> {
                              try {
                                sleep(ofSeconds(1));
                              } finally {
                                crash();
                              }
                            }))
                .isInstanceOf(ArithmeticException.class)
                .satisfies(
                    thrown ->
                        assertThat(thrown.getSuppressed())
                            .singleElement()
                            .isInstanceOf(TimeoutException.class)));
  }

  @Test
  @Ported("test_timeouts.TimeoutTests.test_foreign_cancel_doesnt_timeout_if_not_expired")
  void cancelledInTime_theCancelPasses() {
    loop.run(
        () -> {
          Timeout scope = Timeout.after(ofSeconds(10));
          assertThatThrownBy(
                  () ->
                      scope.run(
                          () -> {
                            self().cancel();
                            sleep(ofSeconds(10));
                          }))
              .isInstanceOf(CancellationException.class);
          assertThat(scope.expired()).isFalse();
          self().uncancel();
        });
  }

  @Test
  @Ported("test_timeouts.TimeoutTests.test_outer_task_is_not_cancelled")
  void timedOut_andCaught_theTaskIsNotCancelled() {
    loop.run(
        () -> {
          Task<?> task =
              createTask(() -> timesOut(() -> timeout(ofMillis(1), () -> sleep(ofSeconds(10)))));
          task.await();
          assertThat(task.isDone()).isTrue();
          assertThat(task.isCancelled()).isFalse();
        });
  }

  @Test
  @Ported({
    "test_timeouts.TimeoutTests.test_nested_timeouts_concurrent",
    "test_timeouts.TimeoutTests.test_nested_timeouts_loop_busy"
  })
  void nested_theLoopWasBusy_theInnerCatchesTheOutersCancelAndTheOuterEndsTheNextSleep() {
    loop.run(
        () ->
            timesOut(
                () ->
                    timeout(
                        ofMillis(100),
                        () -> {
                          timesOut(
                              () ->
                                  timeout(
                                      ofMillis(10),
                                      () -> {
                                        loop.clock().jump(ofMillis(50)); // computing
                                        sleep(ofSeconds(1));
                                      }));
                          sleep(ofSeconds(10));
                          loop.mark("not reached");
                        })));
    assertThat(loop.elapsed()).isEqualTo(ofMillis(100));
    assertThat(loop.trail()).isEmpty();
  }

  @Test
  @Ported("test_timeouts.TimeoutTests.test_reschedule")
  void reschedule_fromAnotherTask_movesTheDeadlineOrTakesItAway() {
    loop.run(
        () -> {
          Future<Timeout> given = EventLoop.current().createFuture();
          long first = in(ofSeconds(10));
          long second = in(ofSeconds(30));
          Task<?> task =
              createTask(
                  () -> {
                    Timeout scope = Timeout.at(first);
                    scope.run(
                        () -> {
                          given.setResult(scope);
                          sleep(ofSeconds(50));
                        });
                  });
          Timeout scope = given.await();
          assertThat(scope.when()).isEqualTo(first);
          scope.reschedule(second);
          assertThat(scope.when()).isEqualTo(second);
          scope.reschedule(Timeout.NEVER);
          assertThat(scope.when()).isEqualTo(Timeout.NEVER);
          task.cancel();
          assertThatThrownBy(task::await).isInstanceOf(CancellationException.class);
          assertThat(scope.expired()).isFalse();
        });
  }

  @Test
  @Ported("test_timeouts.TimeoutTests.test_nested_timeout_in_finally")
  void nested_inCleanUpOfTheOuter_bothTimeOutForCausesOfTheirOwn() {
    loop.run(
        () -> {
          TimeoutException[] inner = new TimeoutException[1];
          TimeoutException outer =
              timesOut(
                  () ->
                      timeout(
                          ofMillis(10),
                          () -> {
                            try {
                              sleep(ofSeconds(1));
                            } finally {
                              inner[0] =
                                  timesOut(() -> timeout(ofMillis(10), () -> sleep(ofSeconds(10))));
                            }
                          }));
          assertThat(outer).hasCauseInstanceOf(CancellationException.class);
          assertThat(inner[0]).hasCauseInstanceOf(CancellationException.class);
          assertThat(outer.getCause()).isNotSameAs(inner[0].getCause());
        });
  }

  @Test
  @Ported({
    "test_timeouts.TimeoutTests.test_timeout_after_cancellation",
    "test_timeouts.TimeoutTests.test_cancel_in_timeout_after_cancellation"
  })
  void timeout_inACancelledTask_tellsItsOwnCancelFromANewOne() {
    loop.run(
        () -> {
          self().cancel();
          assertThatThrownBy(() -> sleep(ofSeconds(1))).isInstanceOf(CancellationException.class);
          timesOut(() -> timeout(ZERO, () -> sleep(ofSeconds(1))));
          assertThatThrownBy(
                  () ->
                      timeout(
                          ofSeconds(1),
                          () -> {
                            self().cancel();
                            sleep(ofSeconds(2));
                          }))
              .isInstanceOf(CancellationException.class);
          self().uncancel();
          self().uncancel();
        });
  }

  @Test
  @Ported({
    "test_timeouts.TimeoutTests.test_timeout_already_entered",
    "test_timeouts.TimeoutTests.test_timeout_double_enter"
  })
  void run_twice_throws() {
    loop.run(
        () -> {
          Timeout scope = Timeout.after(ofMillis(10));
          scope.run(
              () ->
                  assertThatThrownBy(() -> scope.run(() -> loop.mark("entered")))
                      .isInstanceOf(IllegalStateException.class)
                      .hasMessageContaining("once"));
          assertThatThrownBy(() -> scope.run(() -> loop.mark("entered")))
              .isInstanceOf(IllegalStateException.class)
              .hasMessageContaining("once");
        });
    assertThat(loop.trail()).isEmpty();
  }

  @Test
  @Ported({
    "test_timeouts.TimeoutTests.test_timeout_finished",
    "test_timeouts.TimeoutTests.test_timeout_expired",
    "test_timeouts.TimeoutTests.test_timeout_expiring",
    "test_timeouts.TimeoutTests.test_timeout_not_entered"
  })
  void reschedule_beforeAndAfterTheScopeRuns_throws() {
    loop.run(
        () -> {
          Timeout ended = Timeout.after(ofMillis(10));
          assertRefused(ended);
          ended.run(() -> {});
          assertRefused(ended);
          Timeout expired = Timeout.after(ofMillis(10));
          timesOut(
              () ->
                  expired.run(
                      () -> {
                        try {
                          sleep(ofSeconds(1));
                        } finally {
                          assertRefused(expired);
                        }
                      }));
          assertRefused(expired);
        });
  }

  private static void assertRefused(Timeout scope) {
    assertThatThrownBy(() -> scope.reschedule(in(ofMillis(20))))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  @Ported("test_timeouts.TimeoutTests.test_timeout_without_task")
  void run_outsideATask_throwsAndTheScopeHasNotBegun() {
    loop.run(
        () -> {
          Timeout scope = Timeout.after(ofMillis(10));
          EventLoop.current()
              .callSoon(
                  () ->
                      assertThatThrownBy(() -> scope.run(() -> loop.mark("entered")))
                          .isInstanceOf(IllegalStateException.class)
                          .hasMessageContaining("no task"));
          sleep(ZERO);
          assertRefused(scope);
        });
    assertThat(loop.trail()).isEmpty();
  }

  @Test
  @Ported("test_timeouts.TimeoutTests.test_timeout_taskgroup")
  void timeout_aroundAGroup_whoseTaskCrashesOnIt_theGroupsErrorTellsOfTheTimeout() {
    loop.run(
        () ->
            assertThatThrownBy(
                    () ->
                        timeout(
                            ofMillis(10),
                            () ->
                                TaskGroup.run(
                                    group -> {
                                      group.createTask(
                                          () -> {
                                            try {
                                              sleep(ofSeconds(2));
                                            } finally {
                                              crash();
                                            }
                                          });
                                      sleep(ofSeconds(1));
                                    })))
                .isInstanceOfSatisfying(
                    TaskGroupException.class,
                    thrown -> {
                      assertThat(thrown.exceptions())
                          .singleElement()
                          .isInstanceOf(ArithmeticException.class);
                      assertThat(thrown.getSuppressed())
                          .singleElement()
                          .isInstanceOf(TimeoutException.class);
                    }));
  }

  @Test
  @Ported({
    "test_timeouts.TimeoutTests.test_repr_active",
    "test_timeouts.TimeoutTests.test_repr_expired",
    "test_timeouts.TimeoutTests.test_repr_finished",
    "test_timeouts.TimeoutTests.test_repr_disabled"
  })
  void toString_tellsTheStateAndTheDeadline() {
    loop.run(
        () -> {
          Timeout ended = Timeout.after(ofSeconds(10));
          ended.run(() -> assertThat(ended).asString().contains("is running", "" + ended.when()));
          assertThat(ended).asString().contains("has ended");
          Timeout expired = Timeout.after(ofMillis(10));
          timesOut(() -> expired.run(() -> sleep(ofSeconds(10))));
          assertThat(expired).asString().contains("was cancelled");
          Timeout never = Timeout.never();
          never.run(() -> assertThat(never).asString().contains("without a deadline"));
        });
  }
}
