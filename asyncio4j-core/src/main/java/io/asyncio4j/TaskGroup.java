package io.asyncio4j;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/**
 * A group of tasks that end together: its scope is not left before all of them are done, and when
 * one fails the others, and the body, are cancelled.
 *
 * {@snippet :
 * TaskGroup.run(group -> {
 *   group.createTask(() -> copy("a"));
 *   group.createTask(() -> copy("b"));
 * });
 * }
 *
 * <p>Tasks may add tasks while the scope waits. A cancelled task does not cancel the others.
 *
 * <p>Counterpart of {@code asyncio.TaskGroup}, but a lambda instead of {@code async with}, so that
 * the scope sees the exception of its body.
 */
public final class TaskGroup {
  /* From taskgroups.py of asyncio 3.16's first alpha: cancel() of 3.15 and the corrections of gh-155433 (a cancel
  from outside after cancel() is kept) and gh-155418 (an eager child that cancels the group). One difference: where asyncio compares the parent's requests with 0,
  this compares them with those at the entry, so that a group in clean-up code of a cancelled task works. */

  private final EventLoop loop;
  private final Task<?> parent;
  private final int depth;
  private final int cancelsBefore;
  private final Set<Task<?>> tasks = new LinkedHashSet<>();
  private final List<Throwable> errors = new ArrayList<>();
  private @Nullable Future<@Nullable Void> allDone;
  private boolean exiting;
  private boolean aborting;
  private boolean parentCancelRequested;

  /**
   * The body of a group that returns a value.
   *
   * @param <T> the type of the value
   */
  @FunctionalInterface
  public interface Body<T extends @Nullable Object> {
    /**
     * Starts the group's tasks, and whatever else.
     *
     * @param group the group
     * @return a value for the caller of {@link TaskGroup#call}
     * @throws Exception to cancel the group's tasks and end with a {@link TaskGroupException}
     */
    T run(TaskGroup group) throws Exception;
  }

  /** The body of a group that returns nothing. */
  @FunctionalInterface
  public interface VoidBody {
    /**
     * Starts the group's tasks, and whatever else.
     *
     * @param group the group
     * @throws Exception to cancel the group's tasks and end with a {@link TaskGroupException}
     */
    void run(TaskGroup group) throws Exception;
  }

  private TaskGroup(Task<?> parent) {
    this.parent = parent;
    this.depth = parent.shieldDepth();
    this.cancelsBefore = parent.cancelsInside();
    this.loop = parent.owner();
  }

  /**
   * Runs a body in the calling task and suspends it until all tasks of the group are done.
   *
   * @param body the scope
   * @throws TaskGroupException if tasks of the group, or the body, failed, even if only one did
   * @throws CancellationException if the calling task was cancelled and nothing failed; all tasks
   *     of the group were cancelled, and have ended
   * @throws IllegalStateException if called outside a task
   */
  public static void run(VoidBody body) {
    TaskGroup.<@Nullable Void>call(
        group -> {
          body.run(group);
          return null;
        });
  }

  /**
   * Runs a body as {@link #run} does, and returns its value.
   *
   * @param body the scope
   * @return what the body returned; null if {@link #cancel()} ended it before
   * @param <T> the type of the value
   * @throws TaskGroupException as for {@link #run}
   * @throws CancellationException as for {@link #run}
   * @throws IllegalStateException if called outside a task
   */
  @SuppressWarnings("NullAway") // as the contract says, there is no value if cancel() ended it
  public static <T extends @Nullable Object> T call(Body<T> body) {
    TaskGroup group = new TaskGroup(Task.requireCurrent("a TaskGroup"));
    T result;
    try {
      result = body.run(group);
    } catch (Throwable e) { // whatever leaves the body is looked at, and is thrown again
      group.exit(e);
      return null;
    }
    group.exit(null);
    return result;
  }

  /**
   * Starts a task in this group. May be called by the body and by any task of this loop, until the
   * scope is left.
   *
   * @param coroutine the body of the task
   * @return the task
   * @param <T> the type of its result
   * @throws IllegalStateException if the group has ended or is shutting down
   */
  public <T extends @Nullable Object> Task<T> createTask(Callable<? extends T> coroutine) {
    return add(null, coroutine);
  }

  /**
   * Starts a task in this group as {@link #createTask(Callable)} does.
   *
   * @param coroutine the body of the task
   * @return the task
   */
  public Task<@Nullable Void> createTask(ThrowingRunnable<? extends Exception> coroutine) {
    return add(null, new VoidCallable(coroutine));
  }

  /**
   * Starts a named task in this group as {@link #createTask(Callable)} does.
   *
   * @param name the task's name
   * @param coroutine the body of the task
   * @return the task
   * @param <T> the type of its result
   */
  public <T extends @Nullable Object> Task<T> createTask(
      String name, Callable<? extends T> coroutine) {
    return add(name, coroutine);
  }

