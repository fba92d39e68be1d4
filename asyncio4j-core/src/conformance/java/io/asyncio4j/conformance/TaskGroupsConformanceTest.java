package io.asyncio4j.conformance;

import static io.asyncio4j.Asyncio.createTask;
import static io.asyncio4j.Asyncio.currentTask;
import static io.asyncio4j.Asyncio.sleep;
import static java.time.Duration.ZERO;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.fail;

import io.asyncio4j.Context;
import io.asyncio4j.ContextVar;
import io.asyncio4j.Event;
import io.asyncio4j.Task;
import io.asyncio4j.TaskGroup;
import io.asyncio4j.TaskGroupException;
import io.asyncio4j.TaskOptions;
import io.asyncio4j.testing.TestLoop;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What CPython's {@code test_taskgroups.py} means. */
class TaskGroupsConformanceTest {
  @RegisterExtension final TestLoop loop = new TestLoop();

  private final AtomicInteger num = new AtomicInteger();

  private static Task<?> self() {
    return requireNonNull(currentTask());
  }

  private static Callable<Integer> returning(Duration delay, int value) {
    return () -> sleep(delay, value);
  }

  private static void crashAfter(Duration delay) {
    sleep(delay);
    throw new ArithmeticException("division by zero");
  }

  /** Sleeps, and crashes on its way out, whatever ends the sleep. */
  @SuppressWarnings({
    "Finally", "finally"
  }) // what Python's test does: the new exception replaces the old one
  private static void sleepAndCrash(Duration delay, RuntimeException failure) {
    try {
      sleep(delay);
    } finally {
      throw failure;
    }
  }

  private void sleepAndCountCancel(Duration delay, int count) {
    try {
      sleep(delay);
    } catch (CancellationException e) {
      num.addAndGet(count);
      throw e;
    }
  }

  private static List<Class<?>> typesOf(Runnable run) {
    TaskGroupException group = catchThrowableOfType(TaskGroupException.class, run::run);
    assertThat(group).as("a TaskGroupException").isNotNull();
    return group.exceptions().stream().<Class<?>>map(Object::getClass).toList();
  }

  private static void assertEndsCancelled(Task<?> task) {
    assertThatThrownBy(task::await).isInstanceOf(CancellationException.class);
  }

  @Test
  @Ported({
    "test_taskgroups.TestTaskGroup.test_taskgroup_01",
    "test_taskgroups.TestTaskGroup.test_taskgroup_02"
  })
  void group_waitsForItsTasks_whenTheyStartAtOnceAndOneAfterAnother() {
    loop.run(
        () -> {
          Task<?>[] tasks = new Task<?>[3];
          TaskGroup.run(
              group -> {
                tasks[0] = group.createTask(returning(ofMillis(100), 42));
                tasks[1] = group.createTask(returning(ofMillis(200), 11));
                sleep(ofMillis(150));
                tasks[2] = group.createTask(returning(ofMillis(200), 12));
              });
          assertThat(tasks[0].result()).isEqualTo(42);
          assertThat(tasks[1].result()).isEqualTo(11);
          assertThat(tasks[2].result()).isEqualTo(12);
        });
    assertThat(loop.elapsed()).isEqualTo(ofMillis(350));
  }

  @Test
  @Ported("test_taskgroups.TestTaskGroup.test_taskgroup_03")
  void taskCancelledByTheBody_theOthersGoOn() {
    loop.run(
        () ->
            TaskGroup.run(
                group -> {
                  Task<Integer> first = group.createTask(returning(ofSeconds(1), 42));
                  sleep(ofMillis(150));
                  first.cancel();
                  Task<Integer> second = group.createTask(returning(ofMillis(200), 11));
                  assertThat(second.await()).isEqualTo(11);
                  assertThat(first.isCancelled()).isTrue();
                }));
  }

