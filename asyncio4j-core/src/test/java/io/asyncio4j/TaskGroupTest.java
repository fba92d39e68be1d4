package io.asyncio4j;

import static io.asyncio4j.Asyncio.createTask;
import static io.asyncio4j.Asyncio.currentTask;
import static io.asyncio4j.Asyncio.gatherResults;
import static io.asyncio4j.Asyncio.sleep;
import static java.time.Duration.ZERO;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.fail;

import io.asyncio4j.testing.TestLoop;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The rules of a group: nobody is left behind, nothing is lost, and cancels stay whose they are.
 */
class TaskGroupTest {
  @RegisterExtension final TestLoop loop = new TestLoop();

  private static void failAfter(Duration delay, RuntimeException failure) {
    sleep(delay);
    throw failure;
  }

  private void sleepAndMarkCancel(String name) {
    try {
      sleep(ofSeconds(10));
    } catch (CancellationException e) {
      loop.mark(name + " cancelled");
      throw e;
    }
    loop.mark(name + " ended");
  }

  private static TaskGroupException groupFailure(Runnable scope) {
    return requireNonNull(catchThrowableOfType(TaskGroupException.class, scope::run));
  }

  // ---- ends well

  @Test
  void run_allSucceed_waitsForTheSlowest() {
    loop.run(
        () -> {
          List<Task<Integer>> tasks = new ArrayList<>();
          TaskGroup.run(
              group -> {
                tasks.add(group.createTask(() -> sleep(ofMillis(100), 42)));
                sleep(ofMillis(150));
                tasks.add(group.createTask(() -> sleep(ofMillis(200), 11)));
              });
          assertThat(tasks).extracting(Task::resultNow).containsExactly(42, 11);
        });
    assertThat(loop.elapsed()).isEqualTo(ofMillis(350));
  }

  @Test
  void call_bodyReturnsValue_givesItAfterTheTasks() {
    String value =
        loop.run(
            () ->
                TaskGroup.call(
                    group -> {
                      group.createTask(
                          () -> {
                            sleep(ofSeconds(1));
                            loop.mark("task");
                          });
                      return "value";
                    }));
    assertThat(value).isEqualTo("value");
    assertThat(loop.trail()).containsExactly("task");
  }

  @Test
  void run_noTasks_doesNotSuspend() {
    loop.run(
        () -> {
          EventLoop.current().callSoon(() -> loop.mark("callback"));
          TaskGroup.run(_ -> {});
          loop.mark("main");
          sleep(ZERO);
        });
    assertThat(loop.trail()).containsExactly("main", "callback");
  }

  @Test
  void createTask_withName_namesTheTask() {
    loop.run(
        () ->
            TaskGroup.run(
                group -> {
                  assertThat(group.createTask("value", () -> 1).name()).isEqualTo("value");
                  assertThat(group.createTask("void", () -> {}).name()).isEqualTo("void");
                  assertThat(group.createTask(() -> {}).name()).startsWith("Task-");
                }));
  }

  @Test
  void childCancelledByItself_othersGoOn() {
    loop.run(
        () -> {
          TaskGroup.run(
              group -> {
                Task<?> one = group.createTask("one", () -> sleepAndMarkCancel("one"));
                group.createTask("two", () -> sleepAndMarkCancel("two"));
                sleep(ofMillis(1));
                one.cancel();
              });
          assertThat(requireNonNull(currentTask()).cancelling()).isZero();
        });
    assertThat(loop.trail()).containsExactly("one cancelled", "two ended");
  }

  @Test
  void tasksAddTasks_whileTheScopeWaits_allAreWaitedFor() {
    loop.run(
        () -> {
          TaskGroup.run(group -> group.createTask(() -> spawnChain(group, 3)));
          loop.mark("left");
        });
    assertThat(loop.trail()).containsExactly("level 3", "level 2", "level 1", "level 0", "left");
    assertThat(loop.elapsed()).isEqualTo(ofMillis(40));
  }

