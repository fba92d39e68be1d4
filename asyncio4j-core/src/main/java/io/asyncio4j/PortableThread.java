package io.asyncio4j;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** The virtual thread of one task, which runs while it has its loop's baton. */
final class PortableThread extends TaskThread implements Runnable {
  /* The baton is the field "running": the loop sets it and waits until the task has cleared it. Both
  are volatile accesses, so that all that one of them did is seen by the other, and all other fields
  can be plain. A thread without the baton touches nothing but "state" and the loop's inbound queue. */

  private static final int QUEUED = 1; // this entry is in the ready queue or on its way there
  private static final int WOKEN = 2; // one of our primitives let the task go on

  private static final VarHandle STATE;
  private static final VarHandle REQUESTS;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      STATE = lookup.findVarHandle(PortableThread.class, "state", int.class);
      REQUESTS = lookup.findVarHandle(PortableThread.class, "requests", CancelRequest.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final PortableCarrier carrier;
  private final Task<?> task;
  private @Nullable Thread thread;
  private volatile boolean running;

  /** Whether this thread has noticed that it has the baton, and does not wait for it any more. */
  private volatile boolean arrived;

  private volatile int state;

  /** The requests to cancel that interrupted this thread, the latest first. */
  private volatile @Nullable CancelRequest requests;

  // Touched by whoever has the baton.
  private boolean parked;

  PortableThread(PortableCarrier carrier, Task<?> task) {
    this.carrier = carrier;
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
    Thread carried = thread;
    if (carried == null && task.endIfCancelledBeforeStart()) {
      return;
    }
    int now = (int) STATE.getAndSet(this, 0);
    if ((now & WOKEN) != 0) {
      parked = false;
    }
    EventLoop loop = task.owner();
    carrier.handOver(this);
    arrived = false;
    try {
      if (carried == null) {
        running = true;
        carrier.start(this);
      } else {
        loop.mount(task, carried);
        running = true; // after all else, since the thread may be awake and see it at once
        LockSupport.unpark(carried);
      }
      awaitBaton();
    } finally {
      loop.unmount();
      carrier.handedBack();
    }
  }

  /** Waits, as the loop, until the task is suspended or has ended. */
  @SuppressWarnings("ThreadPriorityCheck") // nothing relies on the yield but speed
  private void awaitBaton() {
    // The task need not wake a loop that yields, and most steps are over when it comes back: that
    // takes
    // a fifth of its CPU time off a switch. Once, so that a task that blocks costs nothing.
    Thread.yield();
    if (!running) {
      return;
    }
    boolean interrupted = false;
    carrier.loopWaits(true);
    while (running) {
      LockSupport.park(this);
      if (Thread.interrupted()) { // the loop's to see; until then it would keep park from waiting
        interrupted = true;
      }
    }
    carrier.loopWaits(false);
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Makes the thread that is about to be started. Called by the loop. */
  Thread prepare(Runnable body) {
    Thread created =
        Thread.ofVirtual()
            .name(task.threadName())
            .inheritInheritableThreadLocals(false)
            .unstarted(body);
    ClassLoader loader = task.takeContextClassLoader();
    if (loader != null) {
      created.setContextClassLoader(loader);
    }
    thread = created;
    task.owner().mount(task, created);
    return created;
  }

  /** Is the body of the virtual thread. */
  @Override
  public void run() {
    arrived = true;
    PortableMode.setCurrent(task);
    try {
      task.runBody();
    } finally {
      handBack();
    }
  }

  private void handBack() {
    Thread loopThread = carrier.loopThread();
    running = false;
    if (carrier.loopWaits()) { // it says so before it looks at the baton, so one sees the other
      LockSupport.unpark(loopThread);
    }
  }

  @Override
  void park() {
    if (task.owner().debug() && isInInitializer()) {
      throwOutOfInitializer(); // as in full mode: whoever needs the class would hold the loop for
      // ever
      checkThrownOut();
    }
    takeRequests(false, true); // one whose flag is gone has ended a call, and is not told again
    parked = true;
    handBack();
    boolean interrupted = awaitTurn();
    if (parked || interrupted) {
      parkAgain(interrupted);
    }
  }

  /** Goes on to wait for this loop, if something else has ended the wait. */
  private void parkAgain(boolean interruptedBefore) {
    boolean interrupted = interruptedBefore;
    while (parked) {
      if (interrupted) {
        task.interruptedWhileParked();
      }
      handBack();
      interrupted = awaitTurn();
    }
    if (interrupted) {
      Thread.currentThread().interrupt(); // for the next suspension to see
    }
  }

  /** Waits for the baton, and tells whether an interrupt came meanwhile. */
  private boolean awaitTurn() {
    // The loops of waiting are apart from the first wait for the reason in FullModeThread.park.
    if (!running) {
      LockSupport.park(this);
      if (!running) {
        return awaitTurnAgain();
      }
    }
    arrived = true;
    return false;
  }

  private boolean awaitTurnAgain() {
    boolean interrupted = false;
    while (!running) {
      if (Thread.interrupted()) {
        interrupted = true;
        askForTurn();
      }
      LockSupport.park(this);
    }
    arrived = true;
    return interrupted;
  }

  /** Queues this thread, without the baton. Where the loop is closed, it never goes on. */
  private void askForTurn() {
    int old = (int) STATE.getAndBitwiseOr(this, QUEUED);
    if ((old & QUEUED) == 0) {
      task.owner().enqueueFromOutside(this);
    }
  }

  @Override
  boolean interrupt() {
    // A task that is suspended and awaits nothing of ours is in a foreign call, and has the baton:
    // the
    // one who asks is that task. It is told at its next suspension.
    return false;
  }

  @Override
  void cancelRequested(CancelRequest request) {
    Thread carried = thread;
    if (!running || carried == null) {
      return; // the loop goes on, and has the request in its queue
    }
    CancelRequest before = requests;
    request.next = before;
    while (!REQUESTS.compareAndSet(this, before, request)) {
      before = requests;
      request.next = before;
    }
    if (!task.isShielded()) { // a shield that begins now finds the request
      request.interrupt(carried);
    }
  }

  @Override
  boolean takeRequests(boolean endedByInterrupt) {
    return takeRequests(endedByInterrupt, false);
  }

  private boolean takeRequests(boolean endedByInterrupt, boolean flagTells) {
    if (requests == null) {
      return false;
    }
    boolean any = false;
    CancelRequest request = (CancelRequest) REQUESTS.getAndSet(this, null);
    while (request != null) {
      if (request.take()) {
        any = true;
        // Looked at once the request is taken: until then its interrupt may still come.
        boolean delivered =
            request.wasInterrupted()
                && (endedByInterrupt || (flagTells && !Thread.currentThread().isInterrupted()));
        task.cancelledWhileItHeldTheLoop(request.message(), delivered);
      }
      request = request.next;
    }
    return any;
  }

  /** Tells whether this thread waits for something while it has the baton. Called by any thread. */
  boolean isBlocked() {
    Thread carried = thread;
    if (carried == null || !running || !arrived) {
      return false;
    }
    boolean waits =
        switch (Objects.requireNonNull(carried.getState())) {
          case WAITING, TIMED_WAITING, BLOCKED -> true;
          case NEW, RUNNABLE, TERMINATED -> false;
        };
    return waits && running && arrived; // if not, it has handed the baton back meanwhile
  }

  private static boolean isInInitializer() {
    return StackWalker.getInstance()
        .walk(frames -> frames.anyMatch(frame -> frame.getMethodName().equals("<clinit>")));
  }
}
