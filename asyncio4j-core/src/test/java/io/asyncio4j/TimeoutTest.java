package io.asyncio4j;

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
import static org.assertj.core.api.Assertions.fail;

import io.asyncio4j.testing.TestLoop;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A deadline ends its own scope, and takes nobody else's cancel for its own. */
class TimeoutTest {
  @RegisterExtension final TestLoop loop = new TestLoop();

  private static Task<?> self() {
    return requireNonNull(currentTask());
  }

  // ---- one scope

  @Test
  void run_deadlinePasses_throwsTimeoutCausedByTheCancel() {
    loop.run(
        () -> {
          Timeout scope = Timeout.after(ofMillis(10));
          assertThatThrownBy(() -> scope.run(() -> sleep(ofSeconds(10), 1)))
              .isInstanceOf(TimeoutException.class)
              .hasMessageContaining("PT0.01S")
              .hasCauseInstanceOf(CancellationException.class);
          assertThat(scope.expired()).isTrue();
          assertThat(self().cancelling()).isZero();
          sleep(ofSeconds(1));
        });
    assertThat(loop.elapsed()).isEqualTo(ofMillis(1010));
  }

  @Test
  void run_bodyEndsInTime_givesItsValueAndLeavesNoTimer() {
    loop.run(
        () -> {
          Timeout scope = Timeout.after(ofSeconds(10));
          assertThat(scope.<String, RuntimeException>run(() -> sleep(ofMillis(10), "value")))
              .isEqualTo("value");
          assertThat(scope.expired()).isFalse();
          assertThat(scope.when()).isEqualTo(ofSeconds(10).toNanos());
          sleep(ofSeconds(20)); // nothing is cancelled when the deadline comes
        });
  }

  @Test
  void run_bodyCatchesTheCancelAndRethrows_timesOut() {
    loop.run(
        () ->
            assertThatThrownBy(
                    () ->
                        timeout(
                            ofMillis(10),
                            () -> {
                              try {
                                sleep(ofSeconds(10));
                              } catch (CancellationException e) {
                                loop.mark("cancelled");
                                throw e;
                              }
                            }))
                .isInstanceOf(TimeoutException.class));
    assertThat(loop.trail()).containsExactly("cancelled");
  }

  @Test
  void run_bodySwallowsTheCancelAndReturns_givesTheValueThoughExpired() {
    loop.run(
        () -> {
          Timeout scope = Timeout.after(ofMillis(10));
          String value =
              scope.run(
                  () -> {
                    assertThatThrownBy(() -> sleep(ofSeconds(10)))
                        .isInstanceOf(CancellationException.class);
                    assertThat(scope.expired()).isTrue();
                    sleep(ofMillis(5)); // the cancel was delivered, once
                    return "value";
                  });
          assertThat(value).isEqualTo("value");
          assertThat(scope.expired()).isTrue();
          assertThat(self().cancelling()).isZero();
          sleep(ofSeconds(1));
        });
  }

  @Test
  void run_bodyIsReadyWhenItExpires_theCancelIsDeliveredAndTimesOut() {
    loop.run(
        () -> {
          Future<String> future = EventLoop.current().createFuture();
          EventLoop.current().callLater(ofMillis(10), () -> future.setResult("result"));
          Timeout scope = Timeout.after(ofMillis(10));
          assertThatThrownBy(() -> scope.run(future::call)).isInstanceOf(TimeoutException.class);
          assertThat(future.result()).isEqualTo("result");
          assertThat(self().cancelling()).isZero();
          sleep(ofSeconds(1));
        });
  }

  @Test
  void run_cancelledAgainWhileItsOwnCancelIsHandled_theCancelPasses() {
    loop.run(
        () -> {
          Timeout scope = Timeout.after(ofMillis(10));
          assertThatThrownBy(
                  () ->
                      scope.run(
                          () -> {
                            try {
                              return sleep(ofSeconds(10), 1);
                            } finally {
                              self().cancel(); // a second request, this one not the scope's
                            }
                          }))
              .isInstanceOf(CancellationException.class);
          assertThat(self().cancelling()).isEqualTo(1);
          assertThat(self().uncancel()).isZero();
          sleep(ofSeconds(1));
        });
  }

