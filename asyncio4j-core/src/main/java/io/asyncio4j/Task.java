package io.asyncio4j;

import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/**
 * A coroutine that a loop runs: a future whose result a body of blocking code produces, on a
 * virtual thread of its own that only ever runs on the loop's thread.
 *
 * <p>Between two of its suspensions nothing else of the loop runs.
 *
 * <p><b>Cancellation.</b> {@link #cancel()} asks the task to end. A task that has not begun never
 * begins. One that awaits something of this library gets a {@link CancellationException} there, and
 * what it awaited is cancelled. One that waits in a blocking call of another library is
 * interrupted. One that is ready or running gets the exception at its next suspension. The request
 * is delivered once: code that catches it may go on, and clean-up code may suspend. A task that
 * ends with a {@link CancellationException}, or, if its cancel was asked for, with what an
 * interrupt causes, is cancelled and not failed.
 *
 * <p>Mind {@code catch (Exception e)}: it catches a {@link CancellationException} as well, which in
 * Python it would not. Rethrow it.
 *
 * <p>The loop keeps a strong reference to each task until it is done. An interrupt from anywhere
 * else counts as a call of {@link #cancel()}.
 *
 * <p>Counterpart of {@code asyncio.Task}, but tasks are never lost to the garbage collector.
 *
 * @param <T> the type of the result
 */
public final class Task<T extends @Nullable Object> extends Future<T> {
  /* The states that matter to cancel(), from asyncio 3.14's Task: "waiter" is _fut_waiter, "mustCancel"
  _must_cancel, "cancelRequests" _num_cancels_requested. What asyncio does not have is a task that is
  suspended and has no waiter: it waits in a foreign call. */

  private final long id;
  private final @Nullable Object createdAt;
  private final @Nullable String name;
  private @Nullable Callable<? extends T> body;
  private @Nullable ClassLoader contextClassLoader;
  private @Nullable TaskThread thread;
  private @Nullable Future<?> waiter;
  private @Nullable Future<?> failedAwait;
  private @Nullable String cancelMessage;
  private int cancelRequests;
  private boolean mustCancel;
  private boolean passingCancelOn;
  private boolean interruptSent;

  // The loop's list of the tasks that are not done.
  @Nullable Task<?> previousTask;
  @Nullable Task<?> nextTask;

  Task(
      EventLoop loop,
      long id,
      @Nullable String name,
      Callable<? extends T> body,
      @Nullable Object createdAt) {
    super(loop);
    this.id = id;
    this.name = name;
    this.body = body;
    this.createdAt = createdAt;
    this.contextClassLoader = Thread.currentThread().getContextClassLoader();
    this.thread = loop.carrier().newThread(this);
  }

  /** Queues the first step. */
  void start() {
    Objects.requireNonNull(thread).wake();
  }

  /** Returns the task that the calling thread carries, or null. */
  static @Nullable Task<?> current() {
    return CarrierMode.get().currentTask();
  }

  /** Returns the task that the calling thread carries. */
  static Task<?> requireCurrent(String operation) {
    Task<?> task = current();
    if (task == null) {
      throw new IllegalStateException(
          operation
              + " was called by "
              + Thread.currentThread()
              + ", which is no task; call it inside Asyncio.run(...) or createTask(...)");
    }
    return task;
  }

  /**
   * Returns this task's name. May be called by any thread.
   *
   * @return the name that was given, or {@code Task-N}
   */
  public String name() {
    String given = name;
    return given != null ? given : "Task-" + id;
  }

  /**
   * Returns the Java thread's name: empty for a task without a name of its own, to save its memory.
   */
  String threadName() {
    String given = name;
    return given != null ? given : "";
  }

  /** Gives a task that has not begun another loader than that of the thread that made it. */
  void contextClassLoader(@Nullable ClassLoader loader) {
    contextClassLoader = loader;
  }

  ClassLoader contextClassLoader() {
    ClassLoader loader = contextClassLoader;
    contextClassLoader = null;
    return loader != null ? loader : ClassLoader.getSystemClassLoader();
  }

  /**
   * Returns how many calls of {@link #cancel()} this task got, less those that {@link #uncancel()}
   * took back.
   *
   * <p>Counterpart of {@code Task.cancelling()}.
   *
   * @return the number of requests
   */
  public int cancelling() {
    return cancelRequests;
  }

  /**
   * Takes one request to cancel back. For code that asked for it, such as a timeout of one's own.
   *
   * <p>Counterpart of {@code Task.uncancel()}.
   *
   * @return the number of requests left
   */
  public int uncancel() {
    loop().checkThread("uncancel");
    if (cancelRequests > 0) {
      cancelRequests--;
      if (cancelRequests == 0) {
        mustCancel = false;
      }
    }
    return cancelRequests;
  }

  @Nullable String cancelMessage() {
    return cancelMessage;
  }

  @Override
  void requestCancel(@Nullable String message) {
    CancelRequest request = new CancelRequest(this, message);
    loop().callSoonThreadsafe(request);
    TaskThread carrier = thread;
    if (carrier != null) {
      carrier.cancelRequested(request);
    }
  }

  /** Cancels as another thread asked, on the loop's thread. */
  void cancelAsAsked(@Nullable String message, boolean interrupted) {
    if (interrupted && !isDone()) {
      interruptSent = true;
    }
    doCancel(message);
  }

  /** Counts a request that interrupted this task, which is the caller, while it held the loop. */
  void cancelledWhileItHeldTheLoop(@Nullable String message, boolean delivered) {
    if (delivered) {
      cancelRequests++;
      cancelMessage = message;
    } else {
      doCancel(message);
    }
    interruptSent = Thread.currentThread().isInterrupted(); // some calls end and leave the flag
  }