  private void spawnChain(TaskGroup group, int level) {
    sleep(ofMillis(10));
    loop.mark("level " + level);
    if (level > 0) {
      group.createTask(() -> spawnChain(group, level - 1));
    }
  }

  // ---- failures

  @Test
  void childFails_whileTheScopeWaits_cancelsSiblingsAndThrowsOneError() {
    loop.run(
        () -> {
          IllegalArgumentException failure = new IllegalArgumentException("bad");
          assertThatThrownBy(
                  () ->
                      TaskGroup.run(
                          group -> {
                            group.createTask(() -> failAfter(ofMillis(100), failure));
                            group.createTask(() -> sleepAndMarkCancel("sibling"));
                          }))
              .isInstanceOfSatisfying(
                  TaskGroupException.class,
                  e -> assertThat(e.exceptions()).containsExactly(failure))
              .hasMessageContaining("unhandled errors in a TaskGroup")
              .hasMessageContaining("IllegalArgumentException: bad")
              .hasCause(failure);
        });
    assertThat(loop.trail()).containsExactly("sibling cancelled");
    assertThat(loop.elapsed()).isEqualTo(ofMillis(100));
  }

  @Test
  void childFails_whileTheScopeWaits_parentIsNotCancelledAfterwards() {
    loop.run(
        () -> {
          Task<?> parent = requireNonNull(currentTask());
          groupFailure(
              () ->
                  TaskGroup.run(
                      group ->
                          group.createTask(
                              () -> failAfter(ZERO, new IllegalArgumentException("bad")))));
          assertThat(parent.cancelling()).isZero();
          sleep(ofSeconds(1));
          loop.mark("went on");
        });
    assertThat(loop.trail()).containsExactly("went on");
  }

  @Test
  void childFails_whileTheBodyRuns_bodyIsCancelledAndParentGoesOn() {
    loop.run(
        () -> {
          Task<?> parent = requireNonNull(currentTask());
          TaskGroupException e =
              groupFailure(
                  () ->
                      TaskGroup.run(
                          group -> {
                            group.createTask(
                                () ->
                                    failAfter(ofMillis(100), new IllegalArgumentException("bad")));
                            sleepAndMarkCancel("body");
                          }));
          assertThat(e.exceptions()).hasSize(1);
          assertThat(parent.cancelling()).isZero();
          sleep(ofSeconds(1));
          loop.mark("went on");
        });
    assertThat(loop.trail()).containsExactly("body cancelled", "went on");
  }

  @Test
  void childFails_bodySwallowsTheCancel_errorIsThrownAllTheSame() {
    loop.run(
        () -> {
          Task<?> parent = requireNonNull(currentTask());
          TaskGroupException e =
              groupFailure(
                  () ->
                      TaskGroup.run(
                          group -> {
                            group.createTask(
                                () -> failAfter(ZERO, new IllegalArgumentException("bad")));
                            assertThatThrownBy(() -> sleep(ofSeconds(9)))
                                .isInstanceOf(CancellationException.class);
                            sleep(ofSeconds(1)); // the request was delivered, once
                            loop.mark("cleaned up");
                          }));
          assertThat(e.exceptions()).hasSize(1);
          assertThat(parent.cancelling()).isZero();
        });
    assertThat(loop.trail()).containsExactly("cleaned up");
    assertThat(loop.elapsed()).isEqualTo(ofSeconds(1));
  }

  @Test
  void childFails_whileTheBodyIsReady_cancelIsDeliveredThereAndTakenBack() {
    loop.run(
        () -> {
          Task<?> parent = requireNonNull(currentTask());
          Future<String> other = EventLoop.current().createFuture();
          groupFailure(
              () ->
                  TaskGroup.run(
                      group -> {
                        group.createTask(() -> failAfter(ZERO, new ArithmeticException("bad")));
                        group.createTask(
                            () -> {
                              sleep(ZERO);
                              other.setResult("there already when the cancel comes");
                            });
                        assertThatThrownBy(other::await).isInstanceOf(CancellationException.class);
                        assertThat(other.result()).startsWith("there already");
                      }));
          assertThat(parent.cancelling()).isZero();
          sleep(ofSeconds(1));
          loop.mark("went on");
        });
    assertThat(loop.trail()).containsExactly("went on");
  }