  @Test
  void run_zeroOrNegative_cancelsAtTheFirstSuspension() {
    for (Duration delay : new Duration[] {ZERO, ofSeconds(-11)}) {
      loop.run(
          () -> {
            Timeout scope = Timeout.after(delay);
            assertThatThrownBy(
                    () ->
                        scope.<@Nullable Void, RuntimeException>run(
                            () -> {
                              loop.mark("begins");
                              sleep(ZERO);
                              return fail("went on");
                            }))
                .isInstanceOf(TimeoutException.class);
            assertThat(scope.expired()).isTrue();
          });
    }
    assertThat(loop.trail()).containsExactly("begins", "begins");
    assertThat(loop.elapsed()).isZero();
  }

  @Test
  void run_zeroAndBodyDoesNotSuspend_endsWell() {
    loop.run(
        () -> {
          Timeout scope = Timeout.after(ZERO);
          assertThat(scope.<Integer, RuntimeException>run(() -> 1)).isEqualTo(1);
          assertThat(scope.expired()).isFalse();
          sleep(ofSeconds(1));
        });
  }

  // ---- other people's exceptions

  @Test
  void run_bodyFailsInTime_theExceptionPasses() {
    loop.run(
        () -> {
          IOException failure = new IOException("foreign");
          Timeout scope = Timeout.after(ofMillis(10));
          assertThatThrownBy(
                  () ->
                      scope.run(
                          () -> {
                            throw failure;
                          }))
              .isSameAs(failure)
              .hasNoSuppressedExceptions();
          assertThat(scope.expired()).isFalse();
          sleep(ofSeconds(1));
        });
  }

  @Test
  void run_bodyFailsOnTheTimeoutsCancel_theExceptionPassesAndTellsOfTheTimeout() {
    loop.run(
        () -> {
          ArithmeticException failure = new ArithmeticException("clean-up");
          Timeout scope = Timeout.after(ofMillis(10));
          assertThatThrownBy(
                  () ->
                      scope.run(
                          () -> {
                            try {
                              return sleep(ofSeconds(1), 1);
                            } catch (CancellationException e) {
                              throw failure;
                            }
                          }))
              .isSameAs(failure);
          assertThat(failure.getSuppressed())
              .singleElement()
              .isInstanceOf(TimeoutException.class)
              .extracting(Throwable::getMessage)
              .asString()
              .contains("PT0.01S");
          assertThat(scope.expired()).isTrue();
          assertThat(self().cancelling()).isZero();
          sleep(ofSeconds(1));
        });
  }

  @Test
  void run_groupInsideFails_onTheTimeoutsCancel_theGroupsExceptionPasses() {
    loop.run(
        () -> {
          assertThatThrownBy(
                  () ->
                      timeout(
                          ofMillis(10),
                          () ->
                              TaskGroup.run(
                                  group ->
                                      group.createTask(
                                          () -> {
                                            try {
                                              sleep(ofSeconds(2));
                                            } finally {
                                              crash();
                                            }
                                          }))))
              .isInstanceOf(TaskGroupException.class)
              .hasRootCauseMessage("crash");
          assertThat(self().cancelling()).isZero();
          sleep(ofSeconds(1));
        });
  }

  private static void crash() {
    throw new ArithmeticException("crash");
  }

  @Test
  void run_groupsTaskTimedOutItself_theOuterTimeoutDoesNotTakeItForItsOwn() {
    loop.run(
        () ->
            assertThatThrownBy(
                    () ->
                        timeout(
                            ofMillis(10),
                            () ->
                                TaskGroup.run(
                                    group ->
                                        group.createTask(
                                            () -> {
                                              try {
                                                sleep(ofSeconds(2));
                                              } catch (CancellationException e) {
                                                timeout(ofMillis(5), () -> sleep(ofSeconds(2)));
                                              }
                                            }))))
                .isInstanceOfSatisfying(
                    TaskGroupException.class,
                    e ->
                        assertThat(e.exceptions())
                            .singleElement()
                            .isInstanceOf(TimeoutException.class)));
    assertThat(loop.elapsed()).isEqualTo(ofMillis(15));
  }

