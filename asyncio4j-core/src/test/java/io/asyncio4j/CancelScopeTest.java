package io.asyncio4j;

import static io.asyncio4j.Asyncio.createTask;
import static io.asyncio4j.Asyncio.currentTask;
import static io.asyncio4j.Asyncio.gather;
import static io.asyncio4j.Asyncio.moveOnAfter;
import static io.asyncio4j.Asyncio.shielded;
import static io.asyncio4j.Asyncio.sleep;
import static io.asyncio4j.Asyncio.timeout;
import static io.asyncio4j.Asyncio.timeoutAt;
import static io.asyncio4j.Asyncio.waitFor;
import static java.time.Duration.ZERO;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.asyncio4j.testing.TestLoop;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A scope can be left early without an exception, and a shield keeps cancels off its inside. */
class CancelScopeTest {
  @RegisterExtension final TestLoop loop = new TestLoop();

  private static Task<?> self() {
    return requireNonNull(currentTask());
  }

  private static void assertCancelled(Task<?> task) {
    assertThatThrownBy(task::await).isInstanceOf(CancellationException.class);
    assertThat(task.isCancelled()).isTrue();
  }

  // ---- scopes that are left early

  @Test
  void run_cancelledByAnotherTask_endsWithoutAnException() {
    loop.run(
        () -> {
          CancelScope scope = CancelScope.create();
          EventLoop.current().callLater(ofSeconds(1), scope::cancel);
          assertThat(scope.run(() -> sleep(ofSeconds(10)))).isFalse();
          assertThat(scope.cancelledCaught()).isTrue();
          assertThat(scope.cancelCalled()).isTrue();
          assertThat(self().cancelling()).isZero();
          sleep(ofSeconds(1)); // nothing is left of the cancel
        });
    assertThat(loop.elapsed()).isEqualTo(ofSeconds(2));
  }

  @Test
  void run_bodyEndsByItself_givesItsValueAndNothingIsCaught() throws IOException {
    loop.run(
        () -> {
          CancelScope scope = CancelScope.after(ofSeconds(10));
          assertThat(scope.<String, IOException>run(() -> readLine())).contains("line");
          assertThat(scope.cancelledCaught()).isFalse();
          assertThat(scope.cancelCalled()).isFalse();
          sleep(ofSeconds(20));
        });
  }

  private static String readLine() throws IOException {
    sleep(ofMillis(1));
    return "line";
  }

  @Test
  void run_bodyCancelsAndReturnsWithoutSuspending_nothingIsLeftPending() {
    loop.run(
        () -> {
          CancelScope scope = CancelScope.create();
          assertThat(scope.run(scope::cancel)).isTrue();
          assertThat(scope.cancelCalled()).isTrue();
          assertThat(scope.cancelledCaught()).isFalse();
          sleep(ofSeconds(1));
          assertThat(self().cancelling()).isZero();
        });
  }

  @Test
  void run_bodyCancelsItself_inCleanUpOfACancelledTask_nothingIsLeftPending() {
    loop.run(
        () -> {
          Task<?> task =
              createTask(
                  () -> {
                    try {
                      sleep(ofSeconds(10));
                    } finally {
                      CancelScope scope = CancelScope.create();
                      scope.run(scope::cancel);
                      sleep(ofSeconds(1));
                      loop.mark("cleaned up");
                    }
                  });
          sleep(ZERO);
          task.cancel();
          assertCancelled(task);
        });
    assertThat(loop.trail()).containsExactly("cleaned up");
  }

  @Test
  void cancel_beforeTheScopeBegins_endsItAtTheFirstSuspension() {
    loop.run(
        () -> {
          CancelScope scope = CancelScope.create();
          scope.cancel();
          scope.cancel();
          boolean finished =
              scope.run(
                  () -> {
                    loop.mark("begun");
                    sleep(ofSeconds(10));
                    loop.mark("not reached");
                  });
          assertThat(finished).isFalse();
          scope.cancel(); // has no effect any more
          sleep(ofSeconds(1));
        });
    assertThat(loop.trail()).containsExactly("begun");
    assertThat(loop.elapsed()).isEqualTo(ofSeconds(1));
  }