  @Test
  void severalFail_inOneTurn_allAreKeptInOrder() {
    loop.run(
        () -> {
          List<RuntimeException> failures =
              List.of(
                  new IllegalArgumentException("a"),
                  new UnsupportedOperationException("b"),
                  new ArithmeticException("c"));
          TaskGroupException e =
              groupFailure(
                  () ->
                      TaskGroup.run(
                          group ->
                              failures.forEach(
                                  failure ->
                                      group.createTask(() -> failAfter(ofMillis(5), failure)))));
          assertThat(e.exceptions()).containsExactlyElementsOf(failures);
          assertThat(e).hasCause(failures.getFirst());
          assertThat(e.getSuppressed()).containsExactly(failures.get(1), failures.get(2));
        });
  }

  @Test
  void siblingFails_whileItIsBeingCancelled_itsErrorIsKeptToo() {
    loop.run(
        () -> {
          TaskGroupException e =
              groupFailure(
                  () ->
                      TaskGroup.run(
                          group -> {
                            group.createTask(
                                () -> failAfter(ofMillis(5), new IllegalArgumentException("a")));
                            group.createTask(
                                () -> {
                                  try {
                                    sleep(ofSeconds(9));
                                  } finally {
                                    sleep(ofMillis(20));
                                    failAfter(ZERO, new ArithmeticException("clean-up"));
                                  }
                                });
                          }));
          assertThat(e.exceptions())
              .extracting(Throwable::getMessage)
              .containsExactly("a", "clean-up");
        });
    assertThat(loop.elapsed()).isEqualTo(ofMillis(25));
  }

  @Test
  void bodyFails_childrenAreCancelledAndItsErrorIsInTheGroup() {
    loop.run(
        () -> {
          IOException failure = new IOException("body");
          TaskGroupException e =
              groupFailure(
                  () ->
                      TaskGroup.run(
                          group -> {
                            group.createTask(() -> sleepAndMarkCancel("one"));
                            group.createTask(() -> sleepAndMarkCancel("two"));
                            sleep(ofMillis(100));
                            throw failure;
                          }));
          assertThat(e.exceptions()).containsExactly(failure);
          assertThat(requireNonNull(currentTask()).cancelling()).isZero();
        });
    assertThat(loop.trail()).containsExactly("one cancelled", "two cancelled");
  }

  @Test
  void bodyFails_beforeChildrenBegin_theyNeverBegin() {
    loop.run(
        () -> {
          TaskGroupException e =
              groupFailure(
                  () ->
                      TaskGroup.run(
                          group -> {
                            group.createTask(() -> loop.mark("began"));
                            throw new IllegalArgumentException("bad");
                          }));
          assertThat(e.exceptions()).hasSize(1);
        });
    assertThat(loop.trail()).isEmpty();
  }

  @Test
  void bodyFails_onTheGroupsCancel_itsErrorComesLast() {
    loop.run(
        () -> {
          TaskGroupException e =
              groupFailure(
                  () ->
                      TaskGroup.run(
                          group -> {
                            group.createTask(
                                () -> failAfter(ofMillis(5), new IllegalArgumentException("task")));
                            try {
                              sleep(ofSeconds(9));
                            } catch (CancellationException cancelled) {
                              throw new ArithmeticException("body");
                            }
                          }));
          assertThat(e.exceptions())
              .extracting(Throwable::getMessage)
              .containsExactly("task", "body");
        });
  }

  @Test
  void errorsOfTypeError_areGatheredToo() {
    loop.run(
        () -> {
          AssertionError failure = new AssertionError("no");
          TaskGroupException e =
              groupFailure(
                  () ->
                      TaskGroup.run(
                          group ->
                              group.createTask(
                                  () -> {
                                    throw failure;
                                  })));
          assertThat(e.exceptions()).containsExactly(failure);
        });
  }

  // ---- cancelled from outside

