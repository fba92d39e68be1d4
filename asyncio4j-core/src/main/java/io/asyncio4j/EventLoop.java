package io.asyncio4j;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A loop that runs tasks and callbacks one at a time, on one thread, in a fixed order.
 *
 * <p>Programs mostly use {@link Asyncio#run}, which makes a loop, runs a coroutine on it and tidies
 * up.
 *
 * <p><b>Order.</b> A turn of the loop takes what is ready at its beginning and runs it in FIFO
 * order; what becomes ready meanwhile waits for the next turn. Timers run by deadline, those of
 * equal deadline by age. The order is asyncio's for all that suspends in this library; for blocking
 * calls of other libraries it depends on when they end.
 *
 * <p><b>Threads.</b> A loop runs on the platform thread that calls {@link #runForever} or {@link
 * #runUntilComplete}. If that call comes from a virtual thread, the loop gets a platform thread and
 * the caller waits. In portable mode, which is that of a JVM without the flag for full mode, it
 * gets a virtual thread, and a blocking call of another library holds it. While it runs, its
 * methods are for its own thread (its tasks and callbacks), except those that say otherwise; while
 * it does not run, any one thread may prepare it.
 *
 * <p><b>Memory consistency.</b> What a thread did before {@link #callSoonThreadsafe} or {@link
 * #submit} is seen by the callback or task; what the loop did before a future was done is seen by a
 * thread that found it done.
 *
 * <p>Counterpart of {@code asyncio.AbstractEventLoop}, but without transports and protocols: a task
 * with a blocking socket does what they do.
 */
public final class EventLoop implements ExecutorService {
  /* One turn is asyncio 3.14's BaseEventLoop._run_once. Differences: the backend is polled after
  POLL_AFTER_NODES entries or POLL_AFTER_NANOS, not in each turn, since a system call a turn would cost
  more than the turn; what other threads hand in comes through one queue at two fixed places. */

  private static final int POLL_AFTER_NODES = 64;
  private static final long POLL_AFTER_NANOS = 200_000;
  private static final int MAX_TIMERS_LOOKED_AT = 64;
  private static final Duration LOG_FLUSH = Duration.ofSeconds(10);

  private static final Duration DEFAULT_SLOW_CALLBACK = Duration.ofMillis(100);
  private static final Duration DEBUG_DEADLOCK_CUSHION = Duration.ofSeconds(5);

  /** How often an idle loop looks whether an unretrieved failure was collected. */
  private static final long COLLECTED_CHECK_NANOS = 1_000_000_000;

  private static final long TURNS_BETWEEN_RECORDING_CHECKS = 1023;

  /** The count of steps, which the watchdog reads. */
  private static final VarHandle STEPS;

  static {
    try {
      STEPS = MethodHandles.lookup().findVarHandle(EventLoop.class, "steps", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private static final long LONGEST_DELAY = Long.MAX_VALUE / 4;

  private static final ThreadLocal<EventLoop> RUNNING = new ThreadLocal<>();

  private static final VarHandle PENDING;

  static {
    try {
      PENDING = MethodHandles.lookup().findVarHandle(EventLoop.class, "pending", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final String name;
  private final LoopClock clock;
  private final LoopCarrier carrier;
  private final ReadyQueue ready = new ReadyQueue();
  private final InboundQueue inbound = new InboundQueue();
  private final TimerWheel timers = new TimerWheel();
  private final AtomicReference<@Nullable Thread> thread = new AtomicReference<>();
  private final LoopLocals locals = new LoopLocals(this);
  private final Submissions submissions = new Submissions(this);
  private final LoopExecutor executor = new LoopExecutor(this);
  private final LoopResources resources = new LoopResources(this);
  private final LoopErrors errors;
  private final @Nullable Shuffle shuffle;
  private final List<ContextHook> contextHooks;
  private final ForeignIdleness foreignIdleness = new ForeignIdleness();

  private volatile LoopBackend backend = new ParkBackend();
  private final AtomicReference<@Nullable Thread> closer = new AtomicReference<>();
  private final CompletableFuture<@Nullable Void> closing = new CompletableFuture<>();
  private volatile CompletableFuture<@Nullable Void> runOver =
      CompletableFuture.completedFuture(null);
  private final InterruptListener interrupts = new InterruptListener(this::interrupted);
  private final SignalHandlers.OfLoop signals = new SignalHandlers.OfLoop(this);
  private volatile boolean interruptPending;
  private volatile boolean closed;
  private volatile boolean debug;
  private volatile Duration slowCallbackDuration = DEFAULT_SLOW_CALLBACK;
  private volatile @Nullable DeadlockDetector deadlockDetector;

  /** Whether the program got hold of this loop, so that it may have handed it to other threads. */
  private volatile boolean knownOutside;

  /** The task that is to leave an await inside a class initialiser, which holds this loop. */
  volatile @Nullable TaskThread thrownOut;

  /**
   * The virtual thread that runs on the loop's thread now, or null. Written by the loop only, and
   * not volatile: a thread that compares itself with it finds itself only if it runs here, for a
   * task's thread runs nowhere else while the loop is open.
   */
  private @Nullable Thread mountedThread;

  // Touched by the loop's thread only.
  private @Nullable LoopBackend nextBackend;
  private @Nullable Task<?> mountedTask;
  private @Nullable Task<?> newestTask;
  private @Nullable CancelWatch cancelWatch;
  private @Nullable Jfr jfr;
  private @Nullable Runnable interruptHandler;
  private long taskCount;
  private int pending; // written by the loop's thread, read by others
  private int timerCount;
  private int firedSincePoll;
  private long lastPoll;
  private int foreignWaits;
  private long steps;
  private long turns;
  private boolean stopping;
  private boolean untilComplete;
  private volatile boolean ownedByRunner;
  private boolean shuttingDown;
  private TaskFactory taskFactory = TaskFactory.standard();
  private Bindings callbackBindings = Bindings.EMPTY;
  private @Nullable Context callbackContext;

  /** How many entries of the ready queue the current turn still runs. */
  private int leftInTurn;

  private boolean addingFirst;

  private @Nullable Sleep sleepToBegin;
  private @Nullable Duration delayOfSleep;

  private EventLoop(String name, LoopOptions options) {
    this.name = name;
    this.clock = options.clock();
    this.carrier = CarrierMode.get().newCarrier(name);
    this.shuffle =
        options.shuffleSeed().isPresent() ? new Shuffle(options.shuffleSeed().getAsLong()) : null;
    this.contextHooks = options.contextHooks();
    this.errors = new LoopErrors(this, options.exceptionHandler());
    LoopOptions.DeadlockHandler onDeadlock = options.deadlockHandler();
    if (onDeadlock != null) {
      onDeadlock(onDeadlock.cushion(), onDeadlock.handler());
    }
    debug(options.debug());
    lookForRecording(); // before the first task is made
  }

  /**
   * Creates a loop with {@link LoopOptions#defaults()}. Close it.
   *
   * @return a loop that does not run yet
   * @throws IllegalStateException if full mode is required, and the JVM does not have it
   */
  public static EventLoop create() {
    return create(LoopOptions.defaults());
  }

  /**
   * Creates a loop. Close it.
   *
   * <p>Counterpart of {@code asyncio.new_event_loop}.
   *
   * @param options its name and clock
   * @return a loop that does not run yet
   * @throws IllegalStateException if full mode is required, and the JVM does not have it
   */
  public static EventLoop create(LoopOptions options) {
    EventLoop loop = createUnknown(options);
    loop.knownOutside = true;
    return loop;
  }

  /** Creates a loop that the program does not know so far. */
  static EventLoop createUnknown(LoopOptions options) {
    if (options.fullModeRequired()) {
      CarrierMode.get().requireFull();
    }
    return LoopRegistry.open(options.givenName(), name -> new EventLoop(name, options));
  }

  /**
   * Returns the loop that runs the calling task or callback.
   *
   * <p>Counterpart of {@code asyncio.get_running_loop}.
   *
   * @return the running loop
   * @throws IllegalStateException if the calling thread is neither a task nor runs a callback
   */
  public static EventLoop current() {
    EventLoop loop = running();
    loop.knownOutside();
    return loop;
  }

  /** Returns what {@link #current()} does, to this library only. */
  static EventLoop running() {
    EventLoop loop = currentOrNull();
    if (loop == null) {
      throw new IllegalStateException(
          "no running event loop in "
              + Thread.currentThread()
              + "; call this inside Asyncio.run(...), or hand it over with loop.submit(...)");
    }
    return loop;
  }

  /** Notes that the program has this loop, and may have handed it to other threads. */
  void knownOutside() {
    if (!knownOutside) {
      knownOutside = true;
    }
  }

  boolean isKnownOutside() {
    return knownOutside;
  }

  static @Nullable EventLoop currentOrNull() {
    Task<?> task = Task.current();
    return task != null ? task.owner() : RUNNING.get();
  }

  /**
   * Returns the name that the loop was created with; see {@link LoopOptions#defaults} for that of a
   * loop without one. May be called by any thread.
   *
   * @return the name
   */
  public String name() {
    return name;
  }

  /**
   * Returns the time of the loop's clock. May be called by any thread.
   *
   * <p>Counterpart of {@code loop.time()}, in nanoseconds instead of seconds.
   *
   * @return nanoseconds since an origin of the clock's own
   */
  public long time() {
    return clock.nanoTime();
  }

  /**
   * Tells whether this loop is in debug mode. May be called by any thread.
   *
   * <p>Counterpart of {@code loop.get_debug}.
   *
   * @return whether debug mode is on
   */
  public boolean debug() {
    return debug;
  }

  /**
   * Turns debug mode on or off. May be called by any thread.
   *
   * <p>Counterpart of {@code loop.set_debug}.
   *
   * @param on whether to be in debug mode
   */
  public void debug(boolean on) {
    boolean before = debug;
    debug = on;
    if (on && isRunning()) {
      Watchdog.watch(this);
    } else if (before && !on) {
      Watchdog.forget(this);
    }
    if (on && deadlockDetector == null) {
      deadlockDetector =
          new DeadlockDetector(this, DEBUG_DEADLOCK_CUSHION, this::reportDeadlock, true);
    }
  }

  /**
   * Returns from which duration on a step that holds the loop is reported in debug mode. May be
   * called by any thread.
   *
   * @return the duration, 100 ms at first
   */
  public Duration slowCallbackDuration() {
    return slowCallbackDuration;
  }

  /**
   * Sets from which duration on a step that holds the loop is reported in debug mode. The report
   * names the task, or says that it was a callback, and its stack as a thread of its own found it
   * while the step ran. A step that lasts ten times as long is reported while it runs as well, on
   * that thread. May be called by any thread.
   *
   * <p>Counterpart of {@code loop.slow_callback_duration}, but measured by that thread to about a
   * tenth of the duration, so that the steps read no clock.
   *
   * @param duration the duration
   * @throws IllegalArgumentException if it is not positive
   */
  public void slowCallbackDuration(Duration duration) {
    if (!duration.isPositive()) {
      throw new IllegalArgumentException(
          "the slow callback duration is " + duration + "; it must be positive");
    }
    slowCallbackDuration = duration;
  }

  /** Returns what finds swallowed cancellations, or null outside debug mode. */
  @Nullable CancelWatch cancelWatch() {
    if (!debug) {
      return null;
    }
    CancelWatch existing = cancelWatch;
    if (existing == null) {
      existing = new CancelWatch(this);
      cancelWatch = existing;
    }
    return existing;
  }

  /**
   * Sets what is told when the tasks of this loop can never go on, or seem not to. May be called by
   * any thread.
   *
   * <p>The loop looks for it when it has nothing to do, no timer and nothing under way. The handler
   * runs on the loop's thread, once for each time at which the loop stalled. What it throws ends
   * the run: {@link #runForever} and what calls it throw it, and the tasks are left pending.
   *
   * <p>In debug mode there is a handler already. It tells the exception handler, and ends the run
   * with a {@link DeadlockException} where the deadlock is certain.
   *
   * @param cushion the real time for which the loop must have been idle before a deadlock that is
   *     not certain is reported; certain ones are reported at once
   * @param handler the handler
   */
  public void onDeadlock(Duration cushion, Consumer<DeadlockReport> handler) {
    deadlockDetector =
        new DeadlockDetector(this, cushion, Objects.requireNonNull(handler, "handler"), false);
  }

  private void reportDeadlock(DeadlockReport found) {
    if (!debug) {
      return; // it was turned off
    }
    if (found.certain()) {
      throw new DeadlockException(found);
    }
    report(found.text(), null);
  }

  /**
   * Counts what this loop has done and has to do.
   *
   * @return the counts at this moment
   * @throws WrongThreadException if called on a thread other than the loop's
   */
  public LoopStatistics statistics() {
    checkThread("statistics");
    return new LoopStatistics(
        pending,
        taskCount,
        taskCount - pending,
        ready.size(),
        timers.size(),
        turns,
        steps,
        executor.pendingJobs(),
        foreignWaits);
  }

  // ---- running

  /**
   * Runs the loop until {@link #stop()} is called, or the calling thread is interrupted, which then
   * has its flag set. Blocks the calling thread. The tasks that are left can be looked at
   * afterwards, and go on when the loop is run again.
   *
   * <p>Counterpart of {@code loop.run_forever}.
   *
   * @throws IllegalStateException if this loop runs or is closed, or if called inside a running
   *     loop
   */
  public void runForever() {
    checkMayRun();
    if (!carrier.canRunHere()) {
      checkNotRunning();
      carrier.onOwnThread(
          () -> {
            runForever();
            return null;
          },
          () -> callSoonThreadsafe(this::stop));
      return;
    }
    while (!thread.compareAndSet(null, Thread.currentThread())) {
      checkNotRunning();
    }
    RUNNING.set(this);
    CompletableFuture<@Nullable Void> over = new CompletableFuture<>();
    runOver = over;
    if (submissions.isTerminated()) {
      endRunWithWork();
    }
    try {
      if (debug) {
        Watchdog.watch(this);
      }
      backend.attach();
      interrupts.arm();
      lookForRecording();
      do {
        runOnce();
      } while (!stopping);
    } finally {
      stopping = false;
      interrupts.disarm();
      if (interruptPending) {
        interruptPending = false;
        Thread.currentThread().interrupt();
      }
      RUNNING.remove();
      thread.set(null);
      over.complete(null);
      if (debug) {
        Watchdog.forget(this);
      }
    }
  }

  private void checkNotRunning() {
    Thread runner = thread.get();
    if (runner != null) {
      throw new IllegalStateException(
          "loop " + name + " is running on " + runner + "; a loop runs once at a time");
    }
  }

  LoopCarrier carrier() {
    return carrier;
  }

  private void checkMayRun() {
    EventLoop running = currentOrNull();
    if (running != null) {
      throw new IllegalStateException(
          "a loop cannot be run inside loop " + running.name + ", which is running; await instead");
    }
    checkOpen();
    if (closer.get() != null) {
      throw new IllegalStateException("loop " + name + " is being closed");
    }
  }

  /**
   * Runs the loop until the coroutine, or the future, is done. Blocks the calling thread. What else
   * was started is left pending, and goes on when the loop is run again.
   *
   * <p>Counterpart of {@code loop.run_until_complete}.
   *
   * @param coroutine a body to run as a task, or a future of this loop
   * @return its result
   * @param <T> the type of the result
   * @param <X> the checked exception that the caller wants to catch or declare
   * @throws X what the coroutine threw
   * @throws IllegalStateException if {@link #stop()} was called, or the calling thread was
   *     interrupted, before it was done, if this loop runs or is closed, or if called inside a
   *     running loop
   * @throws java.util.concurrent.CancellationException if it was cancelled
   */
  public <T extends @Nullable Object, X extends Exception> T runUntilComplete(
      Callable<? extends T> coroutine) throws X {
    checkMayRun();
    Future<T> future = ensureFuture(coroutine);
    Consumer<Future<T>> stopper = _ -> stop();
    future.addDoneCallback(stopper);
    untilComplete = true;
    try {
      runForever();
    } finally {
      untilComplete = false;
      future.removeDoneCallback(stopper);
    }
    if (!future.isDone()) {
      throw new IllegalStateException(
          "loop " + name + " was stopped before " + future + " was done");
    }
    return future.<X>result();
  }

  /**
   * Runs the loop until a coroutine without a result is done, as {@link
   * #runUntilComplete(Callable)} does.
   *
   * @param coroutine a body to run as a task
   * @param <X> the checked exception that the coroutine throws
   * @throws X what the coroutine threw
   */
  public <X extends Exception> void runUntilComplete(ThrowingRunnable<X> coroutine) throws X {
    EventLoop.this.<@Nullable Void, X>runUntilComplete(new VoidCallable(coroutine));
  }

  /**
   * Ends {@link #runForever} after the current turn. Called before it, it lets one turn run.
   *
   * <p>Counterpart of {@code loop.stop}.
   *
   * @throws WrongThreadException if called on a thread other than the loop's; use {@code
   *     callSoonThreadsafe(loop::stop)}
   */
  public void stop() {
    checkThread("stop");
    stopping = true;
  }

  /**
   * Tells whether the loop is being run. May be called by any thread.
   *
   * @return whether a thread is in {@link #runForever} or {@link #runUntilComplete}
   */
  public boolean isRunning() {
    return thread.get() != null;
  }

  /**
   * Tells whether the loop was closed. May be called by any thread.
   *
   * @return whether {@link #close()} was called
   */
  public boolean isClosed() {
    return closed;
  }

  /** Notes that a runner closes this loop, which another thread must not do under its hands. */
  void ownedByRunner() {
    ownedByRunner = true;
  }

  /**
   * Sets what an interrupt of the loop's thread does. Without it, the run ends after the current
   * turn, with the thread's flag set.
   */
  void onInterrupt(@Nullable Runnable handler) {
    interruptHandler = handler;
  }

  private void runOnce() {
    LoopBackend installed = nextBackend;
    if (installed != null) {
      nextBackend = null;
      installed.attach();
      backend = installed;
    }
    inbound.drainTo(ready);
    if (ready.size() == 0 && !stopping) {
      waitForEvents();
    } else if (!(backend instanceof ParkBackend)
        && (firedSincePoll >= POLL_AFTER_NODES
            || System.nanoTime() - lastPoll > POLL_AFTER_NANOS)) {
      backend.poll();
      polled();
    }
    inbound.drainTo(ready);
    if (!timers.isEmpty()) {
      fireTimers();
    }
    if (errors.hasUnretrieved()) {
      errors.reportCollected();
    }
    if (shuffle != null) {
      shuffle.mix(ready);
    }
    if ((++turns & TURNS_BETWEEN_RECORDING_CHECKS) == 0) {
      lookForRecording();
    }
    leftInTurn = ready.size();
    firedSincePoll += leftInTurn;
    while (leftInTurn > 0) {
      fireNext();
    }
  }

  private void fireNext() {
    leftInTurn--;
    ReadyNode node = ready.poll();
    if (node != null) {
      STEPS.setOpaque(this, steps + 1);
      if (jfr == null) {
        node.fire();
      } else {
        jfr.fire(node);
      }
    }
  }

  /** Begins to give events to Flight Recorder once a recording was begun. */
  private void lookForRecording() {
    if (jfr == null) {
      jfr = Jfr.ifRecording(name);
    }
  }

  private void polled() {
    firedSincePoll = 0;
    lastPoll = System.nanoTime();
    interrupts.rearm(!(backend instanceof ParkBackend));
    lookForRecording();
  }

  private void waitForEvents() {
    DeadlockDetector detector = deadlockDetector;
    if (detector != null && !timers.isEmpty() && debug) {
      detector.lookForCircles(clock.nanoTime());
    }
    // The system's clock waits either way, and to ask costs a look at each connection. It does not
    // mind a deadline that is too early; any other clock is told the right one.
    boolean onSystemClock = clock == SystemClock.INSTANCE;
    long deadline = timers.firstDeadline(onSystemClock ? MAX_TIMERS_LOOKED_AT : Integer.MAX_VALUE);
    boolean eventsPending = onSystemClock || hasPendingEvents();
    boolean foreignOnly = !eventsPending && foreignWaits > 0;
    if (foreignOnly) {
      eventsPending = foreignIdleness.mayEnd(this, steps);
    }
    long nanos = clock.waitNanos(deadline, eventsPending);
    if (nanos <= 0) {
      backend.poll();
      polled();
      return;
    }
    if (foreignOnly) {
      nanos = Math.min(nanos, foreignIdleness.nanosToNextLook());
    }
    if (errors.hasUnretrieved()) {
      nanos = Math.min(nanos, COLLECTED_CHECK_NANOS);
    }
    if (detector != null && timers.isEmpty() && inbound.isEmpty()) {
      boolean underWay =
          executor.hasPendingJobs()
              || backend.hasPendingEvents()
              || resources.mayBeWokenFromOutside();
      nanos = Math.min(nanos, detector.idle(steps, underWay));
      if (ready.size() > 0 || !timers.isEmpty() || stopping) {
        backend.poll();
        polled();
        return; // the handler, which runs in there, gave the loop something to do
      }
    }
    inbound.fallAsleep();
    // A thread that hands something in looks whether the loop sleeps after that, so one of the two
    // sees the other.
    if (inbound.isEmpty()) {
      backend.await(nanos);
    }
    inbound.awake();
    polled();
  }

  /** Notes an interrupt of the loop's thread; called by the thread that interrupts. */
  private void interrupted() {
    interruptPending = true;
    enqueueFromOutside(new Handle(this, this::handleInterrupt));
  }

  private void handleInterrupt() {
    if (!interruptPending) {
      return; // it belonged to a run that is over
    }
    Runnable handler = interruptHandler;
    if (handler == null) {
      stopping = true;
    } else {
      interruptPending = false;
      handler.run();
    }
  }

  /** Interrupts the task that holds the loop's thread, if there is one. By any thread. */
  void interruptMounted() {
    Thread holder = mountedThread; // a stale one is a task of this loop, which ends as well
    if (holder != null) {
      holder.interrupt();
    }
  }

  /** Tells whether something outside is under way, other than a blocking call in a task. */
  private boolean hasPendingEvents() {
    return executor.hasPendingJobs() || backend.hasPendingEvents() || resources.hasEventsDue();
  }

  private void fireTimers() {
    long now = clock.nanoTime();
    for (TimerHandle timer = timers.pollDue(now); timer != null; timer = timers.pollDue(now)) {
      if (!timer.isCancelled()) { // by another thread, whose request to remove it is on its way
        ready.add(timer);
      }
    }
  }

  /** Forgets a timer, unless its time has come. On the loop's thread. */
  void removeTimer(TimerHandle timer) {
    timers.remove(timer);
  }

  // ---- callbacks

  /**
   * Has a callback run in the next turn. Callbacks run outside any task, on the loop's thread: they
   * must not block and cannot await. What one throws goes to the exception handler.
   *
   * <p>Counterpart of {@code loop.call_soon}.
   *
   * @param callback what to run
   * @return a handle that can cancel it
   * @throws WrongThreadException if called on a thread other than the loop's
   * @throws IllegalStateException if the loop is closed
   */
  public Handle callSoon(Runnable callback) {
    Objects.requireNonNull(callback, "callback");
    checkThread("callSoon");
    checkOpen();
    return enqueueCallback(callback);
  }

  Handle enqueueCallback(Runnable callback) {
    return enqueueCallback(callback, Context.bindingsHere());
  }

  Handle enqueueCallback(Runnable callback, Bindings bindings) {
    Handle handle = new Handle(this, callback, bindings);
    ready.add(handle);
    return handle;
  }

  /**
   * Has a callback run as soon as possible, and wakes the loop for it. May be called by any thread;
   * never blocks.
   *
   * <p>Counterpart of {@code loop.call_soon_threadsafe}.
   *
   * @param callback what to run
   * @return a handle that can cancel it
   * @throws IllegalStateException if the loop is closed
   */
  public Handle callSoonThreadsafe(Runnable callback) {
    Objects.requireNonNull(callback, "callback");
    Handle handle = new Handle(this, callback);
    if (!enqueueFromOutside(handle)) {
      checkOpen();
    }
    return handle;
  }

  /**
   * Has a callback run after a delay of the loop's clock.
   *
   * <p>Counterpart of {@code loop.call_later}.
   *
   * @param delay the delay; zero or less means as soon as possible, the most overdue first
   * @param callback what to run
   * @return a handle that can cancel it
   * @throws WrongThreadException if called on a thread other than the loop's
   * @throws IllegalStateException if the loop is closed
   */
  public TimerHandle callLater(Duration delay, Runnable callback) {
    return callAt(
        time() + Math.clamp(saturatedNanos(delay), -LONGEST_DELAY, LONGEST_DELAY), callback);
  }

  /**
   * Has a callback run at a time of the loop's clock.
   *
   * <p>Counterpart of {@code loop.call_at}.
   *
   * @param when nanoseconds on the scale of {@link #time()}
   * @param callback what to run
   * @return a handle that can cancel it
   * @throws WrongThreadException if called on a thread other than the loop's
   * @throws IllegalStateException if the loop is closed
   */
  public TimerHandle callAt(long when, Runnable callback) {
    Objects.requireNonNull(callback, "callback");
    checkThread("callAt");
    checkOpen();
    TimerHandle timer = new TimerHandle(this, callback, when, timerCount++);
    timers.add(timer);
    return timer;
  }

  /** Returns the time on the loop's clock at which a delay that begins now has passed. */
  long deadlineAfter(Duration delay) {
    return time() + Math.max(0, Math.min(saturatedNanos(delay), LONGEST_DELAY));
  }

  private static long saturatedNanos(Duration duration) {
    try {
      return duration.toNanos();
    } catch (ArithmeticException e) {
      return duration.isNegative() ? -LONGEST_DELAY : LONGEST_DELAY;
    }
  }

  // ---- signals

  /**
   * Has a callback run whenever the process gets a signal. It takes the place of this loop's
   * callback for the same signal, and of Ctrl-C's handling by {@link LoopOptions#withCtrlC}; those
   * of other loops run too. When the last loop has removed its own, or was closed, what the JVM did
   * before is restored.
   *
   * <p>The signals {@code INT}, {@code TERM} and {@code HUP} stay ignored in a process that was
   * started so, as by {@code nohup}.
   *
   * <p>Counterpart of {@code loop.add_signal_handler}.
   *
   * @param signal its name: {@code INT}, {@code TERM}, {@code HUP}, {@code USR2} …
   * @param callback what to run, as by {@link #callSoon}
   * @throws IllegalArgumentException if there is no such signal, or it cannot be handled: {@code
   *     KILL}, those that the JVM needs, all of them in a JVM with {@code -Xrs}
   * @throws UnsupportedOperationException if the JVM lacks the module {@code jdk.unsupported}
   * @throws WrongThreadException if called on a thread other than the loop's
   * @throws IllegalStateException if the loop is closed
   */
  public void onSignal(String signal, Runnable callback) {
    Objects.requireNonNull(callback, "callback");
    checkThread("onSignal");
    checkOpen();
    signals.set(signal, callback);
  }

  /**
   * Removes this loop's callback for a signal.
   *
   * <p>Counterpart of {@code loop.remove_signal_handler}.
   *
   * @param signal its name
   * @return whether there was one
   * @throws WrongThreadException if called on a thread other than the loop's
   */
  public boolean removeSignalHandler(String signal) {
    checkThread("removeSignalHandler");
    return signals.remove(signal);
  }

  SignalHandlers.OfLoop signals() {
    return signals;
  }

  // ---- futures and tasks

  /**
   * Creates a future of this loop, to be ended with {@link Future#setResult} or {@link
   * Future#setException}.
   *
   * <p>Counterpart of {@code loop.create_future}.
   *
   * @return a pending future
   * @param <T> the type of its result
   */
  public <T extends @Nullable Object> Future<T> createFuture() {
    return new Future<>(this);
  }

  /**
   * Starts a task. Its body begins in the loop's next turn.
   *
   * <p>Counterpart of {@code loop.create_task}.
   *
   * @param coroutine the body
   * @return the task
   * @param <T> the type of its result
   * @throws WrongThreadException if called on a thread other than the loop's; use {@link #submit}
   * @throws IllegalStateException if the loop is closed
   */
  public <T extends @Nullable Object> Task<T> createTask(Callable<? extends T> coroutine) {
    return newTask(null, coroutine, CreationSite.of(coroutine));
  }

  /**
   * Starts a task as {@link #createTask(Callable)} does, with a name.
   *
   * @param taskName the task's name, which its thread bears too
   * @param coroutine the body
   * @return the task
   * @param <T> the type of its result
   */
  public <T extends @Nullable Object> Task<T> createTask(
      String taskName, Callable<? extends T> coroutine) {
    Objects.requireNonNull(taskName, "taskName");
    return newTask(taskName, coroutine, CreationSite.of(coroutine));
  }

  /**
   * Starts a task without a result as {@link #createTask(Callable)} does.
   *
   * @param coroutine the body
   * @return the task
   */
  public Task<@Nullable Void> createTask(ThrowingRunnable<? extends Exception> coroutine) {
    return newTask(null, new VoidCallable(coroutine), CreationSite.of(coroutine));
  }

  /**
   * Starts a named task without a result as {@link #createTask(Callable)} does.
   *
   * @param taskName the task's name, which its thread bears too
   * @param coroutine the body
   * @return the task
   */
  public Task<@Nullable Void> createTask(
      String taskName, ThrowingRunnable<? extends Exception> coroutine) {
    Objects.requireNonNull(taskName, "taskName");
    return newTask(taskName, new VoidCallable(coroutine), CreationSite.of(coroutine));
  }

  /**
   * Starts a task as {@link #createTask(Callable)} does, with options.
   *
   * @param options its name, its context, whether it begins at once
   * @param coroutine the body
   * @return the task
   * @param <T> the type of its result
   */
  public <T extends @Nullable Object> Task<T> createTask(
      TaskOptions options, Callable<? extends T> coroutine) {
    return newTask(options.withCreatedAt(CreationSite.of(coroutine)), coroutine);
  }

  /**
   * Starts a task without a result as {@link #createTask(TaskOptions, Callable)} does.
   *
   * @param options its name, its context, whether it begins at once
   * @param coroutine the body
   * @return the task
   */
  public Task<@Nullable Void> createTask(
      TaskOptions options, ThrowingRunnable<? extends Exception> coroutine) {
    return newTask(options.withCreatedAt(CreationSite.of(coroutine)), new VoidCallable(coroutine));
  }

  /**
   * Returns what makes this loop's tasks.
   *
   * <p>Counterpart of {@code loop.get_task_factory}.
   *
   * @return the factory, {@link TaskFactory#standard()} unless another was set
   * @throws WrongThreadException if called on a thread other than the loop's
   */
  public TaskFactory taskFactory() {
    checkThread("taskFactory");
    return taskFactory;
  }

  /**
   * Sets what makes this loop's tasks from now on.
   *
   * <p>Counterpart of {@code loop.set_task_factory}.
   *
   * @param factory the factory
   * @throws WrongThreadException if called on a thread other than the loop's
   */
  public void taskFactory(TaskFactory factory) {
    checkThread("taskFactory");
    taskFactory = Objects.requireNonNull(factory, "factory");
  }

  <T extends @Nullable Object> Task<T> newTask(
      @Nullable String taskName, Callable<? extends T> coroutine, @Nullable Object createdAt) {
    if (taskFactory == TaskFactory.standard()) {
      return startTask(taskName, null, false, coroutine, createdAt);
    }
    TaskOptions options = TaskOptions.defaults().withCreatedAt(createdAt);
    return newTask(taskName == null ? options : options.withName(taskName), coroutine);
  }

  <T extends @Nullable Object> Task<T> newTask(
      TaskOptions options, Callable<? extends T> coroutine) {
    Objects.requireNonNull(coroutine, "coroutine");
    Task<T> task = taskFactory.create(this, coroutine, options);
    checkBelongs(task);
    return task;
  }

  <T extends @Nullable Object> Task<T> startTask(
      @Nullable String taskName,
      @Nullable Context given,
      boolean eager,
      Callable<? extends T> coroutine,
      @Nullable Object createdAt) {
    Objects.requireNonNull(coroutine, "coroutine");
    checkThread("createTask");
    checkOpen();
    Context context = given;
    if (context == null) {
      Bindings bindings = Context.bindingsHere();
      context = bindings == Bindings.EMPTY ? null : new Context(bindings);
    }
    Callable<? extends T> body = HookSnapshots.around(HookSnapshots.capture(this), coroutine);
    Object site = debug ? new CreationStack() : createdAt;
    Task<T> task = new Task<>(this, ++taskCount, taskName, body, context, site);
    Task<?> before = newestTask;
    if (before != null) {
      before.nextTask = task;
      task.previousTask = before;
    }
    newestTask = task;
    if (jfr != null) {
      jfr.started(task);
    }
    PENDING.setOpaque(this, pending + 1);
    if (eager && isRunning()) {
      startEagerly(task);
    } else {
      task.start();
    }
    return task;
  }

  /**
   * Runs a task to its first suspension, in the place of the caller: the task goes to the front of
   * the queue, and its creator, if that is a task too, right behind it.
   */
  private void startEagerly(Task<?> task) {
    Task<?> creator = Task.current();
    if (creator != null) {
      addingFirst = true;
      creator.letGoFirst(() -> startFirst(task));
    } else {
      startFirst(task);
      fireNext();
    }
  }

  private void startFirst(Task<?> task) {
    addingFirst = true;
    task.start();
    addingFirst = false;
  }

  List<ContextHook> contextHooks() {
    return contextHooks;
  }

  /** Returns the loop that runs a callback on the calling thread, outside any task, or null. */
  static @Nullable EventLoop ofCallback() {
    return RUNNING.get();
  }

  Bindings callbackBindings() {
    return callbackBindings;
  }

  /** Returns the context of the callback that runs, or null if it was not needed yet. */
  @Nullable Context callbackContext() {
    return callbackContext;
  }

  /** Notes the values that the context of the next callback starts with. */
  void callbackBegins(Bindings bindings) {
    callbackBindings = bindings;
    callbackContext = null;
  }

  /** Has the callback that runs be in a context; returns the one that this ends. */
  @Nullable Context enterContext(@Nullable Context entered) {
    Context before = callbackContext;
    callbackContext = entered;
    return before;
  }

  /** Returns the future itself, or a task for a coroutine that is none. */
  <T extends @Nullable Object> Future<T> ensureFuture(Callable<? extends T> coroutine) {
    if (coroutine instanceof Future<?> future) {
      checkBelongs(future);
      @SuppressWarnings(
          "unchecked") // a future is a Callable of its own result type, and is only read
      Future<T> same = (Future<T>) future;
      return same;
    }
    return newTask(null, coroutine, CreationSite.of(coroutine));
  }

  void checkBelongs(Future<?> future) {
    if (future.owner() != this) {
      throw new IllegalStateException(
          future
              + " belongs to loop "
              + future.owner().name
              + " but was used on loop "
              + name
              + "; use loop.submit(...) of loop "
              + future.owner().name);
    }
  }

  void taskDone(Task<?> task) {
    if (jfr != null) {
      jfr.ended(task);
    }
    PENDING.setOpaque(this, pending - 1);
    Task<?> before = task.previousTask;
    Task<?> after = task.nextTask;
    if (before != null) {
      before.nextTask = after;
    }
    if (after != null) {
      after.previousTask = before;
    } else {
      newestTask = before;
    }
    task.previousTask = null;
    task.nextTask = null;
  }

  /**
   * Returns how many tasks are not done, those included that were handed in by {@link #submit} or
   * {@link #execute} and are yet to be made. May be called by any thread; to a thread other than
   * the loop's the number is an estimate.
   *
   * @return the number of tasks
   */
  public int pendingTasks() {
    return (int) PENDING.getOpaque(this) + submissions.notBegun();
  }

  /**
   * Returns the tasks that are not done, oldest first.
   *
   * <p>Counterpart of {@code asyncio.all_tasks}.
   *
   * @return a set of its own
   * @throws WrongThreadException if called on a thread other than the loop's
   */
  public Set<Task<?>> allTasks() {
    checkThread("allTasks");
    List<Task<?>> newestFirst = new ArrayList<>();
    for (Task<?> task = newestTask; task != null; task = task.previousTask) {
      newestFirst.add(task);
    }
    return new LinkedHashSet<>(newestFirst.reversed());
  }

  // ---- as an ExecutorService

  /**
   * Starts a task, from any thread, and does not wait for it. A failure of it goes to the exception
   * handler.
   *
   * <p>As an {@link Executor}, a loop runs tasks: code that is given one may block. For a callback
   * there is {@link #callSoonThreadsafe}.
   *
   * @param command the body
   * @throws RejectedExecutionException if the loop is closed or was shut down
   */
  @Override
  public void execute(Runnable command) {
    submissions.execute(command);
  }

  /**
   * Starts a task from any thread; does not block. In a task of this loop, {@link #createTask} does
   * with a future that can be awaited.
   *
   * <p>The result is completed on the loop's thread, as {@link Future#toCompletableFuture()} says.
   *
   * <p>Counterpart of {@code asyncio.run_coroutine_threadsafe}.
   *
   * @param coroutine the body, which gets the context class loader of the calling thread
   * @return a future for the other threads; cancelling it cancels the task
   * @param <T> the type of the result
   * @throws RejectedExecutionException if the loop is closed or was shut down
   */
  @Override
  public <T extends @Nullable Object> CompletableFuture<T> submit(Callable<T> coroutine) {
    return submissions.submit(coroutine, () -> Rethrow.call(coroutine));
  }

  /**
   * Starts a task as {@link #submit(Callable)} does.
   *
   * @param coroutine the body
   * @return a future for the other threads
   * @throws RejectedExecutionException if the loop is closed or was shut down
   */
  @Override
  public CompletableFuture<@Nullable Void> submit(Runnable coroutine) {
    Objects.requireNonNull(coroutine, "coroutine");
    return submissions.submit(new VoidCallable(coroutine::run), coroutine);
  }

  /**
   * Starts a task as {@link #submit(Callable)} does.
   *
   * @param coroutine the body
   * @param result the result of the future if the body ends without an exception
   * @return a future for the other threads
   * @param <T> the type of the result
   * @throws RejectedExecutionException if the loop is closed or was shut down
   */
  @Override
  public <T extends @Nullable Object> CompletableFuture<T> submit(Runnable coroutine, T result) {
    Objects.requireNonNull(coroutine, "coroutine");
    Callable<T> valued =
        () -> {
          coroutine.run();
          return result;
        };
    return submissions.submit(valued, coroutine);
  }

  /**
   * Runs coroutines at once, from any thread, and waits until all are done: in a task by suspending
   * it, elsewhere by blocking. In a task of this loop {@link Asyncio#gatherResults} does the same.
   *
   * @param coroutines the bodies
   * @return futures that are done, in the order of the collection
   * @param <T> the common type of the results
   * @throws InterruptedException if the calling thread was interrupted; what is left is cancelled
   * @throws CancellationException if the calling task was cancelled; what is left is cancelled
   * @throws RejectedExecutionException if the loop is closed or was shut down
   * @throws IllegalStateException in a callback of a loop
   */
  @Override
  public <T extends @Nullable Object> List<java.util.concurrent.Future<T>> invokeAll(
      Collection<? extends Callable<T>> coroutines) throws InterruptedException {
    return Invocations.all(this::submit, coroutines, Long.MAX_VALUE);
  }

  /**
   * Runs coroutines as {@link #invokeAll(Collection)} does, for a limited time, after which those
   * that are left are cancelled.
   *
   * @param coroutines the bodies
   * @param timeout the time, in a task on its loop's clock, else real
   * @param unit its unit
   * @return futures that are done, in the order of the collection
   * @param <T> the common type of the results
   * @throws InterruptedException as for {@link #invokeAll(Collection)}
   */
  @Override
  public <T extends @Nullable Object> List<java.util.concurrent.Future<T>> invokeAll(
      Collection<? extends Callable<T>> coroutines, long timeout, TimeUnit unit)
      throws InterruptedException {
    return Invocations.all(this::submit, coroutines, unit.toNanos(timeout));
  }

  /**
   * Runs coroutines at once, from any thread, waits as {@link #invokeAll(Collection)} does for the
   * first that succeeds, and cancels the others.
   *
   * @param coroutines the bodies, at least one
   * @return the result of one that succeeded
   * @param <T> the common type of the results
   * @throws IllegalArgumentException if there is no coroutine
   * @throws ExecutionException if none succeeded, with the last failure as its cause
   * @throws InterruptedException if the calling thread was interrupted; all are cancelled
   * @throws CancellationException if the calling task was cancelled; all are cancelled
   * @throws RejectedExecutionException if the loop is closed or was shut down
   * @throws IllegalStateException in a callback of a loop
   */
  @Override
  public <T extends @Nullable Object> T invokeAny(Collection<? extends Callable<T>> coroutines)
      throws InterruptedException, ExecutionException {
    try {
      return Invocations.any(this::submit, coroutines, Long.MAX_VALUE);
    } catch (java.util.concurrent.TimeoutException e) {
      throw new AssertionError("a wait without a limit timed out", e);
    }
  }

  /**
   * Runs coroutines as {@link #invokeAny(Collection)} does, for a limited time.
   *
   * @param coroutines the bodies, at least one
   * @param timeout the time, in a task on its loop's clock, else real
   * @param unit its unit
   * @return the result of one that succeeded
   * @param <T> the common type of the results
   * @throws java.util.concurrent.TimeoutException if none succeeded in time; all are cancelled
   * @throws ExecutionException if none succeeded, with the last failure as its cause
   * @throws InterruptedException if the calling thread was interrupted; all are cancelled
   */
  @Override
  public <T extends @Nullable Object> T invokeAny(
      Collection<? extends Callable<T>> coroutines, long timeout, TimeUnit unit)
      throws InterruptedException, ExecutionException, java.util.concurrent.TimeoutException {
    return Invocations.any(this::submit, coroutines, unit.toNanos(timeout));
  }

  /**
   * Takes no more work as an {@link ExecutorService}; what was handed in before is done. When all
   * of that has ended, {@link #runForever} returns as after {@link #stop()}; {@link
   * #runUntilComplete} goes on. Tasks can still be created on the loop itself. May be called by any
   * thread; does not wait.
   */
  @Override
  public void shutdown() {
    submissions.shutdown();
  }

  /**
   * Shuts down as {@link #shutdown()} does, and cancels what was handed in. What has not begun
   * never does, and its futures are cancelled too, so that nobody waits for them in vain. May be
   * called by any thread; does not wait.
   *
   * @return what never began, in the order in which it was handed in; each does its work when run
   */
  @Override
  public List<Runnable> shutdownNow() {
    return submissions.shutdownNow();
  }

  /**
   * Tells whether this loop takes no more work as an {@link ExecutorService}. May be called by any
   * thread.
   *
   * @return whether it was shut down or closed
   */
  @Override
  public boolean isShutdown() {
    return submissions.isShutDown();
  }

  /**
   * Tells whether this loop was shut down and all that had been handed in has ended. May be called
   * by any thread. Tasks that were created on the loop itself do not count.
   *
   * @return whether nothing that was handed in is left
   */
  @Override
  public boolean isTerminated() {
    return submissions.isTerminated();
  }

  /**
   * Waits until {@link #isTerminated()}, but not for ever: in a task by suspending it, elsewhere by
   * blocking.
   *
   * @param timeout the longest wait, in a task on its loop's clock, else real
   * @param unit its unit
   * @return whether it terminated in time
   * @throws InterruptedException if the calling thread was interrupted
   * @throws CancellationException if the calling task was cancelled
   * @throws IllegalStateException in a callback of a loop
   */
  @Override
  public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
    try {
      StageBridge.await(submissions.termination(), unit.toNanos(timeout));
      return true;
    } catch (java.util.concurrent.TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      throw new AssertionError("a termination has no failure", e);
    }
  }

  LoopLocals locals() {
    return locals;
  }

  Submissions submissions() {
    return submissions;
  }

  /** Lets {@link #runForever} return, since what was handed in has ended. By any thread. */
  void endRunWithWork() {
    Runnable end =
        () -> {
          if (!untilComplete) {
            stopping = true;
          }
        };
    if (isOnLoop()) {
      end.run();
    } else {
      enqueueFromOutside(new Handle(this, end));
    }
  }

  // ---- blocking calls

  /**
   * Runs a blocking call on the loop's default executor: platform threads, at most {@code min(32,
   * cpus + 4)}. Does not suspend; await the future.
   *
   * <p>Counterpart of {@code loop.run_in_executor(None, …)}.
   *
   * @param call the call, which runs outside the loop's thread
   * @return its future; cancelling it keeps the call from beginning, and does not stop one that has
   *     begun
   * @param <T> the type of the result
   * @throws WrongThreadException if called on a thread other than the loop's
   * @throws IllegalStateException if the loop is closed or its default executor was shut down
   */
  public <T extends @Nullable Object> Future<T> runInExecutor(Callable<? extends T> call) {
    return executor.run(null, call);
  }

  /**
   * Runs a blocking call on an executor as {@link #runInExecutor(Callable)} does. A {@link
   * ProcessPoolExecutor} runs it in another process; there, cancelling the future kills a call that
   * has begun.
   *
   * @param on the executor; a virtual-thread executor is no place for CPU work, which would delay
   *     all I/O of the JVM's virtual threads
   * @param call the call, which runs outside the loop's thread
   * @return its future
   * @param <T> the type of the result
   * @throws java.util.concurrent.RejectedExecutionException if the executor does not take the call
   * @throws WrongThreadException if called on a thread other than the loop's
   * @throws IllegalStateException if the loop is closed
   */
  public <T extends @Nullable Object> Future<T> runInExecutor(
      Executor on, Callable<? extends T> call) {
    return executor.run(Objects.requireNonNull(on, "on"), call);
  }

  /**
   * Has blocking calls run on another executor from now on: those of {@link Asyncio#toThread},
   * {@link #runInExecutor(Callable)} and {@link #resolve}. The loop takes it over, and shuts it
   * down with {@link #shutdownDefaultExecutor} and {@link #close}; one that several loops share
   * belongs into {@link #runInExecutor(Executor, Callable)}.
   *
   * <p>Counterpart of {@code loop.set_default_executor}, but any executor service will do.
   *
   * @param defaultExecutor best one with platform threads: CPU work on virtual threads delays all
   *     I/O of the JVM's virtual threads
   * @throws IllegalArgumentException if it is this loop, or a {@link ProcessPoolExecutor}
   * @throws WrongThreadException if called on a thread other than the loop's
   * @throws IllegalStateException if the loop is closed
   */
  public void setDefaultExecutor(ExecutorService defaultExecutor) {
    executor.use(Objects.requireNonNull(defaultExecutor, "defaultExecutor"));
  }

  /**
   * Finds the addresses of a host and suspends the calling task meanwhile: the JDK's look-up would
   * hold the loop. It runs on the default executor; an address in text needs none.
   *
   * <p><b>Cancellation.</b> The task ends at once; a look-up that has begun ends by itself.
   *
   * <p>Counterpart of {@code loop.getaddrinfo}.
   *
   * @param host a name, or an address in text
   * @return the addresses, at least one, in the order in which the JDK prefers them
   * @throws UnknownHostException if the name is not known
   * @throws CancellationException if the task was cancelled while it waited
   * @throws IllegalStateException if called outside a task of this loop
   */
  public List<InetAddress> resolve(String host) throws UnknownHostException {
    return NameLookup.resolve(this, host);
  }

  /**
   * Takes no more calls into the default executor and suspends the calling task until those that
   * were taken have ended, or the time has passed.
   *
   * <p>Counterpart of {@code loop.shutdown_default_executor}.
   *
   * @param atMost how long to wait
   * @return whether all calls have ended
   */
  public boolean shutdownDefaultExecutor(Duration atMost) {
    return executor.shutdown(atMost);
  }

  // ---- errors

  /**
   * Sets what is told of errors that have no other place to go. By default they are logged to the
   * {@link System.Logger} named {@code io.asyncio4j}. The handler runs on the loop's thread, except
   * for what another thread finds that cannot reach the loop, and must not block. May be called by
   * any thread.
   *
   * <p>Counterpart of {@code loop.set_exception_handler}.
   *
   * @param handler the handler, or null for the default
   */
  public void exceptionHandler(@Nullable Consumer<LoopErrorContext> handler) {
    errors.handler(handler);
  }

  /**
   * Returns what was set by {@link #exceptionHandler(Consumer)}. May be called by any thread.
   *
   * <p>Counterpart of {@code loop.get_exception_handler}.
   *
   * @return the handler, or null for the default
   */
  public @Nullable Consumer<LoopErrorContext> exceptionHandler() {
    return errors.handler();
  }

  /**
   * Tells the exception handler of an error that has no other place to go. May be called by any
   * thread; does not block.
   *
   * <p>Counterpart of {@code loop.call_exception_handler}.
   *
   * @param message what happened
   * @param exception the exception, or null where there is none
   */
  public void reportError(String message, @Nullable Throwable exception) {
    report(Objects.requireNonNull(message, "message"), exception);
  }

  /**
   * Logs an error as is done without a handler of one's own; for handlers that leave some errors to
   * it. May be called by any thread; does not block.
   *
   * <p>Counterpart of {@code loop.default_exception_handler}.
   *
   * @param context what the handler was given
   */
  public void defaultExceptionHandler(LoopErrorContext context) {
    errors.log(context.message(), context.exception());
  }

  /** Tells the exception handler. May be called by any thread. */
  void report(String message, @Nullable Throwable exception) {
    errors.report(message, exception);
  }

  LoopErrors errors() {
    return errors;
  }

  // ---- the backend

  /**
   * Returns the loop's backend of a type, installing one first if there is none. For modules with
   * I/O of their own. A loop has one backend: the one it was created with can be replaced, once.
   *
   * @param type the backend's class
   * @param factory makes it
   * @return the backend
   * @param <B> the backend's type
   * @throws WrongThreadException if called on a thread other than the loop's
   * @throws IllegalStateException if a backend of another type is installed, or the loop is closed
   */
  public <B extends LoopBackend> B backend(Class<B> type, Supplier<? extends B> factory) {
    checkThread("backend");
    checkOpen();
    LoopBackend present = nextBackend != null ? nextBackend : backend;
    if (type.isInstance(present)) {
      return type.cast(present);
    }
    if (present instanceof SelectorBackend streams) {
      streams.handOver();
    } else if (!(present instanceof ParkBackend)) {
      throw new IllegalStateException(
          "loop "
              + name
              + " has the backend "
              + present.getClass().getName()
              + " and cannot have "
              + type.getName()
              + " as well; use another loop");
    }
    B installed = factory.get();
    nextBackend = installed; // the next turn attaches it, on the loop's platform thread
    return installed;
  }

  // ---- what tasks and their threads call

  LoopResources resources() {
    return resources;
  }

  /** Tells whether the loop does no I/O on its own thread, not even from its next turn on. */
  boolean hasParkBackend() {
    return nextBackend == null && backend instanceof ParkBackend;
  }

  boolean isOnLoop() {
    Thread caller = Thread.currentThread();
    return caller == mountedThread || caller == thread.get();
  }

  /** Returns the thread that runs this loop, or null. May be called by any thread. */
  @Nullable Thread runsOn() {
    return thread.get();
  }

  /** Returns how many steps were begun, to any thread. */
  long stepsSeen() {
    return (long) STEPS.getOpaque(this);
  }

  /** Tells any thread whether this loop waits for something to do. */
  boolean isSleeping() {
    return inbound.isAsleep();
  }

  /** Returns the task that runs. Another thread may be told one that did a moment ago. */
  @Nullable Task<?> mountedTask() {
    return mountedTask;
  }

  boolean isMounted(Task<?> task) {
    return mountedTask == task;
  }

  void mount(Task<?> task, Thread carried) {
    mountedTask = task;
    mountedThread = carried;
  }

  void unmount() {
    mountedTask = null;
    mountedThread = null;
    Sleep begun = sleepToBegin;
    if (begun != null) {
      sleepToBegin = null;
      begun.begin(Objects.requireNonNull(delayOfSleep));
    }
  }

  /** Has a sleep of the mounted task, which is the caller, begin when that task is suspended. */
  void beginOnceSuspended(Sleep sleep, Duration delay) {
    checkOpen();
    delayOfSleep = delay;
    sleepToBegin = sleep;
  }

  /** Has a sleep that ended before its task was suspended not begin. */
  void forgetSleep(Sleep ended) {
    if (sleepToBegin == ended) {
      sleepToBegin = null;
    }
  }

  /**
   * Notes that a runner tidies up, so that nothing begins any more that waits for its turn, or for
   * a peer.
   */
  void beginShutdown() {
    shuttingDown = true;
  }

  boolean isShuttingDown() {
    return shuttingDown;
  }

  void foreignWaitBegan() {
    foreignWaits++;
  }

  void foreignWaitEnded() {
    foreignWaits--;
  }

  /** Queues an entry, on the loop's thread or, while the loop does not run, on any one thread. */
  void addReady(ReadyNode node) {
    if (addingFirst) {
      ready.addFirst(node);
      leftInTurn++;
    } else {
      ready.add(node);
    }
  }

  /** Queues an entry from any thread; returns false, without throwing, if the loop is closed. */
  boolean enqueue(ReadyNode node) {
    if (isOnLoop()) {
      ready.add(node);
      return true;
    }
    return enqueueFromOutside(node);
  }

  /** Queues an entry from a thread that is not the loop's; returns false if the loop is closed. */
  boolean enqueueFromOutside(ReadyNode node) {
    if (!inbound.offer(node)) {
      return false;
    }
    if (inbound.claimsWakeup()) {
      backend.wakeup();
    }
    return true;
  }

  void checkOpen() {
    if (closed) {
      throw new IllegalStateException("loop " + name + " is closed");
    }
  }

  /** Tells whether the calling thread must not use this loop, which runs on another. */
  boolean isForeign() {
    return !isOnLoop() && isRunning();
  }

  void checkThread(String operation) {
    Thread owner = thread.get();
    if (owner != null && !isOnLoop()) {
      throw new WrongThreadException(
          operation
              + " was called by "
              + Thread.currentThread()
              + " but loop "
              + name
              + " runs on "
              + owner
              + "; use loop.callSoonThreadsafe(...) or loop.submit(...)");
    }
  }

  // ---- closing

  /**
   * Closes the loop. Tasks that are pending are reported, each; so are failures that nobody asked
   * for. A closed loop cannot be run again. Closing twice has no effect.
   *
   * <p>On a thread other than that which runs the loop, this is {@link ExecutorService#close()}: it
   * shuts the loop down, waits until what was handed in has ended and the run is over, and closes
   * the loop then. An interrupt meanwhile has what was handed in cancelled, and the wait goes on.
   * Both readings of a try statement are safe: that of a loop which one has run oneself, and that
   * of an executor which runs elsewhere.
   *
   * <p>A task that waits in a blocking call of another library, and goes on after this, does so on
   * the JDK's scheduler; its calls of this library fail.
   *
   * <p>Counterpart of {@code loop.close}, but it waits for a run on another thread.
   *
   * @throws IllegalStateException if called by a task or a callback of this loop, which is running
   */
  @Override
  public void close() {
    if (isRunning()) {
      if (isOnLoop()) {
        throw new IllegalStateException(
            "loop " + name + " cannot be closed while it runs; call stop() first");
      }
      shutdown();
      awaitThrough(() -> ownedByRunner ? closing : runOver);
    }
    if (!closer.compareAndSet(null, Thread.currentThread())) {
      if (closer.get() != Thread.currentThread()) {
        awaitThrough(() -> closing);
      }
      return;
    }
    try {
      if (carrier.hasOwnThread() && !carrier.canRunHere()) {
        carrier.onOwnThread(
            () -> {
              release();
              return null;
            },
            () -> {});
      } else {
        release();
      }
      carrier.close();
    } finally {
      closing.complete(null);
    }
  }

  private void release() {
    for (Task<?> task : allTasks()) {
      Object createdAt = task.createdAt();
      report(
          "Task was destroyed but it is pending: "
              + task
              + (createdAt == null ? "" : ", created at " + createdAt),
          null);
    }
    locals.reportUnclosed();
    errors.reportUnretrieved();
    closed = true;
    inbound.close(ready);
    for (ReadyNode node = ready.poll(); node != null; node = ready.poll()) {
      node.dropped();
    }
    timers.clear();
    submissions.close();
    signals.close();
    resources.close();
    executor.close();
    LoopRegistry.closed(this);
    if (nextBackend != null) {
      nextBackend.close();
    }
    backend.close();
    ErrorLog.flush(LOG_FLUSH);
  }

  /** Waits for the end of a run, or of the close by another thread. */
  private void awaitThrough(Supplier<CompletableFuture<@Nullable Void>> end) {
    boolean interrupted = false;
    while (!end.get().isDone()) {
      try {
        StageBridge.await(end.get().copy(), Long.MAX_VALUE);
      } catch (InterruptedException e) {
        interrupted = true;
        shutdownNow();
      } catch (ExecutionException | java.util.concurrent.TimeoutException e) {
        throw new AssertionError("an end has no failure and no limit", e);
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public String toString() {
    return "EventLoop " + name + (closed ? " (closed)" : isRunning() ? " (running)" : "");
  }
}
