package io.asyncio4j.conformance;

import static io.asyncio4j.Asyncio.allTasks;
import static io.asyncio4j.Asyncio.createTask;
import static io.asyncio4j.Asyncio.currentTask;
import static io.asyncio4j.Asyncio.gather;
import static io.asyncio4j.Asyncio.sleep;
import static java.time.Duration.ofMillis;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.asyncio4j.ContextVar;
import io.asyncio4j.EventLoop;
import io.asyncio4j.Future;
import io.asyncio4j.Task;
import io.asyncio4j.TaskFactory;
import io.asyncio4j.TaskGroup;
import io.asyncio4j.TaskOptions;
import io.asyncio4j.ThrowingRunnable;
import io.asyncio4j.testing.TestLoop;
import java.util.Collections;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What CPython's {@code test_eager_task_factory.py} means. */
class EagerTaskFactoryConformanceTest {
  private static final ContextVar<Integer> VARIABLE = ContextVar.of("variable", 0);

  @RegisterExtension final TestLoop loop = new TestLoop();

  private void runEagerly(ThrowingRunnable<Exception> main) throws Exception {
    loop.run(
        () -> {
          EventLoop.current().taskFactory(TaskFactory.eager());
          main.run();
        });
  }

  @Test
  @Ported({
    "test_eager_task_factory.EagerTaskFactoryLoopTests.test_eager_task_factory_set",
    "test_eager_task_factory.EagerTaskFactoryLoopTests.test_await_future_during_eager_step",
    "test_eager_task_factory.EagerTaskFactoryLoopTests.test_eager_completion"
  })
  void taskThatDoesNotSuspend_isDoneWhenItIsReturned() throws Exception {
    runEagerly(
        () -> {
          assertThat(EventLoop.current().taskFactory()).isSameAs(TaskFactory.eager());
          Future<String> future = EventLoop.current().createFuture();
          Task<String> task =
              createTask(
                  () -> {
                    future.setResult("my message");
                    return "hello";
                  });
          assertThat(task.isDone()).isTrue();
          assertThat(future.await()).isEqualTo("my message");
          assertThat(task.await()).isEqualTo("hello");
        });
  }

  @Test
  @Ported("test_eager_task_factory.EagerTaskFactoryLoopTests.test_block_after_eager_step")
  void taskThatSuspends_isPendingWhenItIsReturned() throws Exception {
    runEagerly(
        () -> {
          Task<String> task = createTask(() -> sleep(ofMillis(100), "finished"));
          assertThat(task.isDone()).isFalse();
          assertThat(task.await()).isEqualTo("finished");
        });
  }

  @Test
  @Ported({
    "test_eager_task_factory.EagerTaskFactoryLoopTests.test_cancellation_after_eager_completion",
    "test_eager_task_factory.EagerTaskFactoryLoopTests.test_cancellation_after_eager_step_blocks"
  })
  void cancel_hasAnEffectOnATaskThatSuspendedOnly() throws Exception {
    runEagerly(
        () -> {
          Task<String> done = createTask(() -> "finished");
          assertThat(done.cancel()).isFalse();
          assertThat(done.await()).isEqualTo("finished");
          Task<String> pending = createTask(() -> sleep(ofMillis(100), "finished"));
          pending.cancel("cancellation message");
          assertThat(pending.cancelling()).isPositive();
          assertThatThrownBy(pending::await)
              .isInstanceOf(CancellationException.class)
              .hasMessage("cancellation message");
        });
  }

  @Test
  @Ported("test_eager_task_factory.EagerTaskFactoryLoopTests.test_current_task")
  void currentTask_isTheEagerOneBeforeAndAfterItSuspends() throws Exception {
    Task<?>[] seen = new Task<?>[2];
    runEagerly(
        () -> {
          Task<?> task =
              createTask(
                  () -> {
                    seen[0] = currentTask();
                    sleep(ofMillis(100));
                    seen[1] = currentTask();
                  });
          assertThat(seen[0]).isSameAs(task);
          task.await();
          assertThat(seen[1]).isSameAs(task);
        });
  }