  @Test
  void moveOnAfter_timePasses_givesNothing() {
    loop.run(
        () -> {
          Optional<Integer> none = moveOnAfter(ofSeconds(1), () -> sleep(ofSeconds(10), 7));
          assertThat(none).isEmpty();
          Optional<Integer> some = moveOnAfter(ofSeconds(20), () -> sleep(ofSeconds(10), 7));
          assertThat(some).contains(7);
          assertThat(moveOnAfter(ofSeconds(1), () -> sleep(ofSeconds(2)))).isFalse();
        });
    assertThat(loop.elapsed()).isEqualTo(ofSeconds(12));
  }

  @Test
  void run_cancelledFromOutside_theCancelPasses() {
    loop.run(
        () -> {
          CancelScope scope = CancelScope.create();
          Task<?> task = createTask(() -> scope.run(() -> sleep(ofSeconds(10))));
          sleep(ZERO);
          task.cancel();
          scope.cancel();
          assertCancelled(task);
          assertThat(scope.cancelledCaught()).isFalse();
        });
  }

  @Test
  void nested_bothCancelled_theOutermostCatches() {
    loop.run(
        () -> {
          CancelScope outer = CancelScope.create();
          CancelScope inner = CancelScope.create();
          EventLoop.current()
              .callSoon(
                  () -> {
                    inner.cancel();
                    outer.cancel();
                  });
          outer.run(
              () -> {
                inner.run(() -> sleep(ofSeconds(10)));
                loop.mark("not reached");
              });
          assertThat(inner.cancelledCaught()).isFalse();
          assertThat(outer.cancelledCaught()).isTrue();
          sleep(ofSeconds(1));
        });
    assertThat(loop.trail()).isEmpty();
  }

  @Test
  void run_bodyFailsOnTheCancel_theFailurePasses() {
    loop.run(
        () -> {
          CancelScope scope = CancelScope.after(ofSeconds(1));
          IOException failure = new IOException("cannot close");
          assertThatThrownBy(
                  () ->
                      scope.run(
                          () -> {
                            try {
                              sleep(ofSeconds(10));
                            } finally {
                              failWith(failure);
                            }
                          }))
              .isSameAs(failure);
          assertThat(scope.cancelledCaught()).isFalse();
          assertThat(self().cancelling()).isZero();
        });
  }

  private static void failWith(IOException failure) throws IOException {
    throw failure;
  }

  @Test
  void reschedule_movesTheDeadlineBeforeAndInTheScope() {
    loop.run(
        () -> {
          CancelScope scope = CancelScope.create();
          assertThat(scope.when()).isEqualTo(Timeout.NEVER);
          scope.reschedule(ofSeconds(5));
          assertThat(scope.when()).isEqualTo(EventLoop.current().time() + ofSeconds(5).toNanos());
          scope.run(
              () -> {
                scope.reschedule(ofSeconds(1));
                sleep(ofSeconds(10));
              });
          assertThat(scope.cancelledCaught()).isTrue();
          assertThatThrownBy(() -> scope.reschedule(ofSeconds(1)))
              .isInstanceOf(IllegalStateException.class)
              .hasMessageContaining("has ended");
          assertThatThrownBy(() -> scope.run(() -> sleep(ZERO)))
              .isInstanceOf(IllegalStateException.class)
              .hasMessageContaining("once");
        });
    assertThat(loop.elapsed()).isEqualTo(ofSeconds(1));
  }

  // ---- timeouts without a fixed deadline

  @Test
  void timeoutAt_endsAtThatTimeOfTheLoop() {
    loop.run(
        () -> {
          long when = EventLoop.current().time() + ofSeconds(3).toNanos();
          assertThatThrownBy(() -> timeoutAt(when, () -> sleep(ofSeconds(10))))
              .isInstanceOf(TimeoutException.class);
          int value = timeoutAt(when + ofSeconds(1).toNanos(), () -> 7);
          assertThat(value).isEqualTo(7);
        });
    assertThat(loop.elapsed()).isEqualTo(ofSeconds(3));
  }

