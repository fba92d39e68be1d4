package io.asyncio4j;

import static io.asyncio4j.Asyncio.allTasks;
import static io.asyncio4j.Asyncio.createTask;
import static io.asyncio4j.Asyncio.currentTask;
import static io.asyncio4j.Asyncio.gather;
import static io.asyncio4j.Asyncio.sleep;
import static java.time.Duration.ZERO;
import static java.time.Duration.ofSeconds;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.asyncio4j.testing.TestLoop;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** An eager task runs in its creator's place up to its first suspension, and nothing else does. */
class EagerTaskTest {
  @RegisterExtension final TestLoop loop = new TestLoop();

  @Test
  void eager_runsToItsFirstSuspensionBeforeCreateTaskReturns_andNothingElseDoes() {
    loop.run(
        () -> {
          EventLoop.current().callSoon(() -> loop.mark("a callback that was queued before"));
          createTask(() -> loop.mark("a task that was queued before"));
          Task<?> eager =
              createTask(
                  TaskOptions.eager(),
                  () -> {
                    loop.mark("eager begins");
                    EventLoop.current().callSoon(() -> loop.mark("a callback of the eager task"));
                    sleep(ZERO);
                    loop.mark("eager goes on");
                  });
          loop.mark("creator");
          eager.await();
        });
    assertThat(loop.trail())
        .containsExactly(
            "eager begins",
            "creator",
            "a callback that was queued before",
            "a task that was queued before",
            "a callback of the eager task",
            "eager goes on");
  }

  @Test
  void eager_endsWithoutSuspending_isDoneWhenItIsReturned() {
    loop.run(
        () -> {
          Task<String> ended = createTask(TaskOptions.eager(), () -> "value");
          assertThat(ended.isDone()).isTrue();
          assertThat(ended.result()).isEqualTo("value");
          assertThat(allTasks()).doesNotContain(ended);
          Task<?> failed =
              createTask(
                  TaskOptions.eager(),
                  () -> {
                    throw new IOException("failed");
                  });
          assertThat(failed.exception()).isInstanceOf(IOException.class);
        });
  }

  @Test
  void eager_isTheCurrentTaskWhileItRuns_andTheCreatorIsAgainAfterwards() {
    loop.run(
        () -> {
          Task<?> creator = requireNonNull(currentTask());
          Task<?>[] seen = new Task<?>[1];
          Task<?> eager =
              createTask(
                  TaskOptions.eager().withName("eager"),
                  () -> {
                    seen[0] = currentTask();
                    assertThat(allTasks()).contains(requireNonNull(currentTask()), creator);
                    sleep(ZERO);
                  });
          assertThat(seen[0]).isSameAs(eager);
          assertThat(currentTask()).isSameAs(creator);
          assertThat(eager.name()).isEqualTo("eager");
          eager.await();
        });
  }

  @Test
  void eager_nested_runDepthFirst() {
    loop.run(
        () -> {
          Task<?> outer =
              createTask(
                  TaskOptions.eager(),
                  () -> {
                    loop.mark("outer");
                    Task<?> inner =
                        createTask(
                            TaskOptions.eager(),
                            () -> {
                              loop.mark("inner");
                              sleep(ZERO);
                              loop.mark("inner goes on");
                            });
                    loop.mark("outer again");
                    inner.await();
                  });
          loop.mark("creator");
          outer.await();
        });
    assertThat(loop.trail())
        .containsExactly("outer", "inner", "outer again", "creator", "inner goes on");
  }

  @Test
  void eager_fromACallback_runsInside() {
    loop.run(
        () -> {
          EventLoop running = EventLoop.current();
          running.callSoon(
              () -> {
                loop.mark("callback");
                running.createTask(
                    TaskOptions.eager(),
                    () -> {
                      loop.mark("eager");
                      sleep(ZERO);
                      loop.mark("eager goes on");
                    });
                assertThat(currentTask()).isNull();
                loop.mark("callback again");
              });
          running.callSoon(() -> loop.mark("next callback"));
          sleep(ofSeconds(1));
        });
    assertThat(loop.trail())
        .containsExactly("callback", "eager", "callback again", "next callback", "eager goes on");
  }

  @Test
  void eager_cancelsItsCreator_whichGetsItAtItsNextSuspension() {
    loop.run(
        () -> {
          Task<?> creator =
              createTask(
                  () -> {
                    Task<?> self = requireNonNull(currentTask());
                    createTask(TaskOptions.eager(), () -> self.cancel());
                    loop.mark("creator goes on");
                    sleep(ZERO);
                    loop.mark("not reached");
                  });
          assertThatThrownBy(creator::await).isInstanceOf(CancellationException.class);
        });
    assertThat(loop.trail()).containsExactly("creator goes on");
  }