  @Test
  void cancelledFromOutside_whileTheScopeWaits_childrenAreCancelledAndTheMessageKept() {
    loop.run(
        () -> {
          Task<?> runner =
              createTask(
                  () ->
                      TaskGroup.run(
                          group -> {
                            group.createTask(() -> sleepAndMarkCancel("one"));
                            group.createTask(() -> sleepAndMarkCancel("two"));
                          }));
          sleep(ofMillis(100));
          runner.cancel("test");
          assertThatThrownBy(runner::await)
              .isInstanceOf(CancellationException.class)
              .hasMessage("test");
          assertThat(runner.isCancelled()).isTrue();
          assertThat(runner.cancelling()).isEqualTo(1);
        });
    assertThat(loop.trail()).containsExactly("one cancelled", "two cancelled");
  }

  @Test
  void cancelledFromOutside_whileTheBodyRuns_bodyAndChildrenAreCancelled() {
    loop.run(
        () -> {
          Task<?> runner =
              createTask(
                  () ->
                      TaskGroup.run(
                          group -> {
                            group.createTask(() -> sleepAndMarkCancel("child"));
                            sleepAndMarkCancel("body");
                          }));
          sleep(ofMillis(100));
          runner.cancel("test");
          assertThatThrownBy(runner::await)
              .isInstanceOf(CancellationException.class)
              .hasMessage("test");
        });
    assertThat(loop.trail()).containsExactly("body cancelled", "child cancelled");
  }

  @Test
  void cancelledFromOutsideOften_waitsForSlowCleanUpAllTheSame() {
    loop.run(
        () -> {
          Task<?> runner =
              createTask(
                  () ->
                      TaskGroup.run(
                          group ->
                              group.createTask(
                                  () -> {
                                    try {
                                      sleep(ofSeconds(9));
                                    } finally {
                                      sleep(ofMillis(500));
                                      loop.mark("cleaned up");
                                    }
                                  })));
          sleep(ofMillis(100));
          for (int i = 0; i < 3; i++) {
            runner.cancel();
            sleep(ofMillis(100));
            assertThat(runner.isDone()).isFalse();
          }
          assertThatThrownBy(runner::await).isInstanceOf(CancellationException.class);
          assertThat(runner.cancelling()).isEqualTo(3);
        });
    assertThat(loop.trail()).containsExactly("cleaned up");
    assertThat(loop.elapsed()).isEqualTo(ofMillis(600));
  }

  @Test
  void cancelledFromOutside_childFailsInCleanUp_errorsGoFirst() {
    loop.run(
        () -> {
          Task<?> runner =
              createTask(
                  () ->
                      TaskGroup.run(
                          group -> {
                            for (int i = 0; i < 3; i++) {
                              group.createTask(
                                  () -> {
                                    try {
                                      sleep(ofSeconds(9));
                                    } finally {
                                      failAfter(ZERO, new ArithmeticException("clean-up"));
                                    }
                                  });
                            }
                            sleep(ofSeconds(9));
                          }));
          sleep(ofMillis(100));
          runner.cancel();
          assertThatThrownBy(runner::await)
              .isInstanceOfSatisfying(
                  TaskGroupException.class,
                  e ->
                      assertThat(e.exceptions())
                          .hasSize(3)
                          .hasOnlyElementsOfType(ArithmeticException.class));
        });
  }

  @Test
  void errorAndCancelFromOutside_inOneTurn_cancelStaysPendingAfterTheErrors() {
    loop.run(
        () -> {
          Event started = new Event();
          Task<?> inner =
              createTask(
                  () -> {
                    Task<?> self = requireNonNull(currentTask());
                    groupFailure(
                        () ->
                            TaskGroup.run(
                                group -> {
                                  group.createTask(
                                      () -> {
                                        started.set();
                                        sleep(ZERO);
                                        throw new IllegalArgumentException("bad");
                                      });
                                  sleep(ofSeconds(1));
                                  fail("the sleep should have been cancelled");
                                }));
                    assertThat(self.cancelling()).isEqualTo(1);
                    loop.mark("errors caught");
                    sleep(ofSeconds(1));
                    fail("the cancel should have been delivered here");
                  });
          started.await();
          assertThat(inner.cancelling()).isZero();
          inner.cancel();
          assertThatThrownBy(inner::await).isInstanceOf(CancellationException.class);
          assertThat(inner.isCancelled()).isTrue();
          assertThat(inner.cancelling()).isEqualTo(1);
        });
    assertThat(loop.trail()).containsExactly("errors caught");
    assertThat(loop.elapsed()).isZero();
  }