  @Test
  @Ported({
    "test_eager_task_factory.EagerTaskFactoryLoopTests.test_all_tasks_with_eager_completion",
    "test_eager_task_factory.EagerTaskFactoryLoopTests.test_all_tasks_with_blocking"
  })
  void allTasks_haveAnEagerOneWhileItIsNotDone() throws Exception {
    Set<Task<?>> seen = new HashSet<>();
    runEagerly(
        () -> {
          Task<?> done = createTask(() -> seen.addAll(allTasks()));
          assertThat(seen).contains(done);
          assertThat(allTasks()).doesNotContain(done);
          Future<String> go = EventLoop.current().createFuture();
          Task<?> pending =
              createTask(
                  () -> {
                    seen.addAll(allTasks());
                    go.await();
                  });
          assertThat(seen).contains(pending);
          assertThat(allTasks()).contains(pending);
          go.setResult("go");
          pending.await();
          assertThat(allTasks()).doesNotContain(pending);
        });
  }

  @Test
  @Ported("test_eager_task_factory.EagerTaskFactoryLoopTests.test_context_vars")
  void context_isACopyInBothSteps() throws Exception {
    runEagerly(
        () -> {
          VARIABLE.set(1);
          Task<?> task =
              createTask(
                  () -> {
                    assertThat(VARIABLE.get()).isEqualTo(1);
                    VARIABLE.set(2);
                    loop.mark("first step");
                    sleep(ofMillis(100));
                    assertThat(VARIABLE.get()).isEqualTo(2);
                    VARIABLE.set(3);
                    loop.mark("second step");
                  });
          assertThat(loop.trail()).containsExactly("first step");
          assertThat(VARIABLE.get()).isEqualTo(1);
          task.await();
          assertThat(loop.trail()).containsExactly("first step", "second step");
          assertThat(VARIABLE.get()).isEqualTo(1);
        });
  }

  /** A factory that counts the tasks that were pending when they were returned. */
  private static final class Counting implements TaskFactory {
    private final TaskFactory factory;
    private int pending;

    Counting(TaskFactory factory) {
      this.factory = factory;
    }

    @Override
    public <T extends @Nullable Object> Task<T> create(
        EventLoop loop, Callable<? extends T> coroutine, TaskOptions options) {
      Task<T> task = factory.create(loop, coroutine, options);
      if (!task.isDone()) {
        pending++;
      }
      return task;
    }
  }

  private static int chain(int depth) {
    return depth == 0 ? 0 : 1 + chain(depth - 1);
  }

  private static void groups(int width, int depth) {
    if (depth > 0) {
      TaskGroup.run(
          group -> {
            for (int i = 0; i < width; i++) {
              group.createTask(() -> groups(width, depth - 1));
            }
          });
    }
  }

  private static @Nullable Void gathers(int width, int depth) {
    if (depth > 0) {
      gather(Collections.<Callable<@Nullable Void>>nCopies(width, () -> gathers(width, depth - 1)))
          .await();
    }
    return null;
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  @Ported({
    "test_eager_task_factory.BaseTaskCountingTests.test_awaitables_chain",
    "test_eager_task_factory.BaseTaskCountingTests.test_recursive_taskgroups",
    "test_eager_task_factory.BaseTaskCountingTests.test_recursive_gather"
  })
  void recursion_makesATaskForEachNodeOfTheTree_pendingUnlessEager(boolean eager) {
    Counting counting = new Counting(eager ? TaskFactory.eager() : TaskFactory.standard());
    loop.run(
        () -> {
          EventLoop.current().taskFactory(counting);
          assertThat(createTask(() -> chain(100)).await()).isEqualTo(100);
          assertThat(counting.pending).isEqualTo(eager ? 0 : 1);
          counting.pending = 0;
          createTask(() -> gathers(5, 4)).await();
          assertThat(counting.pending).isEqualTo(eager ? 0 : 781);
          counting.pending = 0;
          createTask(() -> groups(5, 4)).await();
          assertThat(counting.pending).as("groups wait for callbacks").isEqualTo(eager ? 156 : 781);
          EventLoop.current().taskFactory(TaskFactory.standard());
        });
  }
}