  @Test
  void never_givenADeadlineLater_expiresThen() {
    loop.run(
        () -> {
          Timeout timeout = Timeout.never();
          assertThat(timeout.when()).isEqualTo(Timeout.NEVER);
          assertThatThrownBy(
                  () ->
                      timeout.run(
                          () -> {
                            sleep(ofSeconds(100));
                            timeout.reschedule(ofSeconds(1));
                            sleep(ofSeconds(100));
                          }))
              .isInstanceOf(TimeoutException.class)
              .hasMessageContaining("PT1S");
        });
    assertThat(loop.elapsed()).isEqualTo(ofSeconds(101));
  }

  @Test
  void reschedule_toNever_takesTheDeadlineAway() {
    loop.run(
        () -> {
          Timeout timeout = Timeout.after(ofSeconds(1));
          timeout.run(
              () -> {
                timeout.reschedule(Timeout.NEVER);
                sleep(ofSeconds(100));
              });
          assertThat(timeout.expired()).isFalse();
        });
  }

  // ---- shields

  @Test
  void shielded_cancelledMeanwhile_isDeliveredAtTheFirstSuspensionAfter() {
    loop.run(
        () -> {
          Task<?> task =
              createTask(
                  () -> {
                    String value =
                        shielded(
                            () -> {
                              sleep(ofSeconds(10));
                              sleep(ofSeconds(10));
                              return "kept";
                            });
                    loop.mark(value);
                    sleep(ofSeconds(10));
                    loop.mark("not reached");
                  });
          sleep(ofSeconds(1));
          task.cancel("first");
          sleep(ofSeconds(1));
          task.cancel("second");
          assertThat(task.cancelling()).isEqualTo(2);
          assertThatThrownBy(task::await)
              .isInstanceOf(CancellationException.class)
              .hasMessage("second");
        });
    assertThat(loop.trail()).containsExactly("kept");
    assertThat(loop.elapsed()).isEqualTo(ofSeconds(20));
  }

  @Test
  void shielded_askedBefore_isNotDeliveredInside() {
    loop.run(
        () -> {
          Task<?> task =
              createTask(
                  () -> {
                    self().cancel();
                    shielded(() -> sleep(ofSeconds(1)));
                    loop.mark("inside was not cancelled");
                    sleep(ofSeconds(1));
                    loop.mark("not reached");
                  });
          assertCancelled(task);
        });
    assertThat(loop.trail()).containsExactly("inside was not cancelled");
  }

  @Test
  void shielded_requestTakenBackMeanwhile_isNotDelivered() {
    loop.run(
        () -> {
          Task<String> task =
              createTask(
                  () -> {
                    shielded(() -> sleep(ofSeconds(2)));
                    sleep(ofSeconds(1));
                    return "not cancelled";
                  });
          sleep(ofSeconds(1));
          task.cancel();
          assertThat(task.uncancel()).isZero();
          assertThat(task.await()).isEqualTo("not cancelled");
        });
  }

  @Test
  void shielded_timeoutsAndScopesInside_workThoughACancelIsHeldBack() {
    loop.run(
        () -> {
          Task<?> task =
              createTask(
                  () ->
                      shielded(
                          () -> {
                            sleep(ofSeconds(2)); // the cancel comes here
                            assertThatThrownBy(
                                    () -> timeout(ofSeconds(1), () -> sleep(ofSeconds(10))))
                                .isInstanceOf(TimeoutException.class);
                            assertThat(moveOnAfter(ofSeconds(1), () -> sleep(ofSeconds(10))))
                                .isFalse();
                            assertThatThrownBy(
                                    () ->
                                        waitFor(createTask(() -> sleep(ofSeconds(9))), ofMillis(9)))
                                .isInstanceOf(TimeoutException.class);
                            assertThatThrownBy(() -> TaskGroup.run(this::failingChild))
                                .isInstanceOf(TaskGroupException.class);
                            assertThat(gather(() -> sleep(ofSeconds(1), 1)).await())
                                .isEqualTo(List.of(1));
                            sleep(ofSeconds(1));
                            loop.mark("cleaned up");
                          }));
          sleep(ofSeconds(1));
          task.cancel();
          assertThat(task.isDone()).isFalse();
          assertCancelled(task);
        });
    assertThat(loop.trail()).containsExactly("child cancelled", "cleaned up");
  }

  private void failingChild(TaskGroup group) {
    group.createTask(
        () -> {
          try {
            sleep(ofSeconds(10));
          } finally {
            loop.mark("child cancelled");
          }
        });
    group.createTask(
        () -> {
          throw new IOException("child failed");
        });
    sleep(ofSeconds(20));
  }