  @Test
  void timeout_exceptionTypesAreInferred() throws IOException {
    loop.run(
        () -> {
          int value = timeout(ofSeconds(1), () -> 1); // nothing to catch
          assertThat(value).isEqualTo(1);
          timeout(ofSeconds(1), () -> loop.mark("void")); // nothing to catch
          try {
            timeout(ofSeconds(1), TimeoutTest::failsWithIo);
            fail("no exception");
          } catch (IOException e) { // the compiler knows that it can be thrown
            assertThat(e).hasMessage("io");
          }
        });
    assertThat(loop.trail()).containsExactly("void");
  }

  private static int failsWithIo() throws IOException {
    throw new IOException("io");
  }

  // ---- cancels from outside

  @Test
  void run_taskIsCancelledInTime_theCancelPasses() {
    loop.run(
        () -> {
          Timeout scope = Timeout.after(ofSeconds(10));
          Task<Integer> task = createTask(() -> scope.run(() -> sleep(ofSeconds(20), 1)));
          sleep(ofSeconds(1));
          task.cancel("outside");
          assertThatThrownBy(task::await)
              .isInstanceOf(CancellationException.class)
              .hasMessage("outside");
          assertThat(scope.expired()).isFalse();
          assertThat(task.cancelling()).isEqualTo(1);
        });
    assertThat(loop.elapsed()).isEqualTo(ofSeconds(1));
  }

  @Test
  void run_cancelAndDeadlineInOneTurn_theCancelWinsWhicheverWasFirst() {
    for (boolean cancelFirst : new boolean[] {true, false}) {
      loop.run(
          () -> {
            EventLoop current = EventLoop.current();
            long deadline = current.time() + ofMillis(10).toNanos();
            Timeout scope = Timeout.after(ofMillis(10));
            Task<?>[] task = new Task<?>[1];
            if (cancelFirst) {
              current.callAt(deadline, () -> requireNonNull(task[0]).cancel());
            }
            task[0] = createTask(() -> scope.run(() -> sleep(ofSeconds(20), 1)));
            sleep(ZERO);
            if (!cancelFirst) {
              current.callAt(deadline, () -> requireNonNull(task[0]).cancel());
            }
            assertThatThrownBy(task[0]::await).isInstanceOf(CancellationException.class);
            assertThat(scope.expired()).isTrue();
            assertThat(task[0].isCancelled()).isTrue();
            assertThat(task[0].cancelling()).isEqualTo(1);
          });
    }
  }

  @Test
  void run_inCleanUpAfterACancel_timesOutOnItsOwn() {
    loop.run(
        () -> {
          Task<String> task =
              createTask(
                  () -> {
                    try {
                      sleep(ofSeconds(10));
                      return "not cancelled";
                    } catch (CancellationException e) {
                      assertThatThrownBy(() -> timeout(ZERO, () -> sleep(ofSeconds(1))))
                          .isInstanceOf(TimeoutException.class);
                      assertThat(self().cancelling()).isEqualTo(1);
                      return "cleaned up";
                    }
                  });
          sleep(ZERO);
          task.cancel();
          assertThat(task.await()).isEqualTo("cleaned up");
        });
  }

  @Test
  void run_inCleanUpAfterACancel_itsTimeoutIsAFailureOfTheTask() {
    loop.run(
        () -> {
          Task<?> task =
              createTask(
                  () -> {
                    try {
                      sleep(ofSeconds(10));
                    } catch (CancellationException e) {
                      timeout(ofMillis(5), () -> sleep(ofSeconds(1)));
                    }
                  });
          sleep(ZERO);
          task.cancel();
          assertThatThrownBy(task::await).isInstanceOf(TimeoutException.class);
          assertThat(task.isCancelled()).isFalse();
        });
  }