  @Test
  @Ported({
    "test_taskgroups.TestTaskGroup.test_taskgroup_04",
    "test_taskgroups.TestTaskGroup.test_cancel_children_on_child_error"
  })
  void taskFails_theOthersAndTheBodyAreCancelled() {
    loop.run(
        () -> {
          Task<?> runner =
              createTask(
                  () ->
                      TaskGroup.run(
                          group -> {
                            for (int i = 0; i < 3; i++) {
                              group.createTask(() -> crashAfter(ofMillis(100)));
                            }
                            group.createTask(() -> sleepAndCountCancel(ofSeconds(5), 1));
                            sleepAndCountCancel(ofSeconds(10), 10);
                          }));
          assertThat(typesOf(runner::await)).containsOnly(ArithmeticException.class).hasSize(3);
        });
    assertThat(num).hasValue(11);
  }

  @Test
  @Ported({
    "test_taskgroups.TestTaskGroup.test_cancellation",
    "test_taskgroups.TestTaskGroup.test_taskgroup_22"
  })
  void cancelledWhileItWaits_cancelsItsTasksAndKeepsTheMessage() {
    loop.run(
        () -> {
          Task<?> runner =
              createTask(
                  () ->
                      TaskGroup.run(
                          group -> {
                            for (int i = 0; i < 5; i++) {
                              group.createTask(() -> sleepAndCountCancel(ofSeconds(5), 1));
                            }
                          }));
          sleep(ofMillis(100));
          assertThat(runner.isDone()).isFalse();
          runner.cancel("test");
          assertThatThrownBy(runner::await)
              .isInstanceOf(CancellationException.class)
              .hasMessage("test");
        });
    assertThat(num).hasValue(5);
  }

  @Test
  @Ported({
    "test_taskgroups.TestTaskGroup.test_taskgroup_07",
    "test_taskgroups.TestTaskGroup.test_taskgroup_17"
  })
  void cancelledInItsBody_cancelsBodyAndTasks() {
    loop.run(
        () -> {
          Task<?> runner =
              createTask(
                  () ->
                      TaskGroup.run(
                          group -> {
                            for (int i = 0; i < 5; i++) {
                              group.createTask(() -> sleepAndCountCancel(ofSeconds(5), 1));
                            }
                            sleepAndCountCancel(ofSeconds(10), 10);
                          }));
          sleep(ofMillis(100));
          runner.cancel("test");
          assertThatThrownBy(runner::await)
              .isInstanceOf(CancellationException.class)
              .hasMessage("test");
        });
    assertThat(num).hasValue(15);
  }

  @Test
  @Ported("test_taskgroups.TestTaskGroup.test_taskgroup_08")
  void cancelled_tasksCrashOnTheirWayOut_theErrorsAreThrown() {
    loop.run(
        () -> {
          Task<?> runner =
              createTask(
                  () ->
                      TaskGroup.run(
                          group -> {
                            for (int i = 0; i < 5; i++) {
                              group.createTask(
                                  () -> sleepAndCrash(ofSeconds(10), new ArithmeticException()));
                            }
                            sleep(ofSeconds(10));
                          }));
          sleep(ofMillis(100));
          runner.cancel();
          assertThat(typesOf(runner::await)).containsOnly(ArithmeticException.class).hasSize(5);
        });
  }

  @Test
  @Ported({
    "test_taskgroups.TestTaskGroup.test_taskgroup_09",
    "test_taskgroups.TestTaskGroup.test_taskgroup_10"
  })
  void bodyFails_itsTasksAreCancelled_begunOrNot() {
    loop.run(
        () -> {
          for (Duration delay : List.of(ZERO, ofMillis(100))) {
            Task<?>[] tasks = new Task<?>[2];
            assertThat(
                    typesOf(
                        () ->
                            TaskGroup.run(
                                group -> {
                                  tasks[0] = group.createTask(returning(ofSeconds(1), 42));
                                  tasks[1] = group.createTask(returning(ofSeconds(2), 11));
                                  if (delay.isPositive()) {
                                    sleep(delay);
                                  }
                                  throw new ArithmeticException();
                                })))
                .containsExactly(ArithmeticException.class);
            assertThat(tasks).allMatch(task -> task.isCancelled());
          }
        });
  }