  @Test
  void shielded_inCleanUp_ofACancelledTask_groupsAndTimeoutsWork() {
    loop.run(
        () -> {
          Task<?> task =
              createTask(
                  () -> {
                    try {
                      sleep(ofSeconds(10));
                    } finally {
                      shielded(
                          () -> {
                            assertThatThrownBy(() -> TaskGroup.run(this::failingChild))
                                .isInstanceOf(TaskGroupException.class);
                            sleep(ofSeconds(1));
                            assertThat(moveOnAfter(ofSeconds(1), () -> sleep(ofSeconds(9))))
                                .isFalse();
                            loop.mark("cleaned up");
                          });
                    }
                  });
          sleep(ofSeconds(1));
          task.cancel();
          sleep(ofMillis(500));
          task.cancel(); // while it cleans up
          assertCancelled(task);
        });
    assertThat(loop.trail()).containsExactly("child cancelled", "cleaned up");
  }

  @Test
  void shielded_deadlineOfATimeoutAround_passesInside_isDeliveredAfter() {
    loop.run(
        () -> {
          assertThatThrownBy(
                  () ->
                      timeout(
                          ofSeconds(1),
                          () -> {
                            shielded(() -> sleep(ofSeconds(5)));
                            loop.mark("shield ended");
                            sleep(ofSeconds(5));
                            loop.mark("not reached");
                          }))
              .isInstanceOf(TimeoutException.class);
          assertThat(self().cancelling()).isZero();
          sleep(ofSeconds(1));
        });
    assertThat(loop.trail()).containsExactly("shield ended");
    assertThat(loop.elapsed()).isEqualTo(ofSeconds(6));
  }

  @Test
  void shielded_inShielded_eachScopeAroundStopsAtItsShield() {
    loop.run(
        () -> {
          boolean outer =
              moveOnAfter(
                  ofSeconds(1),
                  () -> {
                    shielded(
                        () -> {
                          boolean middle =
                              moveOnAfter(
                                  ofSeconds(2),
                                  () -> {
                                    shielded(() -> sleep(ofSeconds(5)));
                                    loop.mark("inner shield ended");
                                    sleep(ofSeconds(5));
                                    loop.mark("not reached");
                                  });
                          assertThat(middle).isFalse();
                          sleep(ofSeconds(1));
                          loop.mark("outer shield ended");
                        });
                    sleep(ofSeconds(5));
                    loop.mark("not reached");
                  });
          assertThat(outer).isFalse();
          assertThat(self().cancelling()).isZero();
          sleep(ofSeconds(1));
        });
    assertThat(loop.trail()).containsExactly("inner shield ended", "outer shield ended");
    assertThat(loop.elapsed()).isEqualTo(ofSeconds(7));
  }

  @Test
  void shielded_bodyEndsByAFailure_theFailurePassesAndTheTaskFails() {
    loop.run(
        () -> {
          Task<?> task =
              createTask(
                  () ->
                      shielded(
                          () -> {
                            sleep(ofSeconds(2));
                            throw new IOException("cannot close");
                          }));
          sleep(ofSeconds(1));
          task.cancel();
          assertThatThrownBy(task::await).isInstanceOf(IOException.class);
        });
  }

  @Test
  void shielded_cancelOfWhoAwaits_stopsAtTheShieldOfTheAwaited() {
    loop.run(
        () -> {
          Task<String> cleaning =
              createTask(() -> shielded(() -> sleep(ofSeconds(5), "cleaned up")));
          Task<String> awaiting = createTask(() -> cleaning.await());
          sleep(ofSeconds(1));
          awaiting.cancel();
          assertCancelled(awaiting);
          assertThat(cleaning.isCancelled()).isTrue(); // after its shield ended
        });
    assertThat(loop.elapsed()).isEqualTo(ofSeconds(5));
  }