  @Test
  void cancelledFromOutside_bodyThrowsAnotherException_itIsInTheGroup() {
    loop.run(
        () -> {
          Task<?> runner =
              createTask(
                  () ->
                      TaskGroup.run(
                          _ -> {
                            try {
                              sleep(ofSeconds(9));
                            } catch (CancellationException e) {
                              throw new ArithmeticException("instead");
                            }
                          }));
          sleep(ofMillis(1));
          runner.cancel();
          assertThatThrownBy(runner::await)
              .isInstanceOf(TaskGroupException.class)
              .hasRootCauseMessage("instead");
        });
  }

  @Test
  void cancelledFromOutside_childFailsWhileTheBodyCleansUp_cleanUpIsCancelledAndErrorsGoFirst() {
    loop.run(
        () -> {
          Task<?> runner =
              createTask(
                  () ->
                      TaskGroup.run(
                          group -> {
                            group.createTask(
                                () -> failAfter(ofMillis(300), new ArithmeticException("crash")));
                            try {
                              sleep(ofSeconds(10));
                            } finally {
                              sleepAndMarkCancel("clean-up");
                            }
                          }));
          sleep(ofMillis(100));
          runner.cancel();
          assertThatThrownBy(runner::await)
              .isInstanceOf(TaskGroupException.class)
              .hasRootCauseMessage("crash");
          assertThat(runner.cancelling()).isEqualTo(1);
        });
    assertThat(loop.trail()).containsExactly("clean-up cancelled");
    assertThat(loop.elapsed()).isEqualTo(ofMillis(300));
  }

  @Test
  void bodyAwaitsACancelledFuture_childrenAreCancelledAndTheCancelPasses() {
    loop.run(
        () -> {
          Task<?> runner =
              createTask(
                  () ->
                      TaskGroup.run(
                          group -> {
                            group.createTask(() -> sleepAndMarkCancel("child"));
                            sleep(ZERO);
                            Future<String> other = EventLoop.current().createFuture();
                            other.cancel("other");
                            other.await();
                          }));
          assertThatThrownBy(runner::await)
              .isInstanceOf(CancellationException.class)
              .hasMessage("other");
          assertThat(runner.cancelling()).isZero();
        });
    assertThat(loop.trail()).containsExactly("child cancelled");
  }

  // ---- nested

  @Test
  void nested_outerChildFails_innerIsCancelledAndOnlyTheOuterFails() {
    loop.run(
        () -> {
          TaskGroupException e =
              groupFailure(
                  () ->
                      TaskGroup.run(
                          outer -> {
                            outer.createTask(
                                () ->
                                    failAfter(ofMillis(100), new IllegalArgumentException("out")));
                            TaskGroup.run(
                                inner -> inner.createTask(() -> sleepAndMarkCancel("inner child")));
                          }));
          assertThat(e.exceptions()).singleElement().isInstanceOf(IllegalArgumentException.class);
          assertThat(requireNonNull(currentTask()).cancelling()).isZero();
        });
    assertThat(loop.trail()).containsExactly("inner child cancelled");
  }

