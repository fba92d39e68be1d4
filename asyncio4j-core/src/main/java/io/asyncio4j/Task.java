package io.asyncio4j;

import java.io.PrintStream;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/**
 * A coroutine that a loop runs: a future whose result a body of blocking code produces, on a
 * virtual thread of its own that only runs while nothing else of the loop does.
 *
 * <p>Between two of its suspensions nothing else of the loop runs.
 *
 * <p><b>Cancellation.</b> {@link #cancel()} asks the task to end. A task that has not begun never
 * begins. One that awaits something of this library gets a {@link CancellationException} there, and
 * what it awaited is cancelled. One that waits in a blocking call of another library is
 * interrupted, or the call is aborted ({@link Asyncio#abortable}). One that is ready or running
 * gets the exception at its next suspension. The request is delivered once: code that catches it
 * may go on, and clean-up code may suspend. A task that ends with a {@link CancellationException},
 * or, if its cancel was asked for, with what an interrupt causes, is cancelled and not failed.
 *
 * <p>Mind {@code catch (Exception e)}: it catches a {@link CancellationException} as well, which in
 * Python it would not. Rethrow it.
 *
 * <p>The loop keeps a strong reference to each task until it is done. An interrupt from anywhere
 * else counts as a call of {@link #cancel()}.
 *
 * <p>A task starts with a copy of its creator's {@link Context}. It does not see the creator's
 * thread-locals (see {@link ContextHook}) nor its bindings of {@link ScopedValue}.
 *
 * <p>Counterpart of {@code asyncio.Task}, but tasks are never lost to the garbage collector.
 *
 * @param <T> the type of the result
 */
public final class Task<T extends @Nullable Object> extends Future<T> {
  /* The states that matter to cancel(), from asyncio 3.14's Task: "waiter" is _fut_waiter, a pending
  CancelState _must_cancel, its count _num_cancels_requested. What asyncio does not have is a task that
  is suspended and has no waiter: it waits in a foreign call. Nor has it shields: the requests are those
  that reached the inside of the innermost one. */

  private final long id;
  private final @Nullable Object createdAt;
  private @Nullable String name;
  private @Nullable Callable<? extends T> body;
  private @Nullable Context context;
  private @Nullable Context enteredContext;
  private @Nullable TaskThread thread;
  private @Nullable Future<?> waiter;
  private @Nullable CancelState requests;
  private volatile @Nullable Shield shield;

  // The loop's list of the tasks that are not done.
  @Nullable Task<?> previousTask;
  @Nullable Task<?> nextTask;