  @Test
  @Ported({
    "test_taskgroups.TestTaskGroup.test_taskgroup_11",
    "test_taskgroups.TestTaskGroup.test_taskgroup_12"
  })
  void nested_cancelledFromOutside_theCancelPassesBoth() {
    loop.run(
        () -> {
          Task<?> runner =
              createTask(
                  () ->
                      TaskGroup.run(
                          outer -> {
                            outer.createTask(returning(ofSeconds(10), 1));
                            TaskGroup.run(
                                inner -> {
                                  for (int i = 0; i < 5; i++) {
                                    inner.createTask(() -> crashAfter(ofMillis(200)));
                                  }
                                  sleep(ofSeconds(10));
                                });
                          }));
          sleep(ofMillis(100));
          runner.cancel();
          assertEndsCancelled(runner);
        });
  }

  @Test
  @Ported("test_taskgroups.TestTaskGroup.test_taskgroup_13")
  void nested_taskOfTheOuterFails_theInnerIsCancelled() {
    loop.run(
        () ->
            assertThat(
                    typesOf(
                        () ->
                            TaskGroup.run(
                                outer -> {
                                  outer.createTask(() -> crashAfter(ofMillis(100)));
                                  TaskGroup.run(
                                      inner -> inner.createTask(() -> crashAfter(ofSeconds(10))));
                                })))
                .containsExactly(ArithmeticException.class));
    assertThat(loop.elapsed()).isEqualTo(ofMillis(100));
  }

  @Test
  @Ported("test_taskgroups.TestTaskGroup.test_taskgroup_14")
  void nested_taskOfTheInnerFails_itsGroupIsTheErrorOfTheOuter() {
    loop.run(
        () -> {
          TaskGroupException thrown =
              catchThrowableOfType(
                  TaskGroupException.class,
                  () ->
                      TaskGroup.run(
                          outer -> {
                            outer.createTask(() -> crashAfter(ofSeconds(10)));
                            TaskGroup.run(
                                inner -> inner.createTask(() -> crashAfter(ofMillis(100))));
                          }));
          assertThat(thrown.exceptions()).singleElement().isInstanceOf(TaskGroupException.class);
          assertThat(((TaskGroupException) thrown.exceptions().getFirst()).exceptions())
              .singleElement()
              .isInstanceOf(ArithmeticException.class);
        });
  }

  /** A group whose body cleans up when it is cancelled, and whose task crashes meanwhile. */
  private static void crashWhileTheBodyCleansUp() {
    TaskGroup.run(
        group -> {
          group.createTask(() -> crashAfter(ofMillis(300)));
          try {
            sleep(ofSeconds(10));
          } catch (CancellationException e) {
            sleep(ofMillis(500));
            throw e;
          }
        });
  }

  @Test
  @Ported({
    "test_taskgroups.TestTaskGroup.test_taskgroup_15",
    "test_taskgroups.TestTaskGroup.test_taskgroup_16"
  })
  void cancelled_directlyOrThroughAnAwaiter_theTaskIsCancelledBeforeItCrashes() {
    loop.run(
        () -> {
          Task<?> direct =
              createTask(
                  () ->
                      TaskGroup.run(
                          group -> {
                            group.createTask(() -> crashAfter(ofMillis(300)));
                            sleep(ofSeconds(10));
                          }));
          Task<?> nested =
              createTask(
                  () ->
                      TaskGroup.run(
                          group -> {
                            group.createTask(() -> crashAfter(ofMillis(300)));
                            sleep(ofSeconds(10));
                          }));
          Task<?> through = createTask(() -> nested.await());
          sleep(ofMillis(100));
          direct.cancel();
          through.cancel();
          assertEndsCancelled(direct);
          assertEndsCancelled(through);
        });
  }

  @Test
  void cancelled_taskCrashesWhileTheBodyCleansUp_theErrorIsThrownAfterTheCancel() {
    loop.run(
        () -> {
          Task<?> runner = createTask(TaskGroupsConformanceTest::crashWhileTheBodyCleansUp);
          sleep(ofMillis(100));
          runner.cancel();
          assertThat(typesOf(runner::await)).containsExactly(ArithmeticException.class);
        });
  }