  @Test
  void nested_innerChildFails_innerFailureIsTheOuterBodysError() {
    loop.run(
        () -> {
          TaskGroupException e =
              groupFailure(
                  () ->
                      TaskGroup.run(
                          outer -> {
                            outer.createTask(() -> sleepAndMarkCancel("outer child"));
                            TaskGroup.run(
                                inner ->
                                    inner.createTask(
                                        () ->
                                            failAfter(
                                                ofMillis(5), new IllegalArgumentException("in"))));
                          }));
          assertThat(e.exceptions())
              .singleElement()
              .isInstanceOfSatisfying(
                  TaskGroupException.class,
                  inner ->
                      assertThat(inner.exceptions())
                          .singleElement()
                          .isInstanceOf(IllegalArgumentException.class));
          assertThat(requireNonNull(currentTask()).cancelling()).isZero();
          sleep(ofSeconds(1));
        });
    assertThat(loop.trail()).containsExactly("outer child cancelled");
  }

  @Test
  void nested_bothFailInOneTurn_innerIsCaughtAndTheOutersCancelStaysPending() {
    loop.run(
        () -> {
          Task<?> self = requireNonNull(currentTask());
          TaskGroupException e =
              groupFailure(
                  () ->
                      TaskGroup.run(
                          outer -> {
                            TaskGroupException caught =
                                groupFailure(
                                    () ->
                                        TaskGroup.run(
                                            inner -> {
                                              inner.createTask(
                                                  () ->
                                                      failAfter(
                                                          ZERO, new ArithmeticException("in")));
                                              outer.createTask(
                                                  () ->
                                                      failAfter(
                                                          ZERO,
                                                          new IllegalArgumentException("out")));
                                            }));
                            assertThat(caught).hasRootCauseMessage("in");
                            assertThat(self.cancelling()).isEqualTo(1);
                          }));
          assertThat(e).hasRootCauseMessage("out");
          assertThat(self.cancelling()).isZero();
          sleep(ofSeconds(1));
        });
  }

  // ---- createTask at the wrong time

  @Test
  void createTask_afterTheScope_throwsAndNothingBegins() {
    loop.run(
        () -> {
          TaskGroup ended = TaskGroup.call(group -> group);
          assertThatThrownBy(() -> ended.createTask(() -> loop.mark("began")))
              .isInstanceOf(IllegalStateException.class)
              .hasMessageContaining("has ended");
          sleep(ZERO);
          assertThat(Asyncio.allTasks()).hasSize(1);
        });
    assertThat(loop.trail()).isEmpty();
  }

  @Test
  void createTask_whileShuttingDown_throwsAndNothingBegins() {
    loop.run(
        () -> {
          TaskGroupException e =
              groupFailure(
                  () ->
                      TaskGroup.run(
                          group -> {
                            group.createTask(
                                () -> failAfter(ZERO, new IllegalArgumentException("bad")));
                            try {
                              sleep(ofSeconds(1));
                            } finally {
                              group.createTask(() -> loop.mark("began"));
                            }
                          }));
          assertThat(e.exceptions()).hasSize(2);
          assertThat(e.exceptions().get(1))
              .isInstanceOf(IllegalStateException.class)
              .hasMessageContaining("shutting down");
          sleep(ZERO);
        });
    assertThat(loop.trail()).isEmpty();
  }

  @Test
  void run_outsideATask_throws() {
    loop.run(
        () -> {
          EventLoop.current()
              .callSoon(
                  () ->
                      assertThatThrownBy(() -> TaskGroup.run(_ -> loop.mark("body")))
                          .isInstanceOf(IllegalStateException.class)
                          .hasMessageContaining("TaskGroup"));
          sleep(ZERO);
        });
    assertThat(loop.trail()).isEmpty();
    assertThat(loop.takeReports()).isEmpty();
  }

  @Test
  void run_inChildrenOfAGather_eachHasItsOwnParent() {
    loop.run(
        () -> {
          GatheredResults<String> results =
              gatherResults(
                      () ->
                          TaskGroup.call(
                              group -> {
                                group.createTask(
                                    () -> failAfter(ofMillis(1), new ArithmeticException("one")));
                                sleep(ofSeconds(1));
                                return "never";
                              }),
                      () -> TaskGroup.call(_ -> sleep(ofSeconds(1), "two")))
                  .await();
          assertThat(results.successes()).containsExactly("two");
          assertThat(results.exceptionsOfType(TaskGroupException.class)).hasSize(1);
        });
  }
}
