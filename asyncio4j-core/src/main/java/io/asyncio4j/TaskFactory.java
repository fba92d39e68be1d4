package io.asyncio4j;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * What makes the tasks of a loop: those of {@code createTask}, and those that {@code gather} and
 * its like make of coroutines.
 *
 * <p>One's own factory can change the options and wrap the coroutine, and then asks {@link
 * #standard()} or {@link #eager()} for the task. It is called on the loop's thread, on that of the
 * creator, and must not suspend. What it throws is thrown by whatever creates the task.
 *
 * <p>Counterpart of what {@code loop.set_task_factory} takes.
 */
public interface TaskFactory {
  /**
   * Makes a task, which then belongs to the loop.
   *
   * @param loop the loop
   * @param coroutine the body
   * @param options what the task is asked to be; what is empty is the factory's choice
   * @return a task of that loop
   * @param <T> the type of its result
   */
  <T extends @Nullable Object> Task<T> create(
      EventLoop loop, Callable<? extends T> coroutine, TaskOptions options);

  /**
   * Returns the factory that loops begin with: its tasks begin in the loop's next turn, unless the
   * options say otherwise.
   *
   * @return the factory
   */
  static TaskFactory standard() {
    return StandardTaskFactory.LAZY;
  }

  /**
   * Returns a factory whose tasks begin at once, unless the options say otherwise; see {@link
   * TaskOptions#withEager}.
   *
   * <p>Counterpart of {@code asyncio.eager_task_factory}.
   *
   * @return the factory
   */
  static TaskFactory eager() {
    return StandardTaskFactory.EAGER;
  }
}
