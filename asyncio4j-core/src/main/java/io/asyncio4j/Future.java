package io.asyncio4j;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A result that is not there yet, and that tasks of one loop can await.
 *
 * <p>A future belongs to one loop. Its methods are for that loop's thread (its tasks and
 * callbacks), except where they say otherwise; elsewhere they throw {@link WrongThreadException}.
 * Awaiting it suspends the task only.
 *
 * <p>An exception reaches whoever awaits as the object that was thrown. The methods of {@link
 * java.util.concurrent.Future} keep that interface's contract, and may be called by any thread.
 *
 * <p>A future is a {@link Callable} whose call is its {@link #await()}, so that it can be given
 * wherever a coroutine can: to {@link Asyncio#gather}, {@link Asyncio#waitFor}, {@link
 * Asyncio#shield}, {@link Asyncio#asCompleted}.
 *
 * <p>Counterpart of {@code asyncio.Future}, but its {@code exception()} of a success is null as
 * there, and its results can be read from other threads once it is done.
 *
 * @param <T> the type of the result
 */
public sealed class Future<T extends @Nullable Object>
    implements java.util.concurrent.Future<T>, Callable<T>
    permits Task, GatheringFuture, PoolFuture, ProxyFuture, Sleep, Turn {
  private static final long CLOSED_LOOP_CHECK_MILLIS = 200;

  private final EventLoop loop;

  /**
   * The result if the state is SUCCESS, else the exception, or an UnretrievedFailure of it; written
   * before {@link #state}. Until then, what {@link #note} has noted.
   */
  private @Nullable Object outcome;

  private volatile State state = State.RUNNING;

  /**
   * Null, one waiter, or an ArrayList of them; a waiter is a TaskThread, a Consumer, or a
   * BoundCallback.
   */
  private @Nullable Object waiters;

  Future(EventLoop loop) {
    this.loop = loop;
  }

  /**
   * Returns the loop that this future belongs to. May be called by any thread.
   *
   * @return the loop
   */
  public final EventLoop loop() {
    loop.knownOutside();
    return loop;
  }

  /** Returns what {@link #loop()} does, to this library only. */
  final EventLoop owner() {
    return loop;
  }

  /**
   * Suspends the calling task until this future is done, and returns its result. Returns at once,
   * without letting other tasks run, if it is done already.
   *
   * <p>To catch a checked exception around an await, name it: {@code future.<IOException>await()}.
   * Without a name nothing needs to be declared, and a checked exception passes through all the
   * same.
   *
   * <p>Tasks that await the same future go on in the order in which they began to wait.
   *
   * <p><b>Cancellation.</b> If the awaiting task is cancelled, this future is cancelled too; {@link
   * Asyncio#shield} keeps it alive. This holds for tasks: cancelling one that awaits another
   * cancels the other.
   *
   * <p>Counterpart of {@code await future}.
   *
   * @return the result
   * @param <X> the checked exception that the caller wants to catch or declare
   * @throws X the exception with which this future failed, as it was thrown
   * @throws CancellationException if this future or the calling task was cancelled
   * @throws IllegalStateException if the caller is no task, is a task of another loop, is this very
   *     task, or if the loop is closed
   */
  public final <X extends Exception> T await() throws X {
    if (state == State.RUNNING) {
      suspendUntilDone();
    }
    return this.<X>result();
  }

  /**
   * Awaits this future.
   *
   * @return the result
   * @throws CancellationException if this future or the calling task was cancelled
   */
  @Override
  public final T call() {
    return await();
  }

  final void suspendUntilDone() {
    Task<?> task = Task.current();
    if (task == null) {
      throw new IllegalStateException(
          this
              + " was awaited by "
              + Thread.currentThread()
              + ", which is no task; await inside a task, use loop.runUntilComplete(...), or get()"
              + " from another thread");
    }
    if (task.owner() != loop) {
      throw new IllegalStateException(
          (this instanceof Task<?> awaited ? "Task '" + awaited.name() + "'" : toString())
              + " belongs to loop "
              + loop.name()
              + " but was awaited on loop "
              + task.owner().name()
              + "; use loop.submit(...) of loop "
              + loop.name());
    }
    if (task == this) {
      throw new IllegalStateException(
          "Task '" + task.name() + "' awaited itself, which would never end");
    }
    task.suspendUntilDone(this);
  }

  /**
   * Returns the result of a future that is done. Does not suspend. May be called by any thread.
   *
   * <p>It throws what went wrong, where {@link #resultNow()}, which is the JDK's, throws an {@link
   * IllegalStateException} for anything but a result.
   *
   * <p>Counterpart of {@code Future.result()}.
   *
   * @return the result
   * @param <X> the checked exception that the caller wants to catch or declare
   * @throws X the exception with which this future failed, as it was thrown
   * @throws CancellationException if this future was cancelled
   * @throws InvalidStateException if this future is not done
   */
  @SuppressWarnings({"unchecked", "NullAway"}) // a success stores a T, null only where T allows it
  public final <X extends Exception> T result() throws X {
    return switch (state) {
      case SUCCESS -> (T) outcome;
      case FAILED -> throw Rethrow.<RuntimeException>as(retrieveFailure());
      case CANCELLED -> throw cancellation();
      case RUNNING -> throw notDone("has no result yet; await it");
    };
  }

  /**
   * Returns the exception of a future that is done, or null if it has a result. Does not suspend.
   * May be called by any thread. A failure counts as retrieved afterwards.
   *
   * <p>Counterpart of {@code Future.exception()}.
   *
   * @return the exception with which this future failed, or null
   * @throws CancellationException if this future was cancelled
   * @throws InvalidStateException if this future is not done
   */
  public final @Nullable Throwable exception() {
    return switch (state) {
      case SUCCESS -> null;
      case FAILED -> retrieveFailure();
      case CANCELLED -> throw cancellation();
      case RUNNING -> throw notDone("has no exception yet; await it");
    };
  }

  /** Returns the exception that an awaiter of a cancelled future gets. */
  final CancellationException cancellation() {
    return outcome instanceof CancellationException known
        ? known
        : Cancellation.create((String) outcome);
  }

  private InvalidStateException notDone(String what) {
    return new InvalidStateException(this + " " + what);
  }

  private Throwable retrieveFailure() {
    Object found = Objects.requireNonNull(outcome);
    if (found instanceof UnretrievedFailure report) {
      report.retrieved();
      outcome = report.exception();
      return report.exception();
    }
    return (Throwable) found;
  }

  /**
   * Tells whether this future has a result, has failed or was cancelled. May be called by any
   * thread.
   */
  @Override
  public final boolean isDone() {
    return state != State.RUNNING;
  }

  /** Tells whether this future was cancelled. May be called by any thread. */
  @Override
  public final boolean isCancelled() {
    return state == State.CANCELLED;
  }

  /**
   * Returns which of the four states this future is in: {@code RUNNING} (asyncio's "pending"),
   * {@code SUCCESS}, {@code FAILED} or {@code CANCELLED}. May be called by any thread.
   */
  @Override
  public final State state() {
    return state;
  }

  /**
   * Cancels this future: whoever awaits it gets a {@link CancellationException}. Does not suspend.
   * From a thread other than the loop's the request is handed to the loop, and true only says that
   * this future was not done.
   *
   * <p>A failure that nobody retrieved is not reported any more after a cancel that came too late.
   *
   * <p>Counterpart of {@code Future.cancel()}.
   *
   * @return false if this future was done already
   */
  public final boolean cancel() {
    return cancel(null);
  }

  /**
   * Cancels this future as {@link #cancel()} does, with a message for the exception.
   *
   * @param message the message, or null
   * @return false if this future was done already
   */
  public final boolean cancel(@Nullable String message) {
    if (isDone()) {
      if (state == State.FAILED) {
        retrieveFailure(); // who cancels it does not miss its failure
      }
      return false;
    }
    if (!loop.isOnLoop() && loop.isRunning()) {
      requestCancel(message);
      return true;
    }
    return doCancel(message);
  }

  /** Cancels, from a thread other than the loop's. */
  void requestCancel(@Nullable String message) {
    loop.callSoonThreadsafe(() -> doCancel(message));
  }

  /** Tells whether {@link #doCancel} would do anything. */
  boolean isCancellable() {
    return !isDone();
  }

  /** Cancels, on the loop's thread. */
  boolean doCancel(@Nullable String message) {
    if (isDone()) {
      return false;
    }
    finish(State.CANCELLED, message);
    return true;
  }

  /** Cancels this future as {@link #cancel()} does. The argument is ignored. */
  @Override
  public final boolean cancel(boolean mayInterruptIfRunning) {
    return cancel(null);
  }

  /**
   * Ends this future with a result. Does not suspend; awaiters go on in the loop's next turn.
   *
   * <p>Counterpart of {@code Future.set_result}.
   *
   * @param result the result
   * @throws InvalidStateException if this future is done
   * @throws UnsupportedOperationException if this future is a task or a gather, which end by
   *     themselves
   * @throws WrongThreadException if called on a thread other than the loop's; use {@link
   *     EventLoop#callSoonThreadsafe}
   */
  public final void setResult(T result) {
    checkSettable("setResult");
    finish(State.SUCCESS, result);
  }

  /**
   * Ends this future with a failure. Does not suspend; awaiters go on in the loop's next turn.
   *
   * <p>A failure that nobody awaits or asks for is reported to the loop's exception handler when
   * this future is collected, or when the loop closes, whichever comes first.
   *
   * <p>Counterpart of {@code Future.set_exception}.
   *
   * @param exception what awaiters get thrown
   * @throws InvalidStateException if this future is done
   * @throws UnsupportedOperationException if this future is a task or a gather, which end by
   *     themselves
   * @throws WrongThreadException if called on a thread other than the loop's; use {@link
   *     EventLoop#callSoonThreadsafe}
   */
  public final void setException(Throwable exception) {
    Objects.requireNonNull(exception, "exception");
    checkSettable("setException");
    fail(exception);
  }

  private void checkSettable(String method) {
    if (getClass() != Future.class) {
      throw new UnsupportedOperationException(
          this + " ends by itself; " + method + " is for futures of loop.createFuture()");
    }
    loop.checkThread(method);
    if (isDone()) {
      throw new InvalidStateException(this + " is done already; " + method + " may be called once");
    }
  }

  final void succeed(T result) {
    finish(State.SUCCESS, result);
  }

  final void fail(Throwable exception) {
    checkCompleter();
    finish(State.FAILED, loop.errors().track(this, exception));
  }

  final void cancelled(CancellationException exception) {
    finish(State.CANCELLED, exception);
  }

  private void checkCompleter() {
    if (loop.isForeign()) {
      loop.checkThread("completing " + describe());
    }
  }

  private void finish(State end, @Nullable Object endOutcome) {
    checkCompleter();
    outcome = endOutcome;
    state = end;
    Object waiting = waiters;
    waiters = null;
    if (waiting instanceof ArrayList<?> several) {
      several.forEach(this::schedule);
    } else if (waiting != null) {
      schedule(waiting);
    }
  }

  /**
   * Has a callback run when this future is done, or soon if it is. Callbacks run in the order of
   * their registration, on the loop's thread outside any task, never inside this call; they must
   * not block. A callback runs in a copy of the {@link Context} of whoever registers it.
   *
   * <p>Counterpart of {@code Future.add_done_callback}.
   *
   * @param callback gets this future
   * @throws WrongThreadException if called on a thread other than the loop's
   */
  public final void addDoneCallback(Consumer<? super Future<T>> callback) {
    Objects.requireNonNull(callback, "callback");
    loop.checkThread("addDoneCallback");
    Bindings bindings = Context.bindingsHere();
    addWaiter(bindings == Bindings.EMPTY ? callback : new BoundCallback(callback, bindings));
  }

  /**
   * Removes every registration of a callback that has not been scheduled yet.
   *
   * <p>Counterpart of {@code Future.remove_done_callback}.
   *
   * @param callback the callback, compared by {@code equals}
   * @return how many registrations were removed
   * @throws WrongThreadException if called on a thread other than the loop's
   */
  public final int removeDoneCallback(Consumer<? super Future<T>> callback) {
    loop.checkThread("removeDoneCallback");
    return removeWaiter(callback);
  }

  final int removeWaiter(Object waiter) {
    if (waiters instanceof ArrayList<?> several) {
      int before = several.size();
      several.removeIf(present -> isSame(waiter, present));
      return before - several.size();
    }
    if (isSame(waiter, waiters)) {
      waiters = null;
      return 1;
    }
    return 0;
  }

  /** Takes a task out of those that await this future, which is not done. */
  void leftBy(TaskThread thread) {
    removeWaiter(thread);
  }

  private static boolean isSame(Object waiter, @Nullable Object present) {
    return waiter.equals(present instanceof BoundCallback bound ? bound.callback : present);
  }

  /** A callback that was registered in a context with values in it. */
  private record BoundCallback(Object callback, Bindings bindings) {}

  final void addWaiter(Object waiter) {
    if (isDone()) {
      schedule(waiter);
      return;
    }
    Object waiting = waiters;
    if (waiting == null) {
      waiters = waiter;
    } else {
      addAnotherWaiter(waiting, waiter);
    }
  }

  private void addAnotherWaiter(Object waiting, Object waiter) {
    if (waiting instanceof ArrayList<?>) {
      @SuppressWarnings("unchecked") // only this class puts a list there
      List<Object> several = (List<Object>) waiting;
      several.add(waiter);
    } else {
      waiters = new ArrayList<>(List.of(waiting, waiter));
    }
  }

  private void schedule(Object waiter) {
    if (loop.isClosed()) {
      return; // there is no turn left in which it could run; pending tasks were reported at the
      // close
    }
    if (waiter instanceof TaskThread thread) {
      thread.wake();
      return;
    }
    BoundCallback bound = waiter instanceof BoundCallback given ? given : null;
    @SuppressWarnings("unchecked") // addDoneCallback takes nothing else
    Consumer<? super Future<T>> callback =
        (Consumer<? super Future<T>>) (bound == null ? waiter : bound.callback);
    loop.addReady(
        new DoneCallback<>(this, callback, bound == null ? Bindings.EMPTY : bound.bindings));
  }

  /** A done callback that is ready to run. */
  private static final class DoneCallback<T extends @Nullable Object> extends Callback {
    private final Future<T> done;
    private final Consumer<? super Future<T>> callback;

    DoneCallback(Future<T> done, Consumer<? super Future<T>> callback, Bindings bindings) {
      super(done.loop, bindings);
      this.done = done;
      this.callback = callback;
    }

    @Override
    void run() {
      callback.accept(done);
    }

    @Override
    Object work() {
      return callback;
    }
  }

  /**
   * Waits until this future is done, in a task of this loop by suspending it, on any other thread
   * by blocking it, and returns the result.
   *
   * @throws ExecutionException if this future failed, with the failure as its cause
   * @throws CancellationException if this future was cancelled
   * @throws InterruptedException if the calling thread was interrupted while it waited
   * @throws IllegalStateException if called on the loop's thread outside a task, where it would
   *     wait for ever, or if the loop closes while this future is pending
   */
  @Override
  public final T get() throws InterruptedException, ExecutionException {
    waitFromAnywhere(Long.MAX_VALUE);
    return getNow();
  }

  /**
   * Waits as {@link #get()} does, for a limited real time; in a task of this loop on the loop's
   * clock.
   *
   * @throws java.util.concurrent.TimeoutException if the time passed first; this future goes on
   * @throws ExecutionException if this future failed, with the failure as its cause
   * @throws CancellationException if this future was cancelled
   * @throws InterruptedException if the calling thread was interrupted while it waited
   * @throws IllegalStateException as for {@link #get()}
   */
  @Override
  public final T get(long timeout, TimeUnit unit)
      throws InterruptedException, ExecutionException, java.util.concurrent.TimeoutException {
    if (!waitFromAnywhere(unit.toNanos(timeout))) {
      throw new java.util.concurrent.TimeoutException(
          this + " was not done within " + timeout + " " + unit);
    }
    return getNow();
  }

  private T getNow() throws ExecutionException {
    try {
      return this.<Exception>result();
    } catch (CancellationException e) {
      throw e;
    } catch (Throwable e) {
      throw new ExecutionException(e);
    }
  }

  private boolean waitFromAnywhere(long nanos) throws InterruptedException {
    if (isDone()) {
      return true;
    }
    Task<?> task = Task.current();
    if (task != null && task.owner() == loop) {
      if (nanos == Long.MAX_VALUE) {
        suspendUntilDone();
      } else {
        Asyncio.waitUntil(
            ReturnWhen.ALL_COMPLETED, List.of(this), java.time.Duration.ofNanos(nanos));
      }
      return isDone();
    }
    if (loop.isOnLoop()) {
      throw new IllegalStateException(
          "get() of " + this + " in a callback would hold the loop for ever; use addDoneCallback");
    }
    CountDownLatch done = new CountDownLatch(1);
    loop.callSoonThreadsafe(() -> addWaiter((Consumer<Future<T>>) _ -> done.countDown()));
    long deadline = nanos == Long.MAX_VALUE ? 0 : System.nanoTime() + nanos;
    while (!isDone()) {
      long slice = TimeUnit.MILLISECONDS.toNanos(CLOSED_LOOP_CHECK_MILLIS);
      if (nanos != Long.MAX_VALUE) {
        slice = Math.min(slice, deadline - System.nanoTime());
        if (slice <= 0) {
          return false;
        }
      }
      if (!done.await(slice, TimeUnit.NANOSECONDS) && loop.isClosed() && !isDone()) {
        throw new IllegalStateException(
            "loop " + loop.name() + " closed while " + this + " was awaited from outside");
      }
    }
    return true;
  }

  /**
   * Returns the result of a future that has one. May be called by any thread.
   *
   * @throws IllegalStateException if this future is not done, failed or was cancelled, as {@link
   *     java.util.concurrent.Future#resultNow()} says; {@link #result()} tells these apart
   */
  @Override
  public final T resultNow() {
    if (state == State.SUCCESS) {
      return result();
    }
    throw new IllegalStateException(this + " has no result");
  }

  /**
   * Returns the exception of a future that failed. May be called by any thread.
   *
   * @throws IllegalStateException if this future is not done, has a result or was cancelled, as
   *     {@link java.util.concurrent.Future#exceptionNow()} says; {@link #exception()} tells these
   *     apart
   */
  @Override
  public final Throwable exceptionNow() {
    if (state == State.FAILED) {
      return retrieveFailure();
    }
    throw new IllegalStateException(this + " has no exception");
  }

  /**
   * Returns a {@link java.util.concurrent.CompletableFuture} with the outcome of this future, for
   * other libraries and other threads. Does not suspend. May be called by any thread.
   *
   * <p>It is completed on the loop's thread, as by a callback: what depends on it and names no
   * executor runs there and must not block. Give the loop as the executor ({@code
   * thenApplyAsync(function, loop)}) to have it run as a task. A failure is passed on as the object
   * that was thrown, and counts as retrieved.
   *
   * <p><b>Cancellation.</b> Cancelling it cancels this future, and the other way round. If the loop
   * closes first it fails with an {@link IllegalStateException}.
   *
   * <p>Counterpart of {@code asyncio.wrap_future}, in the other direction.
   *
   * @return a new future
   */
  public final java.util.concurrent.CompletableFuture<T> toCompletableFuture() {
    return StageBridge.toCompletableFuture(this);
  }

  /** Returns what a report calls this future, without its state. */
  String describe() {
    return "Future";
  }

  /**
   * Returns the futures that are not done and that must get done, or one of which must, before this
   * one does; none where that is not known.
   */
  Collection<? extends Future<?>> waitsFor() {
    return List.of();
  }

  static List<Future<?>> pendingOf(Collection<? extends Future<?>> futures) {
    List<Future<?>> pending = new ArrayList<>();
    for (Future<?> future : futures) {
      if (!future.isDone()) {
        pending.add(future);
      }
    }
    return pending;
  }

  /** Returns the tasks and futures that wait for this one, in the order in which they began to. */
  final List<Future<?>> awaiters() {
    List<Future<?>> found = new ArrayList<>();
    if (waiters instanceof ArrayList<?> several) {
      several.forEach(waiter -> addAwaiter(waiter, found));
    } else if (waiters != null) {
      addAwaiter(waiters, found);
    }
    return found;
  }

  private static void addAwaiter(Object waiter, List<Future<?>> found) {
    Future<?> awaiter =
        switch (waiter) {
          case TaskThread thread -> thread.task();
          case Dependent callback -> callback.dependent();
          case BoundCallback(Dependent callback, _) -> callback.dependent();
          default -> null;
        };
    if (awaiter != null && !found.contains(awaiter)) {
      found.add(awaiter);
    }
  }

  /** Returns where this future was created, or null if that was not noted. */
  @Nullable Object createdAt() {
    return null;
  }

  /** Returns what it awaited when it failed, or null. */
  @Nullable String awaitedWhenItFailedWith(Throwable failure) {
    return null;
  }

  /** Returns the exception with which this failed, without retrieving it, or null. */
  final @Nullable Throwable failure() {
    if (state != State.FAILED) {
      return null;
    }
    Object found = outcome;
    return found instanceof UnretrievedFailure report ? report.exception() : (Throwable) found;
  }

  final boolean hasFailedWith(Throwable failure) {
    return failure() == failure;
  }

  /** Notes something until this future is done. */
  final void note(@Nullable Object something) {
    outcome = something;
  }

  /** Returns what was noted, while this future is not done. */
  final @Nullable Object noted() {
    return outcome;
  }

  @Override
  public String toString() {
    return describe() + " (" + state + ")";
  }
}