  @Test
  void eager_cancelOfTheCreatorIsPending_itIsNotDeliveredByCreatingATask() {
    loop.run(
        () -> {
          Task<?> creator =
              createTask(
                  () -> {
                    requireNonNull(currentTask()).cancel();
                    Task<String> eager = createTask(TaskOptions.eager(), () -> "value");
                    loop.mark(eager.result());
                    sleep(ZERO);
                    loop.mark("not reached");
                  });
          assertThatThrownBy(creator::await).isInstanceOf(CancellationException.class);
        });
    assertThat(loop.trail()).containsExactly("value");
  }

  @Test
  void eager_inAGroupThatItCancels_endsTheGroup() {
    loop.run(
        () -> {
          TaskGroup.run(
              group -> {
                Task<?> eager =
                    group.createTask(
                        TaskOptions.eager(),
                        () -> {
                          group.cancel();
                          sleep(ofSeconds(100));
                          loop.mark("not reached");
                        });
                assertThat(eager.cancelling()).isEqualTo(1);
                sleep(ofSeconds(100));
              });
          sleep(ofSeconds(1));
        });
    assertThat(loop.trail()).isEmpty();
    assertThat(loop.elapsed()).isEqualTo(ofSeconds(1));
  }

  @Test
  void eager_failsAtOnceInAGroup_theBodyIsCancelledAtItsNextSuspension() {
    loop.run(
        () ->
            assertThatThrownBy(
                    () ->
                        TaskGroup.run(
                            group -> {
                              group.createTask(
                                  TaskOptions.eager(),
                                  () -> {
                                    throw new IOException("failed");
                                  });
                              loop.mark("body goes on");
                              sleep(ofSeconds(100));
                              loop.mark("not reached");
                            }))
                .isInstanceOf(TaskGroupException.class)
                .hasCauseInstanceOf(IOException.class));
    assertThat(loop.trail()).containsExactly("body goes on");
  }

  @Test
  void eager_whileTheLoopDoesNotRun_beginsLater() {
    try (EventLoop byHand = EventLoop.create(loop.options())) {
      Task<?> task = byHand.createTask(TaskOptions.eager(), () -> loop.mark("begun"));
      assertThat(loop.trail()).isEmpty();
      byHand.runUntilComplete(task);
    }
    assertThat(loop.trail()).containsExactly("begun");
  }

  // ---- factories

  @Test
  void taskFactory_eager_makesEveryTaskEager_unlessTheOptionsSayOtherwise() {
    loop.run(
        () -> {
          EventLoop running = EventLoop.current();
          assertThat(running.taskFactory()).isSameAs(TaskFactory.standard());
          running.taskFactory(TaskFactory.eager());
          assertThat(createTask(() -> 1).isDone()).isTrue();
          assertThat(gather(() -> 1, () -> 2).isDone()).isTrue();
          Task<Integer> lazy = createTask(TaskOptions.defaults().withEager(false), () -> 1);
          assertThat(lazy.isDone()).isFalse();
          assertThat(lazy.await()).isEqualTo(1);
          running.taskFactory(TaskFactory.standard());
          assertThat(createTask(() -> 1).isDone()).isFalse();
          sleep(ZERO);
        });
  }

  /** A factory that names its tasks and notes when they begin. */
  private static final class Noting implements TaskFactory {
    private final List<String> begun = new ArrayList<>();

    @Override
    public <T extends @Nullable Object> Task<T> create(
        EventLoop loop, Callable<? extends T> coroutine, TaskOptions options) {
      String name = options.name().orElse("unnamed");
      return TaskFactory.standard()
          .create(
              loop,
              () -> {
                begun.add(name);
                return coroutine.call();
              },
              options.withName("noted " + name));
    }
  }

  @Test
  void taskFactory_ofOnesOwn_wrapsTheCoroutineAndChangesTheOptions() {
    Noting noting = new Noting();
    loop.run(
        () -> {
          EventLoop.current().taskFactory(noting);
          Task<Integer> task = createTask("a", () -> 1);
          assertThat(task.name()).isEqualTo("noted a");
          assertThat(gather(task, () -> 2).await()).containsExactly(1, 2);
          TaskGroup.run(group -> group.createTask("b", () -> sleep(ZERO)));
          assertThat(noting.begun).containsExactly("a", "unnamed", "b");
        });
  }
}