  Task(
      EventLoop loop,
      long id,
      @Nullable String name,
      Callable<? extends T> body,
      @Nullable Context context,
      @Nullable Object createdAt) {
    super(loop);
    this.context = context;
    this.id = id;
    this.name = name;
    this.body = body;
    this.createdAt = createdAt;
    this.thread = loop.carrier().newThread(this);
    contextClassLoader(Thread.currentThread().getContextClassLoader());
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
   * <p>Counterpart of {@code Task.get_name}.
   *
   * @return the name that was given, or {@code Task-N}
   */
  public String name() {
    String given = name;
    return given != null ? given : "Task-" + id;
  }

  /**
   * Gives this task another name, which its thread bears too.
   *
   * <p>Counterpart of {@code Task.set_name}.
   *
   * @param newName the name
   * @throws WrongThreadException if called on a thread other than the loop's
   */
  public void name(String newName) {
    owner().checkThread("name");
    name = Objects.requireNonNull(newName, "newName");
    TaskThread started = thread;
    Thread named = started == null ? null : started.carrier();
    if (named != null) {
      named.setName(newName);
    }
  }

  /**
   * Returns where this task is: the frames of its code, the innermost first, without those of this
   * library. Does not suspend.
   *
   * <p>Counterpart of {@code Task.get_stack}, with the whole stack where asyncio has one frame, and
   * in the order of {@link Throwable#getStackTrace}.
   *
   * @return the frames; for a task that failed, those of its exception; none for one that has not
   *     begun, or has ended otherwise; unmodifiable
   * @throws WrongThreadException if called on a thread other than the loop's
   */
  public List<StackTraceElement> stackTrace() {
    owner().checkThread("stackTrace");
    Throwable failure = failure();
    return failure != null ? List.of(failure.getStackTrace()) : TaskStacks.of(this);
  }

  /**
   * Prints {@link #stackTrace()}, or the exception of a task that failed.
   *
   * <p>Counterpart of {@code Task.print_stack}.
   *
   * @param out where to
   * @throws WrongThreadException if called on a thread other than the loop's
   */
  public void printStack(PrintStream out) {
    List<StackTraceElement> frames = stackTrace();
    Throwable failure = failure();
    if (failure != null) {
      out.println("Exception of " + describe() + ":");
      failure.printStackTrace(out);
    } else if (frames.isEmpty()) {
      out.println("No stack of " + describe() + " (" + state() + ")");
    } else {
      out.println("Stack of " + describe() + " (most recent call first):");
      frames.forEach(frame -> out.println("\tat " + frame));
    }
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
    takeContextClassLoader();
    Callable<? extends T> coroutine = body;
    if (coroutine != null && loader != null && loader != ClassLoader.getSystemClassLoader()) {
      body = new Loaded<>(coroutine, loader);
    }
  }

  /** A body that is to begin with another context class loader than the system's. */
  private record Loaded<T extends @Nullable Object>(Callable<? extends T> body, ClassLoader loader)
      implements Callable<T> {
    @Override
    public T call() throws Exception {
      return body.call();
    }
  }

  /**
   * Returns the context that this task runs in: the one it was given, or its copy of its creator's.
   *
   * <p>Counterpart of {@code Task.get_context}.
   *
   * @return the context, in which this task sees what is set
   * @throws WrongThreadException if called on a thread other than the loop's
   */
  public Context context() {
    owner().checkThread("context");
    Context own = context;
    if (own == null) {
      own = Context.empty();
      context = own;
    }
    return own;
  }

  /** Returns the context in which this task is now, or null if it was not needed yet. */
  @Nullable Context currentContext() {
    Context entered = enteredContext;
    return entered != null ? entered : context;
  }

  /** Has this task be in a context, or in its own again; returns the one that this ends. */
  @Nullable Context enterContext(@Nullable Context entered) {
    Context before = enteredContext;
    enteredContext = entered;
    return before;
  }

  /** Returns the loader to begin with, or null if it is the system's, which it is from then on. */
  @Nullable ClassLoader takeContextClassLoader() {
    if (body instanceof Loaded<? extends T> loaded) {
      body = loaded.body();
      return loaded.loader();
    }
    return null;
  }

  /**
   * Returns how many calls of {@link #cancel()} this task got, less those that {@link #uncancel()}
   * took back. Those count too that {@link Asyncio#shielded} holds back, and those of timeouts and
   * scopes that have not ended.
   *
   * <p>Counterpart of {@code Task.cancelling()}.
   *
   * @return the number of requests
   */
  public int cancelling() {
    Shield innermost = shield;
    return cancelsInside() + (innermost == null ? 0 : innermost.kept());
  }

  /**
   * Takes one request to cancel back. For code that asked for it, such as a timeout of one's own.
   * With the last request goes a cancellation that was not delivered yet.
   *
   * <p>Counterpart of {@code Task.uncancel()}.
   *
   * @return the number of requests left
   * @throws WrongThreadException if called on a thread other than the loop's
   */
  public int uncancel() {
    owner().checkThread("uncancel");
    CancelState inside = requests;
    Shield innermost = shield;
    boolean taken =
        (inside != null && inside.takeBack()) || (innermost != null && innermost.takeBack());
    cancelTakenBack();
    return taken ? cancelling() : 0;
  }

  /** Returns how many requests have reached the inside of the innermost shield. */
  int cancelsInside() {
    CancelState inside = requests;
    return inside == null ? 0 : inside.count();
  }

  /**
   * Takes the request of a scope back, at the end of that scope; returns how many are left inside
   * the innermost shield.
   */
  int uncancel(Object scope) {
    requests().takeBack(scope);
    cancelTakenBack();
    return cancelsInside();
  }

  private void cancelTakenBack() {
    CancelWatch watch = owner().cancelWatch();
    if (watch != null) {
      watch.uncancelled(this);
    }
  }

  /** Has the cancellation delivered once more, without counting it. The caller is this task. */
  void cancelAgain() {
    requests().deliverLater(null);
  }

  private CancelState requests() {
    CancelState inside = requests;
    if (inside == null) {
      inside = new CancelState();
      requests = inside;
    }
    return inside;
  }

  private boolean mustCancel() {
    CancelState inside = requests;
    return inside != null && inside.isPending();
  }

  @Nullable String cancelMessage() {
    CancelState inside = requests;
    return inside == null ? null : inside.message();
  }

  /** Returns how many shields are around what this task does now. */
  int shieldDepth() {
    return Shield.depthOf(shield);
  }

  /** Begins a shielded scope. The caller is this task. */
  Shield enterShield() {
    consumeInterrupt();
    Shield entered = new Shield(shield, requests());
    requests = null;
    shield = entered;
    TaskThread carrier = Objects.requireNonNull(thread);
    if (carrier.takeRequests(false)) {
      Thread.interrupted(); // it came with them
    }
    return entered;
  }

  /** Tells whether this task must not be interrupted at present. Called by any thread. */
  boolean isShielded() {
    return shield != null;
  }

  /** Ends a shielded scope: what it held back is pending now. The caller is this task. */
  void leaveShield(Shield left) {
    consumeInterrupt();
    shield = left.outer();
    requests = left.released(requests());
  }

  @Override
  boolean isCancellable() {
    return !isDone() && !owner().isClosed();
  }

  void passingCancelOn(boolean passing) {
    TaskThread carrier = thread;
    if (carrier != null) {
      carrier.passingCancelOn = passing;
    }
  }

  @Override
  void requestCancel(@Nullable String message) {
    CancelRequest request = new CancelRequest(this, message);
    owner().callSoonThreadsafe(request);
    TaskThread carrier = thread;
    if (carrier != null) {
      carrier.cancelRequested(request);
    }
  }

  /** Cancels as another thread asked, on the loop's thread. */
  void cancelAsAsked(@Nullable String message, boolean interrupted) {
    TaskThread carrier = thread;
    if (interrupted && carrier != null) {
      carrier.interruptSent = true;
    }
    doCancel(message);
  }

  /** Counts a request that interrupted this task, which is the caller, while it held the loop. */
  void cancelledWhileItHeldTheLoop(@Nullable String message, boolean delivered) {
    if (delivered && shield == null) {
      requests().add(message);
    } else {
      doCancel(message);
    }
    // Some calls end and leave the flag.
    Objects.requireNonNull(thread).interruptSent = Thread.currentThread().isInterrupted();
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
    return requestCancel(message, 0, null);
  }

  /**
   * Cancels on behalf of a scope, or of nobody.
   *
   * @param depth the number of shields around the scope: deeper ones hold the request back
   */
  boolean requestCancel(@Nullable String message, int depth, @Nullable Object scope) {
    if (!isCancellable()) {
      return false;
    }
    owner().checkThread("cancel");
    Future<?> awaited = acceptCancel(message, depth, scope);
    if (awaited != null) {
      CancelWalk.passOn(this, awaited, message);
    }
    return true;
  }

  /**
   * Takes a request to cancel; returns what this task awaits and must be cancelled for it, or null
   * if nothing.
   */
  @Nullable Future<?> acceptCancel(@Nullable String message, int depth, @Nullable Object scope) {
    TaskThread carrier = thread;
    Future<?> awaited = waiter;
    if (carrier != null && carrier.passingCancelOn && awaited != null) {
      // It awaits itself, through others. Nothing but leaving the circle can end that wait.
      awaited.removeWaiter(carrier);
      requests().deliverLater(scope);
      carrier.wake();
      return null;
    }
    Shield innermost = shield;
    if (innermost != null && Shield.depthOf(innermost) > depth) {
      innermost.hold(depth, message, scope);
      return null;
    }
    CancelState asked = requests();
    asked.add(message);
    if (awaited != null && awaited.isCancellable()) {
      return awaited;
    }
    AbortableCall call = asked.call();
    if (call != null) {
      call.abortSoon(owner());
      asked.deliverLater(scope);
      return null;
    }
    boolean suspended = body == null && awaited == null && !owner().isMounted(this);
    if (carrier != null && suspended && !carrier.isQueued()) { // in a foreign call
      carrier.interruptSent = true;
      if (carrier.interrupt()) {
        asked.delivered();
        return null;
      }
    }
    asked.deliverLater(scope);
    return null;
  }

  /** Ends a task that was cancelled before its first step, and tells whether it was. */
  boolean endIfCancelledBeforeStart() {
    if (!mustCancel()) {
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
      if (mustCancel()) {
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
    requests().deliverLater(null);
  }

  private void ended() {
    thread = null;
    CancelWatch watch = cancelling() == 0 ? null : owner().cancelWatch();
    if (watch != null) {
      watch.ended(this);
    }
    owner().taskDone(this);
  }

  private CancellationException takeCancellation() {
    return requests().take();
  }

  /** Suspends this task, which is the caller, until a future is done; returns that future. */
  Future<?> suspendUntilDone(Future<?> future) {
    owner().checkOpen();
    TaskThread carrier = Objects.requireNonNull(thread);
    CancelWatch watch = cancelsInside() == 0 || mustCancel() ? null : owner().cancelWatch();
    if (watch != null) {
      watch.suspends(this);
    }
    waiter = future;
    future.addWaiter(carrier);
    if (mustCancel() && future.doCancel(cancelMessage())) {
      requests().delivered();
    }
    consumeInterrupt();
    try {
      carrier.park();
    } catch (Throwable e) { // it was thrown out
      endWait();
      throw e;
    }
    // Taken from the field, since a local variable would be on the stack of each task that waits.
    Future<?> awaited = endWait();
    if (cancelsInside() > 0 && (mustCancel() || awaited.isCancelled())) {
      cancelDelivered();
    }
    if (mustCancel()) {
      throw takeCancellation();
    }
    if (awaited.state() == State.FAILED) {
      note(awaited);
    }
    return awaited;
  }

  private Future<?> endWait() {
    Future<?> awaited = Objects.requireNonNull(waiter);
    waiter = null;
    if (!awaited.isDone()) {
      awaited.leftBy(Objects.requireNonNull(thread)); // out of a circle, or thrown out
    }
    return awaited;
  }

  /** Runs a call in this task, which is the caller, that a cancel aborts. */
  <R extends @Nullable Object, X extends Exception> R abortable(
      Runnable abort, ThrowingCallable<R, X> body) throws X {
    consumeInterrupt();
    if (mustCancel()) {
      cancelDelivered();
      throw takeCancellation();
    }
    CancelState asked = requests();
    AbortableCall call = new AbortableCall(asked.call(), abort);
    asked.call(call);
    try {
      return body.call();
    } catch (Throwable e) { // whatever an abort makes of the call
      if (call.wasAborted() && mustCancel()) {
        cancelDelivered();
        CancellationException cancellation = takeCancellation();
        cancellation.initCause(e);
        throw cancellation;
      }
      throw Rethrow.<RuntimeException>as(e);
    } finally {
      call.end();
      asked.call(call.outer());
    }
  }

  /**
   * Queues this task, which is the caller, to go on right behind what {@code first} puts before it
   * in the queue, and suspends it until then. This is no suspension as far as the task can tell:
   * nothing is cancelled here.
   */
  void letGoFirst(Runnable first) {
    TaskThread carrier = Objects.requireNonNull(thread);
    consumeInterrupt();
    carrier.wake();
    first.run();
    carrier.park();
  }

  private void cancelDelivered() {
    CancelWatch watch = owner().cancelWatch();
    if (watch != null) {
      watch.delivers(this);
    }
  }

  /** Suspends this task, which is the caller, for one turn of the loop. */
  void yieldOnce() {
    owner().checkOpen();
    TaskThread carrier = Objects.requireNonNull(thread);
    consumeInterrupt();
    carrier.yieldTurn();
    if (mustCancel()) {
      cancelDelivered();
      throw takeCancellation();
    }
  }

  /**
   * Clears the thread's interrupt flag: one that our own cancel left behind says nothing new, any
   * other is a request to cancel. Where there is none, what our own cancel sent has struck already,
   * and the next interrupt is somebody else's.
   */
  void consumeInterrupt() {
    if (Thread.interrupted()) {
      interruptedWhileParked();
    } else {
      Objects.requireNonNull(thread).interruptSent = false;
    }
  }

  /** Sees to an interrupt whose flag was cleared at a suspension. The caller is this task. */
  void interruptedWhileParked() {
    TaskThread carrier = Objects.requireNonNull(thread);
    if (carrier.interruptSent) {
      carrier.interruptSent = false;
    } else if (!carrier.takeRequests(false)) {
      interruptedFromOutside();
    }
  }

  /**
   * Clears the interrupt that our own cancel left behind, at the exit of the scope that asked for
   * it.
   */
  void clearOwnInterrupt() {
    TaskThread carrier = Objects.requireNonNull(thread);
    if (carrier.interruptSent) {
      carrier.interruptSent = false;
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

  /**
   * Returns the line of the program that started this task. May be called by any thread.
   *
   * @return the line, as in {@code shop.Till.open(Till.java:12)}, or null if it cannot be told
   */
  public @Nullable String creationSite() {
    return createdAt == null ? null : createdAt.toString();
  }

  @Override
  @Nullable Object createdAt() {
    return createdAt;
  }

  @Override
  @Nullable String awaitedWhenItFailedWith(Throwable failure) {
    // A failure that was caught says nothing about a later one.
    return noted() instanceof Future<?> awaited && awaited.hasFailedWith(failure)
        ? awaited.describe()
        : null;
  }

  /** Returns a number that, unlike that of {@link Object}, takes no call of the JVM. */
  @Override
  public int hashCode() {
    return Long.hashCode(id);
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