  @Test
  void run_inCleanUpAfterACancel_aSecondCancelPasses() {
    loop.run(
        () -> {
          Task<?> task =
              createTask(
                  () -> {
                    self().cancel();
                    assertThatThrownBy(() -> sleep(ofSeconds(1)))
                        .isInstanceOf(CancellationException.class);
                    assertThatThrownBy(
                            () ->
                                timeout(
                                    ofSeconds(1),
                                    () -> {
                                      self().cancel();
                                      sleep(ofSeconds(2));
                                    }))
                        .isInstanceOf(CancellationException.class);
                    loop.mark("two cancels");
                  });
          task.await();
          assertThat(task.cancelling()).isEqualTo(2);
        });
    assertThat(loop.trail()).containsExactly("two cancels");
    assertThat(loop.elapsed()).isZero();
  }

  @Test
  void run_bodyAwaitsACancelledFuture_theCancelPasses() {
    loop.run(
        () -> {
          Future<String> future = EventLoop.current().createFuture();
          EventLoop.current().callLater(ofMillis(5), future::cancel);
          Timeout scope = Timeout.after(ofMillis(10));
          assertThatThrownBy(() -> scope.run(future::call))
              .isInstanceOf(CancellationException.class);
          assertThat(scope.expired()).isFalse();
        });
  }

  // ---- nested

  @Test
  void nested_innerExpires_onlyTheInnerScopeEnds() {
    loop.run(
        () ->
            timeout(
                ofSeconds(10),
                () -> {
                  assertThatThrownBy(() -> timeout(ofMillis(10), () -> sleep(ofSeconds(5))))
                      .isInstanceOf(TimeoutException.class);
                  sleep(ofSeconds(1));
                  loop.mark("went on");
                }));
    assertThat(loop.trail()).containsExactly("went on");
    assertThat(loop.elapsed()).isEqualTo(ofMillis(1010));
  }

  @Test
  void nested_outerExpires_innerPassesTheCancelOn() {
    loop.run(
        () -> {
          Timeout inner = Timeout.after(ofSeconds(10));
          assertThatThrownBy(
                  () ->
                      timeout(
                          ofMillis(10),
                          () ->
                              assertThatThrownBy(() -> inner.run(() -> sleep(ofSeconds(20), 1)))
                                  .isInstanceOf(CancellationException.class)
                                  .satisfies(
                                      e -> {
                                        throw (CancellationException) e;
                                      })))
              .isInstanceOf(TimeoutException.class);
          assertThat(inner.expired()).isFalse();
          assertThat(self().cancelling()).isZero();
        });
  }

  @Test
  void nested_bothExpireInOneTurn_onlyTheOutermostTimesOut() {
    loop.run(
        () -> {
          Timeout outer = Timeout.after(ofMillis(10));
          Timeout inner = Timeout.after(ofMillis(10));
          assertThatThrownBy(
                  () ->
                      outer.run(
                          () -> {
                            try {
                              return inner.run(() -> sleep(ofSeconds(10), 1));
                            } catch (CancellationException e) {
                              loop.mark("inner cancelled");
                              throw e;
                            }
                          }))
              .isInstanceOf(TimeoutException.class);
          assertThat(outer.expired()).isTrue();
          assertThat(inner.expired()).isTrue();
          assertThat(self().cancelling()).isZero();
          sleep(ofSeconds(1));
        });
    assertThat(loop.trail()).containsExactly("inner cancelled");
  }

  @Test
  void nested_loopWasBusyPastBothDeadlines_outerEndsTheOuterScope() {
    loop.run(
        () -> {
          assertThatThrownBy(
                  () ->
                      timeout(
                          ofMillis(2),
                          () ->
                              timeout(
                                  ofMillis(100),
                                  () -> {
                                    loop.clock().jump(ofMillis(10));
                                    sleep(ofSeconds(1));
                                  })))
              .isInstanceOf(TimeoutException.class)
              .hasMessageContaining("PT0.002S");
          assertThat(self().cancelling()).isZero();
        });
    assertThat(loop.elapsed()).isEqualTo(ofMillis(10));
  }

