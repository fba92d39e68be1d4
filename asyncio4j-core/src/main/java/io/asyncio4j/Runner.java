package io.asyncio4j;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/**
 * A loop that runs several coroutines one after another, and tidies up at the end.
 *
 * <p>Each {@link #run} blocks the calling thread. {@link #close()} cancels the tasks that are left,
 * lets them end, reports those that fail in doing so, waits for calls in the default executor (at
 * most 300 seconds), and closes the loop.
 *
 * <p>Interrupting the thread that runs it cancels the main task, and {@code run} returns with the
 * thread's interrupt flag set. {@link LoopOptions#withCtrlC} has Ctrl-C do the same. A task that
 * goes into {@code Object.wait} or {@code Thread.join} at that very moment may get the interrupt's
 * exception as well, since the JDK looks at the flag of the thread that carries it.
 *
 * <p>The main tasks run in one {@link Context}, a copy of that in which the runner was made.
 *
 * <p>Counterpart of {@code asyncio.Runner}, but Ctrl-C is left to the program unless asked for.
 */
public final class Runner implements AutoCloseable {
  private static final Duration EXECUTOR_JOIN = Duration.ofMinutes(5);

  private final EventLoop loop;
  private final boolean handlesCtrlC;

  /** The context of all main tasks, so that what one sets the next one sees. */
  private final Context context = Context.copyCurrent();

  /**
   * Creates a runner with a loop of {@link LoopOptions#defaults()}.
   *
   * @throws IllegalStateException if full mode is required, and the JVM does not have it
   */
  public Runner() {
    this(LoopOptions.defaults());
  }

  /**
   * Creates a runner.
   *
   * @param options what its loop is created with
   * @throws IllegalStateException if full mode is required, and the JVM does not have it
   */
  public Runner(LoopOptions options) {
    loop = EventLoop.createUnknown(options);
    loop.ownedByRunner();
    handlesCtrlC = options.ctrlC();
  }

  /**
   * Returns the loop, which does not run between two calls of {@link #run}.
   *
   * @return the loop
   */
  public EventLoop loop() {
    loop.knownOutside();
    return loop;
  }

  /**
   * Runs a coroutine as the main task until it is done. Tasks that it started and did not await go
   * on in the next {@code run}, or are cancelled by {@link #close()}.
   *
   * @param main the coroutine
   * @return its result
   * @param <T> the type of the result
   * @param <X> the checked exception that the coroutine throws
   * @throws X what the coroutine threw
   * @throws CancellationException if the main task was cancelled
   * @throws KeyboardInterruptException if Ctrl-C ended it, where the options have it handled
   * @throws UnsupportedOperationException if the options have Ctrl-C handled and the JVM cannot
   * @throws IllegalStateException if called inside a running loop, or if this runner is closed
   */
  public <T extends @Nullable Object, X extends Exception> T run(ThrowingCallable<T, X> main)
      throws X {
    EventLoop running = EventLoop.currentOrNull();
    if (running != null) {
      throw new IllegalStateException(
          "run() was called inside loop "
              + running.name()
              + ", which is running; call the method"
              + " itself, or createTask(...)");
    }
    loop.checkOpen();
    TaskOptions options =
        TaskOptions.defaults().withContext(context).withCreatedAt(CreationSite.of(main));
    Task<T> task = loop.newTask(options, main);
    return handlesCtrlC
        ? CtrlC.<T, X>during(loop, task, () -> this.<T, X>runMain(task))
        : this.<T, X>runMain(task);
  }

  private <T extends @Nullable Object, X extends Exception> T runMain(Task<T> task) throws X {
    if (!loop.carrier().canRunHere()) {
      return loop.carrier().onOwnThread(() -> this.<T, X>runMain(task), () -> interruptMain(task));
    }
    InterruptFlag interrupted = new InterruptFlag();
    loop.onInterrupt(
        () -> {
          interrupted.set = true;
          interruptMain(task);
        });
    try {
      return loop.<T, X>runUntilComplete(task);
    } finally {
      loop.onInterrupt(null);
      if (interrupted.set) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /**
   * Runs a coroutine as {@link #run(ThrowingCallable)} does.
   *
   * @param main the coroutine
   * @param <X> the checked exception that the coroutine throws
   * @throws X what the coroutine threw
   */
  public <X extends Exception> void run(ThrowingRunnable<X> main) throws X {
    this.<@Nullable Void, X>run(Asyncio.valued(main));
  }

  /** Tidies up as this class says. Blocks the calling thread. Closing twice has no effect. */
  @Override
  public void close() {
    if (loop.isClosed()) {
      return;
    }
    boolean interrupted =
        Thread.interrupted(); // the caller's to see, and no reason to leave a mess
    try {
      cancelLeftOver();
      if (!loop.locals().isEmpty()) {
        loop.<@Nullable Void, RuntimeException>runUntilComplete(
            () -> {
              loop.locals().closeAll();
              return null;
            });
      }
      boolean joined =
          loop.<Boolean, RuntimeException>runUntilComplete(
              () -> loop.shutdownDefaultExecutor(EXECUTOR_JOIN));
      if (!joined) {
        loop.report(
            "calls in the default executor did not end within "
                + EXECUTOR_JOIN
                + " and are left behind",
            null);
      }
    } finally {
      loop.close();
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void interruptMain(Task<?> main) {
    String message = "the thread that runs loop " + loop.name() + " was interrupted";
    main.cancel(message);
    loop.carrier().cancelHolder(main, message);
  }

  private void cancelLeftOver() {
    loop.beginShutdown();
    Set<Task<?>> leftOver = loop.allTasks();
    if (leftOver.isEmpty()) {
      return;
    }
    leftOver.forEach(Task::cancel);
    loop.<GatheredResults<@Nullable Object>, RuntimeException>runUntilComplete(
        GatheringFuture.results(loop, null, leftOver));
    for (Task<?> task : leftOver) {
      if (task.state() == java.util.concurrent.Future.State.FAILED) {
        loop.report("unhandled exception during shutdown of the run: " + task, task.exception());
      }
    }
  }

  private static final class InterruptFlag {
    boolean set;
  }
}