  /**
   * Starts a named task in this group as {@link #createTask(Callable)} does.
   *
   * @param name the task's name
   * @param coroutine the body of the task
   * @return the task
   */
  public Task<@Nullable Void> createTask(
      String name, ThrowingRunnable<? extends Exception> coroutine) {
    return add(name, new VoidCallable(coroutine));
  }

  /**
   * Starts a task in this group as {@link #createTask(Callable)} does, with options.
   *
   * @param options its name, its context, whether it begins at once
   * @param coroutine the body of the task
   * @return the task
   * @param <T> the type of its result
   */
  public <T extends @Nullable Object> Task<T> createTask(
      TaskOptions options, Callable<? extends T> coroutine) {
    checkOpen();
    return added(loop.createTask(options, coroutine));
  }

  /**
   * Starts a task in this group as {@link #createTask(TaskOptions, Callable)} does.
   *
   * @param options its name, its context, whether it begins at once
   * @param coroutine the body of the task
   * @return the task
   */
  public Task<@Nullable Void> createTask(
      TaskOptions options, ThrowingRunnable<? extends Exception> coroutine) {
    checkOpen();
    return added(loop.createTask(options, coroutine));
  }

  private <T extends @Nullable Object> Task<T> add(
      @Nullable String name, Callable<? extends T> coroutine) {
    checkOpen();
    return added(loop.newTask(name, coroutine, CreationSite.of(coroutine)));
  }

  private void checkOpen() {
    if (exiting && tasks.isEmpty()) {
      throw new IllegalStateException("the TaskGroup has ended; no task can be added");
    }
    if (aborting) {
      throw new IllegalStateException(
          "the TaskGroup is shutting down, since a task failed or it was cancelled; no task can be"
              + " added");
    }
  }

  private <T extends @Nullable Object> Task<T> added(Task<T> task) {
    tasks.add(task);
    task.addDoneCallback(new Dependent.Callback<>(parent, this::taskDone));
    if (aborting && !task.isDone()) {
      task.cancel(); // it is eager, and cancelled the group before it belonged to it
    }
    return task;
  }

  private void taskDone(Future<?> task) {
    tasks.remove(task);
    if (allDone != null && tasks.isEmpty() && !allDone.isDone()) {
      allDone.succeed(null);
    }
    if (task.isCancelled()) {
      return;
    }
    Throwable failure = task.exception();
    if (failure == null) {
      return;
    }
    errors.add(failure);
    if (parent.isDone()) {
      loop.report(
          task + " of a TaskGroup failed after its parent " + parent + " had ended", failure);
      return;
    }
    if (!aborting && !parentCancelRequested) {
      abort();
      cancelParent("a task of the TaskGroup failed");
    }
  }

  /**
   * Cancels the tasks of this group that are not done, and the body, and has the scope end without
   * a {@link CancellationException}. Does not suspend. A second call has no effect, nor has one
   * after the end. May be called by the body and by any task or callback of this loop.
   *
   * <p>Failures of the tasks while they end are thrown as ever.
   *
   * <p>Counterpart of {@code TaskGroup.cancel()} of Python 3.15.
   *
   * @throws WrongThreadException if called on a thread other than the loop's
   */
  public void cancel() {
    loop.checkThread("cancel");
    if (aborting || (exiting && tasks.isEmpty())) {
      return;
    }
    abort();
    if (!parentCancelRequested) {
      cancelParent("the TaskGroup was cancelled");
    }
  }

  private void cancelParent(String message) {
    parentCancelRequested = true;
    parent.requestCancel(message, depth, this);
  }

  private void abort() {
    aborting = true;
    for (Task<?> task : List.copyOf(tasks)) {
      task.cancel();
    }
  }

  private void exit(@Nullable Throwable thrown) {
    exiting = true;
    CancellationException cancellation = thrown == null ? null : Cancellation.of(parent, thrown);
    CancellationException toPropagate = cancellation;
    if (thrown != null && !aborting) {
      abort();
    }
    CancellationException lastWhileWaiting = null;
    while (!tasks.isEmpty()) {
      Future<@Nullable Void> done =
          new ProxyFuture<>(loop, "the tasks of a TaskGroup", () -> tasks);
      allDone = done;
      try {
        done.await();
      } catch (CancellationException e) {
        lastWhileWaiting = e;
        if (!aborting) {
          toPropagate = e;
          abort();
        }
      }
      allDone = null;
    }
    if (parentCancelRequested) { // by this group, before or while it waited
      parent.clearOwnInterrupt();
      if (parent.uncancel(this) <= cancelsBefore) {
        toPropagate = null;
      } else if (toPropagate == null) {
        toPropagate = lastWhileWaiting; // the request that is left is somebody else's
      }
    }
    if (toPropagate != null && errors.isEmpty()) {
      throw toPropagate;
    }
    if (thrown != null && cancellation == null) {
      errors.add(thrown);
    }
    if (!errors.isEmpty()) {
      if (parent.cancelsInside() > cancelsBefore) {
        // The cancellation from outside must stay pending, since the failures go first.
        parent.cancelAgain();
      }
      throw new TaskGroupException(errors);
    }
  }
}
