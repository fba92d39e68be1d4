package io.asyncio4j;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;
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
  put it behind callbacks that asyncio runs after it.

  This entry has one link and may be in one queue only. While the task waits in one of our primitives
  ("parked") the entry is the loop's, which then needs no atomic operation; a submission by another
  thread, which only an interrupt causes there, comes with an entry of its own. In a foreign wait the
  entry belongs to whoever claims it. A thread may see a task in a foreign wait that has just come back
  to one of ours. So each side writes first and then looks at the other: who claims looks at "parked"
  again, and the loop, whose "parked" was followed by the volatile writes of a suspension, looks at
  "claimed". */

  private static final VarHandle CLAIMED;

  static {
    try {
      CLAIMED =
          MethodHandles.lookup().findVarHandle(FullModeThread.class, "claimed", boolean.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final Task<?> task;
  private @Nullable Thread thread;
  private @Nullable Runnable continuation;

  /** Whether this entry is queued because the JDK submitted the continuation in a foreign wait. */
  private volatile boolean claimed;

  // Touched by the loop's thread, or by the task itself, only; "parked" is read by others.
  private boolean parked;
  private boolean queued; // by the loop
  private boolean woken; // one of our primitives let the task go on
  private boolean submitted; // the JDK asked for the continuation to be run
  private boolean foreign;

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

  /** Takes a continuation from the JDK. Called by any thread; never throws or parks. */
  @Override
  public void execute(Runnable given) {
    Runnable own = continuation;
    if (own == null) {
      continuation = given; // start() was called just now, by fire()
      submitted = true;
    } else if (given != own) {
      FullMode.runOnDefaultScheduler(given);
    } else if (task.owner().isOnLoop()) {
      submitted = true;
      if (!parked) {
        claim();
      } else if (!queued && !claimed) {
        queued = true;
        task.owner().enqueue(this);
      }
    } else if (parked || !claim()) {
      enqueue(new Submission());
    }
  }

  /**
   * Queues this entry after a foreign wait, unless that was done already; returns false if the task
   * waits in one of our primitives meanwhile.
   */
  private boolean claim() {
    if (!CLAIMED.compareAndSet(this, false, true)) {
      return true;
    }
    if (parked) {
      claimed = false;
      return false;
    }
    enqueue(this);
    return true;
  }

  private void enqueue(ReadyNode entry) {
    if (!task.owner().enqueue(entry)) {
      entry.dropped();
    }
  }

  /** The continuation, as another thread submitted it while the task waited in our primitives. */
  private final class Submission extends ReadyNode {
    @Override
    void fire() {
      submitted = true;
      if (!queued && !claimed) {
        queued = true;
        FullModeThread.this.fire();
      }
    }

    @Override
    void dropped() {
      runWithoutLoop();
    }
  }

  @Override
  void wake() {
    woken = true;
    if (!queued && !claimed) {
      queued = true;
      task.owner().addReady(this);
    }
  }

  @Override
  boolean isQueued() {
    return queued || claimed;
  }

  @Override
  void fire() {
    if (foreign) {
      foreign = false;
      task.owner().foreignWaitEnded();
    }
    if (!queued) {
      claimed = false;
      submitted = true;
    }
    Thread carried = thread;
    if (carried == null) {
      if (task.endIfCancelledBeforeStart()) {
        return;
      }
      start();
    } else if (!submitted) {
      LockSupport.unpark(carried);
    }
    queued = false;
    if (!submitted) {
      return; // another thread has just interrupted it; that submission is on its way
    }
    submitted = false;
    if (woken) {
      woken = false;
      parked = false;
    }
    run(Objects.requireNonNull(continuation));
  }

  private void run(Runnable own) {
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
        interruptSent = false; // what our own cancel sent has struck
      }
    }
  }

  private void start() {
    Thread created = FullMode.newVirtualThread(this, task.threadName(), this);
    ClassLoader loader = task.takeContextClassLoader();
    if (loader != null) {
      created.setContextClassLoader(loader);
    }
    thread = created;
    created.start();
  }

  /** Is the body of the virtual thread. */
  @Override
  public void run() {
    task.runBody();
  }

  @Override
  void park() {
    // No loop here: C2 would leave its exit out of what it compiles while 100,000 tasks go to sleep
    // and none wakes, and each of them would have to be deoptimized when it does, for 20 us. Nor
    // LockSupport: C2 inlines few calls deeper, and what it does not inline is a frame more on the
    // stack of each task that waits, which is 50 bytes.
    parked = true;
    try {
      FullMode.PARK.invokeExact(Thread.currentThread());
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new LinkageError(Thread.currentThread() + " cannot be parked", e);
    }
    if (parked) {
      parkAgain();
    }
  }

  /** Goes on to wait for this loop, since something else has ended the wait. */
  private void parkAgain() {
    while (parked) {
      checkThrownOut();
      if (Thread.interrupted()) {
        task.interruptedFromOutside();
      }
      if (parked) {
        LockSupport.park();
      }
    }
  }

  @Override
  @SuppressWarnings("ThreadPriorityCheck") // on this scheduler it means: to the end of the queue
  void yieldTurn() {
    parked = true;
    woken = true;
    Thread.yield(); // comes back through execute(), cheaper than by park and unpark
    if (parked) { // inside a class initialiser, where a thread cannot be suspended
      wake();
      park();
    }
  }

  @Override
  boolean interrupt() {
    submitted = false;
    thread().interrupt();
    return submitted;
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
    queued = false;
    if (submitted || claimed) {
      claimed = false;
      runWithoutLoop();
    }
  }

  private void runWithoutLoop() {
    submitted = false;
    FullMode.runOnDefaultScheduler(Objects.requireNonNull(continuation));
  }
}