  @Test
  void nested_inCleanUpOfTheOuter_innerTimesOutFirst() {
    loop.run(
        () -> {
          assertThatThrownBy(
                  () ->
                      timeout(
                          ofMillis(10),
                          () -> {
                            try {
                              sleep(ofSeconds(1));
                            } finally {
                              assertThatThrownBy(
                                      () -> timeout(ofMillis(10), () -> sleep(ofSeconds(10))))
                                  .isInstanceOf(TimeoutException.class);
                            }
                          }))
              .isInstanceOf(TimeoutException.class);
          assertThat(self().cancelling()).isZero();
        });
    assertThat(loop.elapsed()).isEqualTo(ofMillis(20));
  }

  // ---- moving the deadline, and misuse

  @Test
  void reschedule_later_theScopeLastsLonger() {
    loop.run(
        () -> {
          Timeout scope = Timeout.after(ofSeconds(1));
          assertThatThrownBy(
                  () ->
                      scope.run(
                          () -> {
                            scope.reschedule(ofSeconds(5).toNanos());
                            assertThat(scope.when()).isEqualTo(ofSeconds(5).toNanos());
                            return sleep(ofSeconds(50), 1);
                          }))
              .isInstanceOf(TimeoutException.class);
        });
    assertThat(loop.elapsed()).isEqualTo(ofSeconds(5));
  }

  @Test
  void reschedule_fromAnotherTask_toThePast_expiresSoon() {
    loop.run(
        () -> {
          Timeout scope = Timeout.after(ofSeconds(10));
          Task<Integer> task = createTask(() -> scope.run(() -> sleep(ofSeconds(50), 1)));
          sleep(ofSeconds(1));
          scope.reschedule(0);
          assertThatThrownBy(task::await).isInstanceOf(TimeoutException.class);
        });
    assertThat(loop.elapsed()).isEqualTo(ofSeconds(1));
  }

  @Test
  void reschedule_outsideTheScope_throwsAndChangesNothing() {
    loop.run(
        () -> {
          Timeout scope = Timeout.after(ofMillis(10));
          assertThatThrownBy(() -> scope.reschedule(5)).isInstanceOf(IllegalStateException.class);
          assertThatThrownBy(
                  () ->
                      scope.run(
                          () -> {
                            try {
                              return sleep(ofSeconds(1), 1);
                            } finally {
                              assertThatThrownBy(() -> scope.reschedule(5))
                                  .isInstanceOf(IllegalStateException.class);
                            }
                          }))
              .isInstanceOf(TimeoutException.class);
          assertThatThrownBy(() -> scope.reschedule(5)).isInstanceOf(IllegalStateException.class);
          assertThat(scope.when()).isEqualTo(ofMillis(10).toNanos());
        });
  }

  @Test
  void run_twice_throws() {
    loop.run(
        () -> {
          Timeout scope = Timeout.after(ofMillis(10));
          int value =
              scope.run(
                  () -> {
                    assertThatThrownBy(() -> scope.run(() -> 2))
                        .isInstanceOf(IllegalStateException.class);
                    return 1;
                  });
          assertThat(value).isEqualTo(1);
          assertThatThrownBy(() -> scope.run(() -> 2)).isInstanceOf(IllegalStateException.class);
        });
  }

  @Test
  void run_outsideATask_throwsAndTheScopeCanStillBeRun() {
    loop.run(
        () -> {
          Timeout scope = Timeout.after(ofMillis(10));
          EventLoop.current()
              .callSoon(
                  () ->
                      assertThatThrownBy(() -> scope.run(() -> 1))
                          .isInstanceOf(IllegalStateException.class)
                          .hasMessageContaining("timeout"));
          sleep(ZERO);
          assertThat(scope.<Integer, RuntimeException>run(() -> 2)).isEqualTo(2);
        });
    assertThat(loop.takeReports()).isEmpty();
  }
}
