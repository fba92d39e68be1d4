package io.asyncio4j;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The functions of Python's asyncio, meant to be imported statically.
 *
 * <p>A coroutine is a {@link Callable}: plain code that may block. A method that asyncio defines
 * with {@code async def} suspends the calling task and returns the value. One that returns a {@link
 * Future} does not suspend; its {@link Future#await()} does. A future can be given wherever a
 * coroutine can.
 *
 * {@snippet :
 * int total = Asyncio.run(() -> {
 *   List<Integer> sizes = gather(() -> size("a"), () -> size("b")).await();
 *   return sizes.get(0) + sizes.get(1);
 * });
 * }
 *
 * <p>All methods but {@link #run} are for the tasks of a running loop; elsewhere they throw {@link
 * IllegalStateException}.
 */
public final class Asyncio {
  private Asyncio() {}

  // ---- run

  /**
   * Runs a coroutine on a new loop until it is done, then cancels the tasks that are left, lets
   * them end, and closes the loop. Blocks the calling thread, which becomes the loop's; a virtual
   * thread waits for a platform thread instead.
   *
   * <p>Interrupting the calling thread cancels the main task.
   *
   * <p>Counterpart of {@code asyncio.run}, but Ctrl-C is left to the program unless {@link
   * LoopOptions#withCtrlC} asks for it.
   *
   * @param main the coroutine
   * @return its result
   * @param <T> the type of the result
   * @param <X> the checked exception that the coroutine throws
   * @throws X what the coroutine threw
   * @throws CancellationException if the main task was cancelled
   * @throws IllegalStateException if called inside a running loop, or if full mode is required and
   *     the JVM does not have it
   */
  public static <T extends @Nullable Object, X extends Exception> T run(ThrowingCallable<T, X> main)
      throws X {
    return run(LoopOptions.defaults(), main);
  }

  /**
   * Runs a coroutine as {@link #run(ThrowingCallable)} does.
   *
   * @param main the coroutine
   * @param <X> the checked exception that the coroutine throws
   * @throws X what the coroutine threw
   */
  public static <X extends Exception> void run(ThrowingRunnable<X> main) throws X {
    Asyncio.<@Nullable Void, X>run(LoopOptions.defaults(), valued(main));
  }

  /**
   * Runs a coroutine as {@link #run(ThrowingCallable)} does, on a loop with options.
   *
   * @param options the loop's name and clock
   * @param main the coroutine
   * @return its result
   * @param <T> the type of the result
   * @param <X> the checked exception that the coroutine throws
   * @throws X what the coroutine threw
   */
  public static <T extends @Nullable Object, X extends Exception> T run(
      LoopOptions options, ThrowingCallable<T, X> main) throws X {
    try (Runner runner = new Runner(options)) {
      return runner.run(main);
    }
  }

  /**
   * Runs a coroutine as {@link #run(ThrowingCallable)} does, on a loop with options.
   *
   * @param options the loop's name and clock
   * @param main the coroutine
   * @param <X> the checked exception that the coroutine throws
   * @throws X what the coroutine threw
   */
  public static <X extends Exception> void run(LoopOptions options, ThrowingRunnable<X> main)
      throws X {
    Asyncio.<@Nullable Void, X>run(options, valued(main));
  }

  // ---- tasks

  /**
   * Starts a task on the running loop. Its body begins in the loop's next turn.
   *
   * <p>Counterpart of {@code asyncio.create_task}, but the loop keeps the task until it is done.
   *
   * @param coroutine the body; a future is one too: {@code createTask(future)}, not {@code
   *     future::await}, which the compiler finds ambiguous
   * @return the task
   * @param <T> the type of its result
   */
  public static <T extends @Nullable Object> Task<T> createTask(Callable<? extends T> coroutine) {
    return EventLoop.running().createTask(coroutine);
  }

  /**
   * Starts a task as {@link #createTask(Callable)} does.
   *
   * @param coroutine the body
   * @return the task
   */
  public static Task<@Nullable Void> createTask(ThrowingRunnable<? extends Exception> coroutine) {
    return EventLoop.running().createTask(coroutine);
  }

  /**
   * Starts a named task as {@link #createTask(Callable)} does.
   *
   * @param name the task's name, which its thread bears too
   * @param coroutine the body
   * @return the task
   * @param <T> the type of its result
   */
  public static <T extends @Nullable Object> Task<T> createTask(
      String name, Callable<? extends T> coroutine) {
    return EventLoop.running().createTask(name, coroutine);
  }

  /**
   * Starts a named task as {@link #createTask(Callable)} does.
   *
   * @param name the task's name, which its thread bears too
   * @param coroutine the body
   * @return the task
   */
  public static Task<@Nullable Void> createTask(
      String name, ThrowingRunnable<? extends Exception> coroutine) {
    return EventLoop.running().createTask(name, coroutine);
  }

  /**
   * Starts a task as {@link #createTask(Callable)} does, with options.
   *
   * @param options its name, its context, whether it begins at once
   * @param coroutine the body
   * @return the task
   * @param <T> the type of its result
   */
  public static <T extends @Nullable Object> Task<T> createTask(
      TaskOptions options, Callable<? extends T> coroutine) {
    return EventLoop.running().createTask(options, coroutine);
  }

  /**
   * Starts a task as {@link #createTask(TaskOptions, Callable)} does.
   *
   * @param options its name, its context, whether it begins at once
   * @param coroutine the body
   * @return the task
   */
  public static Task<@Nullable Void> createTask(
      TaskOptions options, ThrowingRunnable<? extends Exception> coroutine) {
    return EventLoop.running().createTask(options, coroutine);
  }

  /**
   * Returns the task that calls this.
   *
   * <p>Counterpart of {@code asyncio.current_task}.
   *
   * @return the calling task, or null in a callback and on threads that are no tasks
   */
  public static @Nullable Task<?> currentTask() {
    return Task.current();
  }

  /**
   * Returns the tasks of the running loop that are not done, oldest first.
   *
   * <p>Counterpart of {@code asyncio.all_tasks}.
   *
   * @return a set of its own
   */
  public static Set<Task<?>> allTasks() {
    return EventLoop.running().allTasks();
  }

  // ---- many at once

  /**
   * Returns the limit to give to {@link #gather(Limit, Collection)} and its like.
   *
   * @param max the largest number of tasks at once, at least 1
   * @return the limit
   */
  public static Limit limit(int max) {
    return new Limit(max);
  }

  /**
   * Runs coroutines at once. Does not suspend; await the result.
   *
   * <p>The first failure is passed on to the awaiter at once, and the others keep running; use
   * {@link TaskGroup} to have them cancelled. Cancelling the gather cancels all of them. One that
   * is cancelled by itself counts as a failure, and does not cancel the gather. A gather of futures
   * that are all done is done at once.
   *
   * <p>Counterpart of {@code asyncio.gather}; the same future given twice is awaited once and has
   * two places in the list, while the same callable given twice runs twice.
   *
   * @param coroutines bodies of tasks, or futures
   * @return a future of the results, in the order of the arguments
   * @param <T> the common type of the results
   */
  @SafeVarargs
  @SuppressWarnings("varargs") // the array is copied
  public static <T extends @Nullable Object> Future<List<T>> gather(
      Callable<? extends T>... coroutines) {
    return GatheringFuture.list(EventLoop.running(), null, Coroutines.copyOf(coroutines));
  }

  /**
   * Runs coroutines without results at once, as {@link #gather(Callable...)} does.
   *
   * @param coroutines bodies of tasks
   * @return a future that is done when all are
   */
  @SafeVarargs
  @SuppressWarnings("varargs") // the array is copied
  public static Future<List<@Nullable Void>> gather(
      ThrowingRunnable<? extends Exception>... coroutines) {
    return GatheringFuture.list(
        EventLoop.running(),
        null,
        Coroutines.copyOf(coroutines).stream().map(VoidCallable::new).toList());
  }

  /**
   * Runs coroutines at once, as {@link #gather(Callable...)} does.
   *
   * @param coroutines bodies of tasks, or futures
   * @return a future of the results, in the order of the collection
   * @param <T> the common type of the results
   */
  public static <T extends @Nullable Object> Future<List<T>> gather(
      Collection<? extends Callable<? extends T>> coroutines) {
    return GatheringFuture.list(EventLoop.running(), null, coroutines);
  }

  /**
   * Runs coroutines as {@link #gather(Callable...)} does, so many at once at most. The next one
   * begins when one has ended; after a failure too. Those that have not begun when the gather is
   * cancelled never do.
   *
   * <p>asyncio has no counterpart.
   *
   * @param atOnce the largest number of tasks at once
   * @param coroutines bodies of tasks
   * @return a future of the results, in the order of the collection
   * @param <T> the common type of the results
   */
  public static <T extends @Nullable Object> Future<List<T>> gather(
      Limit atOnce, Collection<? extends Callable<? extends T>> coroutines) {
    return GatheringFuture.list(EventLoop.running(), atOnce, coroutines);
  }

  /**
   * Runs coroutines as {@link #gather(Limit, Collection)} does.
   *
   * @param atOnce the largest number of tasks at once
   * @param coroutines bodies of tasks
   * @return a future of the results, in the order of the arguments
   * @param <T> the common type of the results
   */
  @SafeVarargs
  @SuppressWarnings("varargs") // the array is copied
  public static <T extends @Nullable Object> Future<List<T>> gather(
      Limit atOnce, Callable<? extends T>... coroutines) {
    return gather(atOnce, Coroutines.copyOf(coroutines));
  }

  /**
   * Runs coroutines as {@link #gather(Limit, Collection)} does.
   *
   * @param atOnce the largest number of tasks at once
   * @param coroutines bodies of tasks
   * @return a future of the results, in the order of the arguments
   */
  @SafeVarargs
  @SuppressWarnings("varargs") // the array is only read
  public static Future<List<@Nullable Void>> gather(
      Limit atOnce, ThrowingRunnable<? extends Exception>... coroutines) {
    return gather(atOnce, valued(coroutines));
  }

  /**
   * Runs a function on each item, each in a task of its own, as {@link #gather(Collection)} runs
   * coroutines. Does not suspend; await the result.
   *
   * <p>Counterpart of {@code asyncio.gather(*map(function, items))}.
   *
   * @param items what to work on
   * @param function what to do with each
   * @return a future of the results, in the order of the items
   * @param <I> the type of the items
   * @param <R> the type of the results
   */
  public static <I extends @Nullable Object, R extends @Nullable Object> Future<List<R>> map(
      Collection<? extends I> items,
      ThrowingFunction<? super I, ? extends R, ? extends Exception> function) {
    return gather(Asyncio.<I, R>applied(items, function));
  }

  /**
   * Runs a function on each item as {@link #map(Collection, ThrowingFunction)} does, with so many
   * tasks at once at most.
   *
   * {@snippet :
   * List<Integer> prices = map(limit(2), shops, shop -> price(shop)).await();
   * }
   *
   * @param atOnce the largest number of tasks at once
   * @param items what to work on
   * @param function what to do with each
   * @return a future of the results, in the order of the items
   * @param <I> the type of the items
   * @param <R> the type of the results
   */
  public static <I extends @Nullable Object, R extends @Nullable Object> Future<List<R>> map(
      Limit atOnce,
      Collection<? extends I> items,
      ThrowingFunction<? super I, ? extends R, ? extends Exception> function) {
    return gather(atOnce, Asyncio.<I, R>applied(items, function));
  }

  /**
   * Runs coroutines at once and gathers their outcomes, failures included. Does not suspend; await
   * the result, which comes when all are done.
   *
   * <p>Counterpart of {@code asyncio.gather(return_exceptions=True)}.
   *
   * @param coroutines bodies of tasks, or futures
   * @return a future of the outcomes, in the order of the arguments
   * @param <T> the common type of the results
   */
  @SafeVarargs
  @SuppressWarnings("varargs") // the array is copied
  public static <T extends @Nullable Object> Future<GatheredResults<T>> gatherResults(
      Callable<? extends T>... coroutines) {
    return GatheringFuture.results(EventLoop.running(), null, Coroutines.copyOf(coroutines));
  }

  /**
   * Gathers outcomes as {@link #gatherResults(Callable...)} does.
   *
   * @param coroutines bodies of tasks, or futures
   * @return a future of the outcomes, in the order of the collection
   * @param <T> the common type of the results
   */
  public static <T extends @Nullable Object> Future<GatheredResults<T>> gatherResults(
      Collection<? extends Callable<? extends T>> coroutines) {
    return GatheringFuture.results(EventLoop.running(), null, coroutines);
  }

  /**
   * Gathers outcomes as {@link #gatherResults(Callable...)} does, with so many tasks at once at
   * most.
   *
   * @param atOnce the largest number of tasks at once
   * @param coroutines bodies of tasks
   * @return a future of the outcomes, in the order of the collection
   * @param <T> the common type of the results
   */
  public static <T extends @Nullable Object> Future<GatheredResults<T>> gatherResults(
      Limit atOnce, Collection<? extends Callable<? extends T>> coroutines) {
    return GatheringFuture.results(EventLoop.running(), atOnce, coroutines);
  }

  /**
   * Runs a function on each item, each in a task of its own, and gathers the outcomes as {@link
   * #gatherResults(Callable...)} does.
   *
   * @param items what to work on
   * @param function what to do with each
   * @return a future of the outcomes, in the order of the items
   * @param <I> the type of the items
   * @param <R> the type of the results
   */
  public static <I extends @Nullable Object, R extends @Nullable Object>
      Future<GatheredResults<R>> gatherResults(
          Collection<? extends I> items,
          ThrowingFunction<? super I, ? extends R, ? extends Exception> function) {
    return gatherResults(Asyncio.<I, R>applied(items, function));
  }

  /**
   * Runs a function on each item as {@link #gatherResults(Collection, ThrowingFunction)} does, with
   * so many tasks at once at most.
   *
   * @param atOnce the largest number of tasks at once
   * @param items what to work on
   * @param function what to do with each
   * @return a future of the outcomes, in the order of the items
   * @param <I> the type of the items
   * @param <R> the type of the results
   */
  public static <I extends @Nullable Object, R extends @Nullable Object>
      Future<GatheredResults<R>> gatherResults(
          Limit atOnce,
          Collection<? extends I> items,
          ThrowingFunction<? super I, ? extends R, ? extends Exception> function) {
    return gatherResults(atOnce, Asyncio.<I, R>applied(items, function));
  }

  /**
   * Gathers outcomes of coroutines without results as {@link #gatherResults(Callable...)} does.
   *
   * @param coroutines bodies of tasks
   * @return a future of the outcomes, in the order of the arguments
   */
  @SafeVarargs
  @SuppressWarnings("varargs") // the array is only read
  public static Future<GatheredResults<@Nullable Void>> gatherResults(
      ThrowingRunnable<? extends Exception>... coroutines) {
    return gatherResults(valued(coroutines));
  }

  /**
   * Gathers outcomes as {@link #gatherResults(Limit, Collection)} does.
   *
   * @param atOnce the largest number of tasks at once
   * @param coroutines bodies of tasks
   * @return a future of the outcomes, in the order of the arguments
   * @param <T> the common type of the results
   */
  @SafeVarargs
  @SuppressWarnings("varargs") // the array is copied
  public static <T extends @Nullable Object> Future<GatheredResults<T>> gatherResults(
      Limit atOnce, Callable<? extends T>... coroutines) {
    return gatherResults(atOnce, Coroutines.copyOf(coroutines));
  }

  /**
   * Gathers outcomes as {@link #gatherResults(Limit, Collection)} does.
   *
   * @param atOnce the largest number of tasks at once
   * @param coroutines bodies of tasks
   * @return a future of the outcomes, in the order of the arguments
   */
  @SafeVarargs
  @SuppressWarnings("varargs") // the array is only read
  public static Future<GatheredResults<@Nullable Void>> gatherResults(
      Limit atOnce, ThrowingRunnable<? extends Exception>... coroutines) {
    return gatherResults(atOnce, valued(coroutines));
  }

  /**
   * Suspends the calling task until a condition on futures holds. It cancels none of them, and
   * throws none of their exceptions.
   *
   * <p>Counterpart of {@code asyncio.wait}, whose name every Java object has taken.
   *
   * @param condition when to return
   * @param futures at least one
   * @return which are done, and which are not
   * @param <F> the type of the futures
   * @throws IllegalArgumentException if there is no future
   * @throws CancellationException if the calling task was cancelled; the futures go on
   */
  public static <F extends Future<?>> WaitResult<F> waitUntil(
      ReturnWhen condition, Collection<F> futures) {
    return Waiting.until(condition, futures, null);
  }

  /**
   * Suspends the calling task as {@link #waitUntil(ReturnWhen, Collection)} does, for a limited
   * time. It throws nothing when the time has passed: then some futures are pending.
   *
   * @param condition when to return
   * @param futures at least one
   * @param atMost the longest time to wait, on the loop's clock
   * @return which are done, and which are not
   * @param <F> the type of the futures
   * @throws IllegalArgumentException if there is no future
   * @throws CancellationException if the calling task was cancelled; the futures go on
   */
  public static <F extends Future<?>> WaitResult<F> waitUntil(
      ReturnWhen condition, Collection<F> futures, Duration atMost) {
    return Waiting.until(condition, futures, atMost);
  }

  /**
   * Runs coroutines at once and gives their futures in the order in which they get done. Does not
   * suspend; the iterator's {@code next} does. A future that was given comes back as it is; for any
   * other callable comes the task that was made. A future that is given twice comes once. Leaving
   * the loop early leaves the rest running.
   *
   * <p>Counterpart of {@code asyncio.as_completed}, in the form of Python 3.13.
   *
   * @param coroutines bodies of tasks, or futures
   * @return the futures, to be iterated once
   * @param <T> the common type of the results
   */
  public static <T extends @Nullable Object> Iterable<Future<T>> asCompleted(
      Collection<? extends Callable<? extends T>> coroutines) {
    return new AsCompleted<>(null, coroutines, null);
  }

  /**
   * Gives futures as {@link #asCompleted(Collection)} does, for a limited time from now.
   *
   * @param coroutines bodies of tasks, or futures
   * @param atMost the time, on the loop's clock, after which {@code next} throws {@link
   *     TimeoutException}, once for each that is missing; what is pending goes on
   * @return the futures, to be iterated once
   * @param <T> the common type of the results
   */
  public static <T extends @Nullable Object> Iterable<Future<T>> asCompleted(
      Collection<? extends Callable<? extends T>> coroutines, Duration atMost) {
    return new AsCompleted<>(null, coroutines, atMost);
  }

  /**
   * Gives futures as {@link #asCompleted(Collection)} does, with so many tasks at once at most.
   *
   * @param atOnce the largest number of tasks at once
   * @param coroutines bodies of tasks
   * @return the futures, to be iterated once
   * @param <T> the common type of the results
   */
  public static <T extends @Nullable Object> Iterable<Future<T>> asCompleted(
      Limit atOnce, Collection<? extends Callable<? extends T>> coroutines) {
    return new AsCompleted<>(atOnce, coroutines, null);
  }

  /**
   * Gives futures as {@link #asCompleted(Collection)} does, with so many tasks at once at most and
   * for a limited time from now.
   *
   * @param atOnce the largest number of tasks at once
   * @param coroutines bodies of tasks
   * @param atMost the time, on the loop's clock, after which {@code next} throws {@link
   *     TimeoutException}, once for each that is missing; what runs goes on, what has not begun
   *     never does
   * @return the futures, to be iterated once
   * @param <T> the common type of the results
   */
  public static <T extends @Nullable Object> Iterable<Future<T>> asCompleted(
      Limit atOnce, Collection<? extends Callable<? extends T>> coroutines, Duration atMost) {
    return new AsCompleted<>(atOnce, coroutines, atMost);
  }

  /**
   * Gives futures as {@link #asCompleted(Collection)} does.
   *
   * @param coroutines bodies of tasks, or futures
   * @return the futures, to be iterated once
   * @param <T> the common type of the results
   */
  @SafeVarargs
  @SuppressWarnings("varargs") // the array is copied
  public static <T extends @Nullable Object> Iterable<Future<T>> asCompleted(
      Callable<? extends T>... coroutines) {
    return asCompleted(Coroutines.copyOf(coroutines));
  }

  /**
   * Gives futures of coroutines without results as {@link #asCompleted(Collection)} does.
   *
   * @param coroutines bodies of tasks
   * @return the futures, to be iterated once
   */
  @SafeVarargs
  @SuppressWarnings("varargs") // the array is only read
  public static Iterable<Future<@Nullable Void>> asCompleted(
      ThrowingRunnable<? extends Exception>... coroutines) {
    return asCompleted(valued(coroutines));
  }

  /**
   * Gives futures as {@link #asCompleted(Limit, Collection)} does.
   *
   * @param atOnce the largest number of tasks at once
   * @param coroutines bodies of tasks
   * @return the futures, to be iterated once
   * @param <T> the common type of the results
   */
  @SafeVarargs
  @SuppressWarnings("varargs") // the array is copied
  public static <T extends @Nullable Object> Iterable<Future<T>> asCompleted(
      Limit atOnce, Callable<? extends T>... coroutines) {
    return asCompleted(atOnce, Coroutines.copyOf(coroutines));
  }

  /**
   * Gives futures as {@link #asCompleted(Limit, Collection)} does.
   *
   * @param atOnce the largest number of tasks at once
   * @param coroutines bodies of tasks
   * @return the futures, to be iterated once
   */
  @SafeVarargs
  @SuppressWarnings("varargs") // the array is only read
  public static Iterable<Future<@Nullable Void>> asCompleted(
      Limit atOnce, ThrowingRunnable<? extends Exception>... coroutines) {
    return asCompleted(atOnce, valued(coroutines));
  }

  /**
   * Runs a function on each item, each in a task of its own, and gives the tasks as {@link
   * #asCompleted(Collection)} does.
   *
   * @param items what to work on
   * @param function what to do with each
   * @return the tasks, to be iterated once
   * @param <I> the type of the items
   * @param <R> the type of the results
   */
  public static <I extends @Nullable Object, R extends @Nullable Object>
      Iterable<Future<R>> asCompleted(
          Collection<? extends I> items,
          ThrowingFunction<? super I, ? extends R, ? extends Exception> function) {
    return asCompleted(Asyncio.<I, R>applied(items, function));
  }

  /**
   * Runs a function on each item, each in a task of its own, so many at once at most, and gives the
   * tasks as {@link #asCompleted(Collection)} does.
   *
   * @param atOnce the largest number of tasks at once
   * @param items what to work on
   * @param function what to do with each
   * @return the futures, to be iterated once
   * @param <I> the type of the items
   * @param <R> the type of the results
   */
  public static <I extends @Nullable Object, R extends @Nullable Object>
      Iterable<Future<R>> asCompleted(
          Limit atOnce,
          Collection<? extends I> items,
          ThrowingFunction<? super I, ? extends R, ? extends Exception> function) {
    return asCompleted(atOnce, Asyncio.<I, R>applied(items, function));
  }

  // ---- time

  /**
   * Suspends the calling task for a time of the loop's clock. Zero or less lets the others that are
   * ready run once.
   *
   * <p>Counterpart of {@code asyncio.sleep}.
   *
   * @param delay how long
   * @throws CancellationException if the task was cancelled while it slept
   */
  public static void sleep(Duration delay) {
    Task<?> task = Task.requireCurrent("sleep");
    if (!delay.isPositive()) {
      task.yieldOnce();
      return;
    }
    task.suspendUntilDone(Sleep.of(task, delay)).result();
  }

  /**
   * Suspends the calling task as {@link #sleep(Duration)} does, and returns a value.
   *
   * @param delay how long
   * @param result the value
   * @return the value
   * @param <T> its type
   * @throws CancellationException if the task was cancelled while it slept
   */
  public static <T extends @Nullable Object> T sleep(Duration delay, T result) {
    sleep(delay);
    return result;
  }

  /**
   * Runs a body in the calling task, for a limited time. When the time has passed, the body is
   * cancelled at its suspension.
   *
   * <p>Counterpart of {@code async with asyncio.timeout(…)}. See {@link Timeout} for a deadline
   * that moves.
   *
   * @param limit the time, on the loop's clock
   * @param body the scope
   * @return what the body returned
   * @param <T> the type of the value
   * @param <X> the checked exception that the body throws
   * @throws X what the body threw
   * @throws TimeoutException if the time passed and the body ended by it
   * @throws CancellationException if the task was cancelled from outside
   */
  public static <T extends @Nullable Object, X extends Exception> T timeout(
      Duration limit, ThrowingCallable<T, X> body) throws X {
    return Timeout.after(limit).run(body);
  }

  /**
   * Runs a body as {@link #timeout(Duration, ThrowingCallable)} does.
   *
   * @param limit the time, on the loop's clock
   * @param body the scope
   * @param <X> the checked exception that the body throws
   * @throws X what the body threw
   */
  public static <X extends Exception> void timeout(Duration limit, ThrowingRunnable<X> body)
      throws X {
    Timeout.after(limit).<@Nullable Void, X>run(valued(body));
  }

  /**
   * Runs a body in the calling task until a time on the loop's clock, as {@link #timeout(Duration,
   * ThrowingCallable)} does.
   *
   * <p>Counterpart of {@code async with asyncio.timeout_at(…)}.
   *
   * @param when nanoseconds on the scale of {@link EventLoop#time()}, or {@link Timeout#NEVER}
   * @param body the scope
   * @return what the body returned
   * @param <T> the type of the value
   * @param <X> the checked exception that the body throws
   * @throws X what the body threw
   * @throws TimeoutException if the time passed and the body ended by it
   * @throws CancellationException if the task was cancelled from outside
   */
  public static <T extends @Nullable Object, X extends Exception> T timeoutAt(
      long when, ThrowingCallable<T, X> body) throws X {
    return Timeout.at(when).run(body);
  }

  /**
   * Runs a body as {@link #timeoutAt(long, ThrowingCallable)} does.
   *
   * @param when nanoseconds on the scale of {@link EventLoop#time()}, or {@link Timeout#NEVER}
   * @param body the scope
   * @param <X> the checked exception that the body throws
   * @throws X what the body threw
   */
  public static <X extends Exception> void timeoutAt(long when, ThrowingRunnable<X> body) throws X {
    Timeout.at(when).<@Nullable Void, X>run(valued(body));
  }

  /**
   * Runs a body in the calling task, and leaves it without an exception when a time has passed: the
   * body is cancelled at its suspension, and the task goes on behind it.
   *
   * <p>asyncio has no counterpart; Trio's and AnyIO's is {@code move_on_after}. See {@link
   * CancelScope} for a scope that can be left by hand.
   *
   * @param limit the time, on the loop's clock
   * @param body the scope
   * @return what the body returned; empty if the time passed first, or if it returned null
   * @param <T> the type of the value
   * @param <X> the checked exception that the body throws
   * @throws X what the body threw
   * @throws CancellationException if the task was cancelled from outside
   */
  public static <T, X extends Exception> Optional<T> moveOnAfter(
      Duration limit, ThrowingCallable<? extends @Nullable T, X> body) throws X {
    return CancelScope.after(limit).<T, X>run(body);
  }

  /**
   * Runs a body as {@link #moveOnAfter(Duration, ThrowingCallable)} does.
   *
   * @param limit the time, on the loop's clock
   * @param body the scope
   * @return whether the body ended by itself; false if the time passed first
   * @param <X> the checked exception that the body throws
   * @throws X what the body threw
   */
  public static <X extends Exception> boolean moveOnAfter(Duration limit, ThrowingRunnable<X> body)
      throws X {
    return CancelScope.after(limit).run(body);
  }

  /**
   * Runs a blocking call of another library in the calling task, which a cancel of the task ends by
   * the library's own means and not by an interrupt: an interrupt closes the socket on which the
   * call waits.
   *
   * {@snippet :
   * String answer = abortable(request::abort, () -> request.execute());
   * }
   *
   * <p>A call that ends with an exception after it was aborted is a cancellation, with that
   * exception as its cause. If it returns all the same, its value is returned, and the cancellation
   * is thrown at the next suspension. A cancellation that is pending when this is called is thrown
   * here, and the call is not made.
   *
   * <p>In portable mode, where the call holds the loop, a cancel by another thread interrupts it.
   *
   * <p>asyncio has no counterpart; Trio's is the {@code abort_fn} of {@code
   * trio.lowlevel.wait_task_rescheduled}.
   *
   * @param abort ends the call, and may do so later; is run once at most, on the loop's thread as a
   *     callback, only while the call runs; must not block
   * @param call the blocking call
   * @return what the call returned
   * @param <T> the type of the value
   * @param <X> the checked exception that the call throws
   * @throws X what the call threw
   * @throws CancellationException if the task was cancelled
   * @throws IllegalStateException if the caller is no task
   */
  public static <T extends @Nullable Object, X extends Exception> T abortable(
      Runnable abort, ThrowingCallable<T, X> call) throws X {
    Objects.requireNonNull(abort, "abort");
    return Task.requireCurrent("abortable").<T, X>abortable(abort, call);
  }

  /**
   * Runs a blocking call as {@link #abortable(Runnable, ThrowingCallable)} does.
   *
   * @param abort ends the call
   * @param call the blocking call
   * @param <X> the checked exception that the call throws
   * @throws X what the call threw
   */
  public static <X extends Exception> void abortable(Runnable abort, ThrowingRunnable<X> call)
      throws X {
    Asyncio.<@Nullable Void, X>abortable(abort, valued(call));
  }

  /**
   * Runs a body in the calling task and keeps cancels from outside off it: for clean-up that must
   * not be cut short. They are delivered, once, at the first suspension after the body; so are
   * those of timeouts, groups and scopes around it. Timeouts, groups and scopes that begin inside
   * the body work as ever. A thread interrupt from outside counts as a cancel.
   *
   * <p>Limit what is shielded, or a clean-up that hangs cannot be ended: {@code shielded(() ->
   * moveOnAfter(…))}.
   *
   * <p>asyncio has no counterpart; AnyIO's is {@code CancelScope(shield=True)}. {@link #shield}
   * protects a task from the cancel of those who await it, this a body of the calling task.
   *
   * @param body what must not be cut short
   * @return what the body returned
   * @param <T> the type of the value
   * @param <X> the checked exception that the body throws
   * @throws X what the body threw
   */
  public static <T extends @Nullable Object, X extends Exception> T shielded(
      ThrowingCallable<T, X> body) throws X {
    Task<?> task = Task.requireCurrent("shielded");
    Shield shield = task.enterShield();
    try {
      return body.call();
    } finally {
      task.leaveShield(shield);
    }
  }

  /**
   * Runs a body as {@link #shielded(ThrowingCallable)} does.
   *
   * @param body what must not be cut short
   * @param <X> the checked exception that the body throws
   * @throws X what the body threw
   */
  public static <X extends Exception> void shielded(ThrowingRunnable<X> body) throws X {
    Asyncio.<@Nullable Void, X>shielded(valued(body));
  }

  /**
   * Runs a coroutine in the calling task for a limited time. When the time has passed, it is
   * cancelled, and its end is waited for, which may take longer; if it returns a value or fails all
   * the same, that is the outcome.
   *
   * <p>With zero or less the coroutine never begins; the others that are ready run once.
   *
   * <p>Counterpart of {@code asyncio.wait_for}, as of Python 3.12. For a future there is {@link
   * #waitFor(Callable, Duration)}.
   *
   * @param coroutine a body
   * @param limit the time, on the loop's clock
   * @return the result
   * @param <T> the type of the result
   * @param <X> the checked exception that the coroutine throws
   * @throws X what the coroutine threw
   * @throws TimeoutException if the time passed first
   * @throws CancellationException if the calling task was cancelled
   */
  public static <T extends @Nullable Object, X extends Exception> T waitFor(
      ThrowingCallable<T, X> coroutine, Duration limit) throws X {
    return Waiting.waitFor(coroutine, limit);
  }

  /**
   * Runs a coroutine as {@link #waitFor(ThrowingCallable, Duration)} does.
   *
   * @param coroutine a body
   * @param limit the time, on the loop's clock
   * @param <X> the checked exception that the coroutine throws
   * @throws X what the coroutine threw
   */
  public static <X extends Exception> void waitFor(ThrowingRunnable<X> coroutine, Duration limit)
      throws X {
    Waiting.<@Nullable Void, X>waitFor(valued(coroutine), limit);
  }

  /**
   * Awaits a future or a task for a limited time, or runs a {@code Callable} as {@link
   * #waitFor(ThrowingCallable, Duration)} does. When the time has passed, a future is cancelled
   * too, and its end is waited for, which may take longer; if it ends with a value or a failure all
   * the same, that is the outcome. With zero or less, a future that is done gives its result.
   *
   * <p>Counterpart of {@code asyncio.wait_for}, as of Python 3.12.
   *
   * @param coroutine a future of the running loop ({@link #shield} it to keep it from being
   *     cancelled), or a body
   * @param limit the time, on the loop's clock
   * @return the result
   * @param <T> the type of the result
   * @param <X> the checked exception that the caller wants to catch or declare
   * @throws X the exception with which the future or the body failed
   * @throws TimeoutException if the time passed first
   * @throws CancellationException if the calling task was cancelled, or the future was
   */
  public static <T extends @Nullable Object, X extends Exception> T waitFor(
      Callable<? extends T> coroutine, Duration limit) throws X {
    return Waiting.<T, X>waitForAny(coroutine, limit);
  }

  /**
   * Protects a coroutine or a future from the cancellation of whoever awaits it. Does not suspend.
   * If the awaiter is cancelled, the coroutine goes on, and a failure of it is reported to the
   * loop's exception handler. If the coroutine itself is cancelled, the shield is too.
   *
   * <p>Counterpart of {@code asyncio.shield}.
   *
   * @param coroutine the body of a task, or a future
   * @return a future with the same outcome
   * @param <T> the type of the result
   */
  public static <T extends @Nullable Object> Future<T> shield(Callable<? extends T> coroutine) {
    return Waiting.shield(EventLoop.running(), coroutine);
  }

  // ---- threads

  /**
   * Runs a blocking call on a platform thread of the loop's default executor, and suspends the
   * calling task until it has ended. For what holds the loop's thread: file I/O, native code, CPU
   * work.
   *
   * <p><b>Cancellation.</b> A call that has not begun never does; one that has is left to itself.
   *
   * <p>Counterpart of {@code asyncio.to_thread}. The call runs in a copy of the caller's {@link
   * Context}, with what {@link ContextHook}s carry and with the caller's context class loader.
   *
   * @param call the call
   * @return its result
   * @param <T> the type of the result
   * @param <X> the checked exception that the call throws
   * @throws X what the call threw
   * @throws CancellationException if the task was cancelled while it waited
   */
  public static <T extends @Nullable Object, X extends Exception> T toThread(
      ThrowingCallable<T, X> call) throws X {
    EventLoop loop = EventLoop.running();
    Context context = Context.copyCurrent();
    Callable<? extends T> inContext = () -> context.<T, X>run(call);
    return loop.<T>runInExecutor(HookSnapshots.around(HookSnapshots.capture(loop), inContext))
        .<X>await();
  }

  /**
   * Runs a blocking call as {@link #toThread(ThrowingCallable)} does.
   *
   * @param call the call
   * @param <X> the checked exception that the call throws
   * @throws X what the call threw
   */
  public static <X extends Exception> void toThread(ThrowingRunnable<X> call) throws X {
    Asyncio.<@Nullable Void, X>toThread(valued(call));
  }

  // ---- bridges

  /**
   * Returns a future of the running loop with the outcome of a stage, for {@link Future#await()} to
   * suspend on. Does not suspend. A stage that has ended gives a future that is done.
   *
   * <p>The exception of a failure is that which was thrown, without the {@link
   * java.util.concurrent.CompletionException} that the JDK puts around it.
   *
   * <p><b>Cancellation.</b> Cancelling the future, or the task that awaits it, cancels the stage if
   * it is a {@link java.util.concurrent.Future}, as each {@code CompletableFuture} is. That ends
   * the stage; it stops no work that is done for it. Other stages go on.
   *
   * <p>Counterpart of {@code asyncio.wrap_future}.
   *
   * @param stage what another library or another loop will complete, on any thread
   * @return a future of the running loop
   * @param <T> the type of the result
   */
  public static <T extends @Nullable Object> Future<T> fromCompletionStage(
      CompletionStage<? extends T> stage) {
    return StageBridge.toFuture(EventLoop.running(), stage);
  }

  /**
   * Returns a future of the running loop with the outcome of any future of the JDK's kind: one of
   * an executor, or a task of another loop. Does not suspend. For one that is neither a stage nor
   * of this library a virtual thread waits.
   *
   * <p>The exception of a failure is that which was thrown, without the {@link
   * java.util.concurrent.ExecutionException} around it.
   *
   * <p><b>Cancellation.</b> Cancelling the future, or the task that awaits it, cancels the other
   * and has its work interrupted.
   *
   * @param future what another library gave
   * @return a future of the running loop
   * @param <T> the type of the result
   */
  public static <T extends @Nullable Object> Future<T> fromFuture(
      java.util.concurrent.Future<? extends T> future) {
    return StageBridge.fromFuture(EventLoop.running(), future);
  }

  /**
   * Runs a blocking call as {@link #toThread(ThrowingCallable)} does, when the limiter has a token
   * for it. The token is given back when the call has ended in its thread, also if the task was
   * cancelled before: no more calls run at once than there are tokens.
   *
   * @param limiter lends a token to the call
   * @param call the call
   * @return its result
   * @param <T> the type of the result
   * @param <X> the checked exception that the call throws
   * @throws X what the call threw
   * @throws CancellationException if the task was cancelled while it waited
   */
  public static <T extends @Nullable Object, X extends Exception> T toThread(
      CapacityLimiter limiter, ThrowingCallable<T, X> call) throws X {
    return limiter.<T, X>callInThread(call);
  }

  /**
   * Runs a blocking call as {@link #toThread(CapacityLimiter, ThrowingCallable)} does.
   *
   * @param limiter lends a token to the call
   * @param call the call
   * @param <X> the checked exception that the call throws
   * @throws X what the call threw
   */
  public static <X extends Exception> void toThread(
      CapacityLimiter limiter, ThrowingRunnable<X> call) throws X {
    limiter.<@Nullable Void, X>callInThread(valued(call));
  }

  static <X extends Exception> ThrowingCallable<@Nullable Void, X> valued(
      ThrowingRunnable<X> body) {
    return () -> {
      body.run();
      return null;
    };
  }

  private static List<Callable<@Nullable Void>> valued(
      ThrowingRunnable<? extends Exception>[] bodies) {
    return Stream.of(bodies).<Callable<@Nullable Void>>map(VoidCallable::new).toList();
  }

  private static <I extends @Nullable Object, R extends @Nullable Object> List<Callable<R>> applied(
      Collection<? extends I> items,
      ThrowingFunction<? super I, ? extends R, ? extends Exception> function) {
    List<Callable<R>> calls = new ArrayList<>(items.size());
    for (I item : items) {
      calls.add(() -> function.apply(item));
    }
    return calls;
  }
}