  @Test
  void shielded_interruptedFromOutside_isHeldBackToo() {
    loop.run(
        () -> {
          Task<?> task =
              createTask(
                  () -> {
                    shielded(
                        () -> {
                          Thread.currentThread().interrupt();
                          sleep(ofSeconds(1));
                          loop.mark("inside was not cancelled");
                        });
                    sleep(ofSeconds(1));
                    loop.mark("not reached");
                  });
          assertCancelled(task);
        });
    assertThat(loop.trail()).containsExactly("inside was not cancelled");
  }

  @Test
  void shielded_outsideATask_throws() {
    assertThatThrownBy(() -> shielded(() -> loop.mark("not reached")))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("shielded");
  }

  // ---- groups that are cancelled

  @Test
  void groupCancel_byTheBody_cancelsTasksAndBodyAndEndsWell() {
    loop.run(
        () -> {
          TaskGroup.run(
              group -> {
                group.createTask(() -> sleep(ofSeconds(100)));
                group.cancel();
                group.cancel();
                sleep(ofSeconds(100));
                loop.mark("not reached");
              });
          sleep(ofSeconds(1));
          assertThat(self().cancelling()).isZero();
        });
    assertThat(loop.elapsed()).isEqualTo(ofSeconds(1));
    assertThat(loop.trail()).isEmpty();
  }

  @Test
  void groupCancel_byAChild_endsTheBodyThatWaits() {
    loop.run(
        () -> {
          Integer value =
              TaskGroup.<Integer>call(
                  group -> {
                    group.createTask(
                        () -> {
                          sleep(ofSeconds(1));
                          group.cancel();
                        });
                    group.createTask(() -> sleep(ofSeconds(100)));
                    return sleep(ofSeconds(50), 7);
                  });
          assertThat(value).isNull();
        });
    assertThat(loop.elapsed()).isEqualTo(ofSeconds(1));
  }

  @Test
  void groupCancel_childFailsInItsCleanUp_theFailureIsThrown() {
    loop.run(
        () ->
            assertThatThrownBy(
                    () ->
                        TaskGroup.run(
                            group -> {
                              group.createTask(
                                  () -> {
                                    try {
                                      sleep(ofSeconds(100));
                                    } finally {
                                      failWith(new IOException("cannot close"));
                                    }
                                  });
                              sleep(ofSeconds(1));
                              group.cancel();
                            }))
                .isInstanceOf(TaskGroupException.class)
                .hasCauseInstanceOf(IOException.class));
  }

  @Test
  void groupCancel_thenCancelledFromOutsideWhileItWaits_theOuterCancelPasses() {
    loop.run(
        () -> {
          Task<?> task =
              createTask(
                  () -> {
                    TaskGroup.run(
                        group -> {
                          group.createTask(() -> shielded(() -> sleep(ofSeconds(5))));
                          sleep(ofSeconds(1));
                          group.cancel();
                        });
                    loop.mark("not reached");
                  });
          sleep(ofSeconds(2));
          task.cancel("from outside");
          assertThatThrownBy(task::await)
              .isInstanceOf(CancellationException.class)
              .hasMessage("from outside");
        });
    assertThat(loop.trail()).isEmpty();
  }

  // ---- chains

  @Test
  void cancel_ofALongChainOfTasks_endsAllOfThem() {
    loop.run(
        () -> {
          Task<?> last = createTask(() -> sleep(ofSeconds(1000)));
          Task<?> first = last;
          for (int i = 0; i < 20_000; i++) {
            Task<?> next = first;
            first = createTask(() -> next.await());
          }
          sleep(ZERO);
          sleep(ZERO);
          first.cancel();
          assertCancelled(first);
          assertThat(last.isCancelled()).isTrue();
        });
    assertThat(loop.elapsed()).isEqualTo(ZERO);
  }

  @Test
  void cancel_ofALongChainOfGathers_endsAllOfThem() {
    loop.run(
        () -> {
          Task<?> last = createTask(() -> sleep(ofSeconds(1000)));
          Future<?> first = last;
          for (int i = 0; i < 20_000; i++) {
            Future<?> next = first;
            first = createTask(() -> gather(next).await());
          }
          sleep(ZERO);
          sleep(ZERO);
          first.cancel();
          Future<?> outermost = first;
          assertThatThrownBy(outermost::await).isInstanceOf(CancellationException.class);
          assertThat(last.isCancelled()).isTrue();
        });
    assertThat(loop.elapsed()).isEqualTo(ZERO);
  }
}