  @Test
  @Ported({
    "test_taskgroups.TestTaskGroup.test_taskgroup_18",
    "test_taskgroups.TestTaskGroup.test_taskgroup_19",
    "test_taskgroups.TestTaskGroup.test_taskgroup_20a",
    "test_taskgroups.TestTaskGroup.test_taskgroup_21a"
  })
  void bodyThrowsAnotherExceptionWhenItIsCancelled_itIsInTheGroup() {
    loop.run(
        () -> {
          Task<?> runner =
              createTask(
                  () ->
                      TaskGroup.run(
                          _ -> sleepAndCrash(ofSeconds(10), new IllegalArgumentException())));
          sleep(ofMillis(100));
          runner.cancel();
          assertThat(typesOf(runner::await)).containsExactly(IllegalArgumentException.class);
          assertThat(
                  typesOf(
                      () ->
                          TaskGroup.run(
                              group -> {
                                group.createTask(() -> crashAfter(ofMillis(100)));
                                sleepAndCrash(ofSeconds(10), new IllegalArgumentException());
                              })))
              .containsExactly(ArithmeticException.class, IllegalArgumentException.class);
        });
  }

  @Test
  @Ported("test_taskgroups.TestTaskGroup.test_taskgroup_23")
  void tasksThatEnd_areForgottenWhileTheBodyGoesOn() {
    loop.run(
        () ->
            TaskGroup.run(
                group -> {
                  for (int i = 0; i < 10; i++) {
                    sleep(ofMillis(100));
                    group.createTask(returning(ofMillis(300), i));
                  }
                  sleep(ofMillis(1350));
                  assertThat(io.asyncio4j.Asyncio.allTasks()).containsExactly(self());
                }));
  }

  @Test
  @Ported({
    "test_taskgroups.TestTaskGroup.test_taskgroup_24",
    "test_taskgroups.TestTaskGroup.test_taskgroup_25"
  })
  void tasksAddTasks_whileTheGroupWaits_untilOneFails() {
    loop.run(
        () ->
            assertThat(
                    typesOf(
                        () ->
                            TaskGroup.run(
                                group -> {
                                  group.createTask(() -> hydra(group));
                                  group.createTask(
                                      () -> {
                                        while (num.get() < 10) {
                                          sleep(ofMillis(15));
                                        }
                                        throw new ArithmeticException();
                                      });
                                })))
                .containsExactly(ArithmeticException.class));
    assertThat(num.get()).isGreaterThanOrEqualTo(10);
  }

  private void hydra(TaskGroup group) {
    num.incrementAndGet();
    sleep(ofMillis(10));
    group.createTask(() -> hydra(group));
    group.createTask(() -> hydra(group));
  }

  @Test
  @Ported({
    "test_taskgroups.TestTaskGroup.test_taskgroup_task_name",
    "test_taskgroups.TestTaskGroup.test_taskgroup_task_context"
  })
  void createTask_withNameAndContext_hasThem() {
    ContextVar<Integer> variable = ContextVar.of("variable");
    loop.run(
        () ->
            TaskGroup.run(
                group -> {
                  assertThat(group.createTask("yolo", () -> sleep(ZERO)).name()).isEqualTo("yolo");
                  Context context = Context.copyCurrent();
                  assertThat(context.contains(variable)).isFalse();
                  for (int value : new int[] {1, 2}) {
                    group
                        .createTask(
                            TaskOptions.defaults().withContext(context),
                            () -> {
                              sleep(ZERO);
                              variable.set(value);
                            })
                        .await();
                    assertThat(context.get(variable)).isEqualTo(value);
                  }
                }));
  }

  @Test
  @Ported("test_taskgroups.TestTaskGroup.test_taskgroup_no_create_task_after_failure")
  void createTask_afterAFailure_throws() {
    loop.run(
        () ->
            assertThat(
                    typesOf(
                        () ->
                            TaskGroup.run(
                                group -> {
                                  group.createTask(() -> crashAfter(ofMillis(1)));
                                  group.createTask(
                                      () -> {
                                        try {
                                          sleep(ofSeconds(1));
                                        } catch (CancellationException e) {
                                          assertThatThrownBy(
                                                  () -> group.createTask(() -> sleep(ZERO)))
                                              .isInstanceOf(IllegalStateException.class)
                                              .hasMessageContaining("shutting down");
                                          num.incrementAndGet();
                                        }
                                      });
                                })))
                .containsExactly(ArithmeticException.class));
    assertThat(num).hasValue(1);
  }