  /** Sees to the requests whose interrupt has had its effect in this task, which is the caller. */
  void takeDeliveredRequests() {
    TaskThread carrier = thread;
    if (carrier != null) {
      carrier.takeRequests(true);
    }
  }

  @Override
  boolean doCancel(@Nullable String message) {
    if (isDone() || loop().isClosed()) {
      return false;
    }
    loop().checkThread("cancel");
    TaskThread carrier = thread;
    Future<?> awaited = waiter;
    if (passingCancelOn && awaited != null && carrier != null) {
      // It awaits itself, through others. Nothing but leaving the circle can end that wait.
      awaited.removeWaiter(carrier);
      mustCancel = true;
      carrier.wake();
      return true;
    }
    cancelRequests++;
    cancelMessage = message;
    if (awaited != null) {
      passingCancelOn = true;
      try {
        if (awaited.doCancel(message)) {
          return true;
        }
      } finally {
        passingCancelOn = false;
      }
    }
    boolean suspended = body == null && awaited == null && !loop().isMounted(this);
    if (carrier != null && suspended && !carrier.isQueued()) { // in a foreign call
      interruptSent = true;
      mustCancel = !carrier.interrupt();
    } else {
      mustCancel = true;
    }
    return true;
  }

  /** Ends a task that was cancelled before its first step, and tells whether it was. */
  boolean endIfCancelledBeforeStart() {
    if (!mustCancel) {
      return false;
    }
    body = null;
    cancelled(takeCancellation());
    ended();
    return true;
  }

  /** Runs the body: the whole work of this task's virtual thread. */
  void runBody() {
    Callable<? extends T> coroutine = Objects.requireNonNull(body);
    body = null;
    try {
      T result = coroutine.call();
      if (mustCancel) {
        cancelled(takeCancellation());
      } else {
        succeed(result);
      }
    } catch (Throwable e) { // whatever a body throws is its outcome
      CancellationException cancellation = Cancellation.of(this, e);
      if (cancellation != null) {
        cancelled(cancellation);
      } else {
        fail(e);
      }
    } finally {
      ended();
    }
  }

  /**
   * Puts a cancellation off to the next suspension: the wait that threw it had got what it waited
   * for before, which must not be lost.
   */
  void putOffCancellation() {
    mustCancel = true;
  }

  private void ended() {
    thread = null;
    loop().taskDone(this);
  }

  private CancellationException takeCancellation() {
    mustCancel = false;
    return Cancellation.create(cancelMessage);
  }

  /** Suspends this task, which is the caller, until the future is done. */
  void suspendUntilDone(Future<?> future) {
    loop().checkOpen();
    TaskThread carrier = Objects.requireNonNull(thread);
    waiter = future;
    future.addWaiter(carrier);
    if (mustCancel && future.doCancel(cancelMessage)) {
      mustCancel = false;
    }
    consumeInterrupt();
    carrier.park();
    waiter = null;
    if (mustCancel) {
      throw takeCancellation();
    }
    if (future.state() == State.FAILED) {
      failedAwait = future;
    }
  }

  /** Suspends this task, which is the caller, for one turn of the loop. */
  void yieldOnce() {
    loop().checkOpen();
    TaskThread carrier = Objects.requireNonNull(thread);
    consumeInterrupt();
    carrier.wake();
    carrier.park();
    if (mustCancel) {
      throw takeCancellation();
    }
  }

  /**
   * Clears the thread's interrupt flag: one that our own cancel left behind says nothing new, any
   * other is a request to cancel.
   */
  void consumeInterrupt() {
    if (Thread.interrupted()) {
      interruptedWhileParked();
    }
  }

  /** Sees to an interrupt whose flag was cleared at a suspension. The caller is this task. */
  void interruptedWhileParked() {
    if (interruptSent) {
      interruptSent = false;
    } else if (!Objects.requireNonNull(thread).takeRequests(false)) {
      interruptedFromOutside();
    }
  }

  /**
   * Clears the interrupt that our own cancel left behind, at the exit of the scope that asked for
   * it.
   */
  void clearOwnInterrupt() {
    if (interruptSent) {
      interruptSent = false;
      Thread.interrupted();
    }
  }

  /**
   * Treats an interrupt that did not come from {@link #cancel()} as one. The caller is this task.
   */
  void interruptedFromOutside() {
    doCancel("the thread of task '" + name() + "' was interrupted");
  }

  /** Returns what this task awaits in this library, or null. */
  @Nullable Future<?> waiter() {
    return waiter;
  }

  /** Returns the thread that carries this task, or null if the task is done. */
  @Nullable TaskThread carrier() {
    return thread;
  }

  @Override
  Collection<? extends Future<?>> waitsFor() {
    Future<?> awaited = waiter;
    return awaited == null ? List.of() : List.of(awaited);
  }

  @Override
  @Nullable Object createdAt() {
    return createdAt;
  }

  @Override
  @Nullable String awaitedWhenItFailedWith(Throwable failure) {
    Future<?> awaited = failedAwait;
    failedAwait = null;
    // A failure that was caught says nothing about a later one.
    return awaited != null && awaited.hasFailedWith(failure) ? awaited.describe() : null;
  }

  @Override
  String describe() {
    return "Task '" + name() + "'";
  }

  @Override
  public String toString() {
    Future<?> awaited = waiter;
    return super.toString() + (awaited == null ? "" : " awaiting " + awaited.describe());
  }
}
