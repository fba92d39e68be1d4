package io.asyncio4j;

import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The work that was handed to a loop as to an {@link java.util.concurrent.ExecutorService}, by any
 * thread, and what other threads were promised of the loop.
 */
final class Submissions {
  /* Handing in and shutting down race: work is noted first and the flag is read after that, while
  shutdown() sets the flag first and looks for work after that. So one of the two sees the other. */

  private final EventLoop loop;
  private final Set<Work<?>> open = ConcurrentHashMap.newKeySet();
  private final Set<CompletableFuture<?>> promises = ConcurrentHashMap.newKeySet();
  private final AtomicLong sequence = new AtomicLong();
  private final AtomicInteger notBegun = new AtomicInteger();
  private final CompletableFuture<@Nullable Void> terminated = new CompletableFuture<>();
  private volatile boolean shutDown;

  Submissions(EventLoop loop) {
    this.loop = loop;
  }

  /**
   * Starts a task, now if the caller is on the loop's thread, else in the loop's next turn.
   *
   * @param asRunnable what {@link #shutdownNow()} returns for it if it never begins
   * @throws RejectedExecutionException if the loop was shut down or closed
   */
  <T extends @Nullable Object> CompletableFuture<T> submit(
      Callable<? extends T> coroutine, Runnable asRunnable) {
    Work<T> work = new Work<>(coroutine, asRunnable);
    work.handIn();
    return work.outside;
  }

  /** Starts a task whose failure goes to the exception handler, since nobody has its future. */
  void execute(Runnable command) {
    Objects.requireNonNull(command, "command");
    Work<@Nullable Void> work = new Work<>(new VoidCallable(command::run), command);
    work.nobodyAsks = true;
    work.handIn();
  }

  /** Returns how many pieces of work wait for their task to be made. By any thread. */
  int notBegun() {
    return notBegun.get();
  }

  /** Returns a future that fails if the loop closes before it is done. */
  @SuppressWarnings("CollectionUndefinedEquality") // a CompletableFuture is equal to itself only
  <T extends @Nullable Object> CompletableFuture<T> promise() {
    CompletableFuture<T> promised = new CompletableFuture<>();
    promises.add(promised);
    promised.whenComplete((_, _) -> promises.remove(promised));
    if (loop.isClosed()) {
      promised.completeExceptionally(closedBefore("the future"));
    }
    return promised;
  }

  void shutdown() {
    shutDown = true;
    checkTermination();
  }

  List<Runnable> shutdownNow() {
    shutDown = true;
    List<Runnable> neverBegun =
        open.stream()
            .sorted(Comparator.comparingLong(work -> work.number))
            .filter(Work::stop)
            .map(work -> work.asRunnable)
            .toList();
    checkTermination();
    return neverBegun;
  }

  boolean isShutDown() {
    return shutDown;
  }

  boolean isTerminated() {
    return terminated.isDone();
  }

  /** Returns a future of the termination that may be cancelled without effect on others. */
  CompletableFuture<@Nullable Void> termination() {
    return terminated.copy();
  }

  private void checkTermination() {
    if (shutDown && open.isEmpty() && terminated.complete(null)) {
      loop.endRunWithWork();
    }
  }

  /** Ends what will never end by itself, since the loop was closed. */
  void close() {
    shutDown = true;
    open.forEach(work -> work.outside.completeExceptionally(closedBefore("the task")));
    open.clear();
    promises.forEach(promised -> promised.completeExceptionally(closedBefore("the future")));
    terminated.complete(null);
  }

  private IllegalStateException closedBefore(String what) {
    return new IllegalStateException(
        "loop " + loop.name() + " closed before " + what + " was done");
  }

  private RejectedExecutionException rejection() {
    return new RejectedExecutionException(
        "loop "
            + loop.name()
            + (loop.isClosed() ? " is closed" : " was shut down")
            + " and takes no more work");
  }

  private final class Work<T extends @Nullable Object> extends ReadyNode {
    private final long number = sequence.incrementAndGet();
    private final CompletableFuture<T> outside = new CompletableFuture<>();
    private final Callable<? extends T> coroutine;
    private final Runnable asRunnable;
    private final @Nullable Object createdAt;
    private final @Nullable ClassLoader contextClassLoader =
        Thread.currentThread().getContextClassLoader();
    private final Context context = Context.copyCurrent();
    private final AtomicBoolean claimed = new AtomicBoolean();
    private boolean nobodyAsks;

    Work(Callable<? extends T> coroutine, Runnable asRunnable) {
      Objects.requireNonNull(coroutine, "coroutine");
      this.coroutine = HookSnapshots.around(HookSnapshots.capture(loop), coroutine);
      this.asRunnable = asRunnable;
      this.createdAt = CreationSite.of(coroutine);
    }

    void handIn() {
      notBegun.incrementAndGet();
      open.add(this);
      if (shutDown) {
        withdraw();
        throw rejection();
      }
      if (loop.isOnLoop()) {
        fire();
      } else if (!loop.enqueue(this)) {
        withdraw();
        throw rejection();
      } else {
        outside.whenComplete((_, _) -> withdraw());
      }
    }

    /** Keeps it from beginning; returns whether that was in time. */
    private boolean withdraw() {
      if (!claimed.compareAndSet(false, true)) {
        return false;
      }
      notBegun.decrementAndGet();
      open.remove(this);
      checkTermination();
      return true;
    }

    /** Stops it, and returns whether it never began. */
    boolean stop() {
      boolean inTime = withdraw();
      outside.cancel(false);
      return inTime;
    }

    @Override
    void fire() {
      if (!claimed.compareAndSet(false, true)) {
        return;
      }
      TaskOptions options = TaskOptions.defaults().withContext(context).withCreatedAt(createdAt);
      Task<T> task;
      try {
        task = loop.newTask(options, coroutine);
      } catch (RuntimeException | Error e) { // of the loop's task factory, or of a context hook
        neverBegan(e);
        return;
      } finally {
        notBegun.decrementAndGet(); // after it counts as a task, so that it is never missed
      }
      task.contextClassLoader(contextClassLoader);
      task.addDoneCallback(this::ended);
      outside.whenComplete(
          (_, _) -> {
            if (outside.isCancelled()) {
              task.cancel();
            }
          });
    }

    private void neverBegan(Throwable failure) {
      if (nobodyAsks) {
        loop.report("no task could be made of work given to execute", failure);
      }
      outside.completeExceptionally(failure);
      open.remove(this);
      checkTermination();
    }

    private void ended(Future<T> task) {
      StageBridge.pass(task, outside);
      if (nobodyAsks && task.state() == java.util.concurrent.Future.State.FAILED) {
        loop.report("Exception in work given to execute: " + task, task.exceptionNow());
      }
      open.remove(this);
      checkTermination();
    }
  }
}