  @Test
  @Ported("test_taskgroups.TestTaskGroup.test_taskgroup_context_manager_exit_raises")
  void taskAndCleanUpOfTheBodyFail_bothAreThrown_andTheParentIsNotCancelled() {
    loop.run(
        () -> {
          assertThat(
                  typesOf(
                      () ->
                          TaskGroup.run(
                              group -> {
                                group.createTask(() -> crashAfter(ZERO));
                                sleepAndCrash(ofSeconds(1), new ArithmeticException());
                              })))
              .containsExactly(ArithmeticException.class, ArithmeticException.class);
          assertThat(self().cancelling()).isZero();
        });
  }

  @Test
  @Ported({
    "test_taskgroups.TestTaskGroup.test_taskgroup_finished",
    "test_taskgroups.TestTaskGroup.test_coro_closed_when_tg_closed"
  })
  void createTask_afterTheEnd_throwsAndTheBodyNeverRuns() {
    loop.run(
        () -> {
          TaskGroup[] ended = new TaskGroup[1];
          TaskGroup.run(group -> ended[0] = group);
          assertThatThrownBy(() -> ended[0].createTask(() -> loop.mark("begun")))
              .isInstanceOf(IllegalStateException.class)
              .hasMessageContaining("has ended");
          sleep(ZERO);
        });
    assertThat(loop.trail()).isEmpty();
  }

  @Test
  @Ported("test_taskgroups.TestTaskGroup.test_taskgroup_without_parent_task")
  void run_outsideATask_throws() {
    loop.run(
        () -> {
          io.asyncio4j.EventLoop.current()
              .callSoon(
                  () ->
                      assertThatThrownBy(() -> TaskGroup.run(_ -> loop.mark("begun")))
                          .isInstanceOf(IllegalStateException.class)
                          .hasMessageContaining("no task"));
          sleep(ZERO);
        });
    assertThat(loop.trail()).isEmpty();
  }

  @Test
  @Ported("test_taskgroups.TestTaskGroup.test_cancelling_level_preserved")
  void taskFails_theParentsCountOfRequestsIsAsBefore() {
    loop.run(
        () -> {
          assertThat(typesOf(() -> TaskGroup.run(g -> g.createTask(() -> crashAfter(ZERO)))))
              .containsExactly(ArithmeticException.class);
          assertThat(self().cancelling()).isZero();
        });
  }

  @Test
  @Ported("test_taskgroups.TestTaskGroup.test_nested_groups_both_cancelled")
  void nested_bothHaveAFailure_eachThrowsItsOwn() {
    loop.run(
        () -> {
          assertThat(
                  typesOf(
                      () ->
                          TaskGroup.run(
                              outer -> {
                                assertThat(
                                        typesOf(
                                            () ->
                                                TaskGroup.run(
                                                    inner -> {
                                                      inner.createTask(() -> crashAfter(ZERO));
                                                      outer.createTask(
                                                          () -> {
                                                            sleep(ZERO);
                                                            throw new IllegalArgumentException();
                                                          });
                                                    })))
                                    .containsExactly(ArithmeticException.class);
                                assertThat(self().cancelling()).isEqualTo(1);
                              })))
              .containsExactly(IllegalArgumentException.class);
          assertThat(self().cancelling()).isZero();
        });
  }

  @Test
  @Ported("test_taskgroups.TestTaskGroup.test_error_and_cancel")
  void failureAndCancelAtOnce_theFailureIsThrownAndTheCancelComesAfter() {
    loop.run(
        () -> {
          Event event = new Event();
          Task<?> inner =
              createTask(
                  () -> {
                    assertThat(
                            typesOf(
                                () ->
                                    TaskGroup.run(
                                        group -> {
                                          group.createTask(
                                              () -> {
                                                event.set();
                                                crashAfter(ZERO);
                                              });
                                          sleep(ofSeconds(1));
                                          fail("the sleep in the group was not cancelled");
                                        })))
                        .containsExactly(ArithmeticException.class);
                    assertThat(self().cancelling()).isEqualTo(1);
                    sleep(ofSeconds(1));
                    fail("the sleep after the group was not cancelled");
                  });
          event.await();
          assertThat(inner.cancelling()).isZero();
          inner.cancel();
          assertThat(inner.cancelling()).isEqualTo(1);
          assertEndsCancelled(inner);
        });
  }
}
