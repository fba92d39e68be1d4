package io.asyncio4j;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The virtual thread of one task, and the executor on which the JDK schedules it.
 *
 * <p>The JDK hands its continuation to {@link #execute} whenever the thread can go on, from
 * whichever thread made it so; here it becomes this entry of the loop's ready queue.
 */
final class FullModeThread extends TaskThread implements Executor, Runnable {
  /* Each task has an executor of its own, so that a stranger is known by its continuation: whatever
  virtual thread is started inside a task inherits this executor, the JDK's I/O pollers among them,
  and must not live on a loop that will close.

  A task that one of our primitives wakes runs in place: fire() unparks the thread, execute() finds it
  marked as queued and only notes the submission, and fire() runs it. Queueing it a second time would
  put it behind callbacks that asyncio runs after it. */

  private static final int QUEUED = 1; // this entry is in the ready queue or on its way there
  private static final int SUBMITTED = 2; // the JDK asked for the continuation to be run
  private static final int WOKEN = 4; // one of our primitives let the task go on

  private static final VarHandle STATE;

  static {
    try {
      STATE = MethodHandles.lookup().findVarHandle(FullModeThread.class, "state", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final Task<?> task;
  private @Nullable Thread thread;
  private @Nullable Runnable continuation;
  private volatile int state;

  // Touched by the loop's thread, or by the task itself, only.
  private boolean parked;
  private boolean foreign;
  private boolean interrupting;
  private boolean interruptSubmitted;

  FullModeThread(Task<?> task) {
    this.task = task;
  }

  @Override
  Task<?> task() {
    return task;
  }

  @Override
  @Nullable Thread carrier() {
    return thread;
  }

  boolean carries(Thread candidate) {
    return thread == candidate;
  }

  private Thread thread() {
    Thread started = thread;
    if (started == null) {
      throw new AssertionError("asked for the thread of a task that has not begun");
    }
    return started;
  }

  /** Takes a continuation from the JDK. Called by any thread; never throws, parks or allocates. */
  @Override
  public void execute(Runnable submitted) {
    Runnable own = continuation;
    if (own == null) {
      continuation = submitted; // start() was called just now, on the loop's thread
    } else if (submitted != own) {
      FullMode.runOnDefaultScheduler(submitted);
      return;
    }
    EventLoop loop = task.owner();
    if (interrupting && loop.isOnLoop()) {
      interruptSubmitted = true;
    }
    int old = (int) STATE.getAndBitwiseOr(this, SUBMITTED | QUEUED);
    if ((old & QUEUED) == 0 && !loop.enqueue(this)) {
      dropped();
    }
  }

  @Override
  void wake() {
    int old = (int) STATE.getAndBitwiseOr(this, WOKEN | QUEUED);
    if ((old & QUEUED) == 0) {
      task.owner().addReady(this);
    }
  }

  @Override
  boolean isQueued() {
    return (state & QUEUED) != 0;
  }

  @Override
  void fire() {
    if (foreign) {
      foreign = false;
      task.owner().foreignWaitEnded();
    }
    Thread carried = thread;
    if (carried == null) {
      if (task.endIfCancelledBeforeStart()) {
        return;
      }
      start();
    } else if ((state & SUBMITTED) == 0) {
      LockSupport.unpark(carried);
    }
    int now = (int) STATE.getAndSet(this, 0);
    if ((now & WOKEN) != 0) {
      parked = false;
    }
    Runnable own = continuation;
    if ((now & SUBMITTED) == 0 || own == null) {
      return;
    }
    EventLoop loop = task.owner();
    loop.mount(task, thread());
    try {
      own.run();
    } finally {
      loop.unmount();
    }
    if (!parked && !task.isDone()) {
      foreign = true;
      loop.foreignWaitBegan();
      if (!thread().isInterrupted()) {
        task.interruptWasTaken();
      }
    }
  }

  private void start() {
    Thread created = FullMode.newVirtualThread(this, task.threadName(), this);
    ClassLoader loader = task.contextClassLoader();
    if (loader != ClassLoader.getSystemClassLoader()) {
      created.setContextClassLoader(loader);
    }
    thread = created;
    STATE.getAndBitwiseOr(this, QUEUED);
    created.start();
  }

  /** Is the body of the virtual thread. */
  @Override
  public void run() {
    task.runBody();
  }

  @Override
  void park() {
    parked = true;
    while (parked) {
      LockSupport.park();
      if (parked) {
        checkThrownOut();
        if (Thread.interrupted()) {
          task.interruptedFromOutside();
        }
      }
    }
  }

  @Override
  boolean interrupt() {
    interrupting = true;
    interruptSubmitted = false;
    try {
      thread().interrupt();
    } finally {
      interrupting = false;
    }
    return interruptSubmitted;
  }

  @Override
  void cancelRequested(CancelRequest request) {
    // A blocking call does not hold the loop, which has the request in its queue.
  }

  @Override
  boolean takeRequests(boolean endedByInterrupt) {
    return false;
  }

  /** Lets a thread that can go on after its loop closed do so on the JDK's scheduler. */
  @Override
  void dropped() {
    int now = (int) STATE.getAndSet(this, 0);
    Runnable own = continuation;
    if ((now & SUBMITTED) != 0 && own != null) {
      FullMode.runOnDefaultScheduler(own);
    }
  }
}
