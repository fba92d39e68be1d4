package io.asyncio4j;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What runs blocking calls for one loop on other threads, and brings their results back. */
final class LoopExecutor {
  /* Platform threads, as many as asyncio has: CPU work on the JDK's virtual threads starves the
  pollers on which all socket reads of the JVM depend. */

  private static final int MAX_THREADS = 32;
  private static final int THREADS_BESIDE_CPUS = 4;
  private static final long IDLE_SECONDS = 30;

  private final EventLoop loop;
  private @Nullable ExecutorService pool;
  private boolean poolIsOurs;
  private boolean shutDown;
  private int pendingJobs;

  LoopExecutor(EventLoop loop) {
    this.loop = loop;
  }

  boolean hasPendingJobs() {
    return pendingJobs > 0;
  }

  int pendingJobs() {
    return pendingJobs;
  }

  <T extends @Nullable Object> Future<T> run(@Nullable Executor on, Callable<? extends T> call) {
    loop.checkThread("runInExecutor");
    loop.checkOpen();
    if (on instanceof ProcessPoolExecutor processes) {
      return runInProcess(processes, call);
    }
    Executor target = on != null ? on : pool();
    Future<T> future = loop.createFuture();
    Job<T> job = new Job<>(future, call);
    future.addWaiter(job);
    pendingJobs++;
    try {
      target.execute(job);
    } catch (RuntimeException | Error e) {
      job.abandon();
      throw e;
    }
    return future;
  }

  /** Runs a call in another process, to which not the job of a thread can go but the call. */
  private <T extends @Nullable Object> Future<T> runInProcess(
      ProcessPoolExecutor processes, Callable<? extends T> call) {
    PoolTask<T> task = processes.submitTask(call);
    PoolFuture<T> future = new PoolFuture<>(loop, task);
    pendingJobs++;
    task.whenComplete((result, failure) -> future.deliver(result, failure, () -> pendingJobs--));
    return future;
  }

  private Executor pool() {
    if (shutDown) {
      throw new IllegalStateException(
          "the default executor of loop " + loop.name() + " was shut down");
    }
    ExecutorService existing = pool;
    if (existing != null) {
      return existing;
    }
    int threads =
        Math.min(MAX_THREADS, Runtime.getRuntime().availableProcessors() + THREADS_BESIDE_CPUS);
    ThreadPoolExecutor created =
        new ThreadPoolExecutor(
            threads,
            threads,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            Thread.ofPlatform()
                .name("asyncio4j-" + loop.name() + "-executor-", 0)
                .daemon()
                .factory());
    created.allowCoreThreadTimeOut(true);
    pool = created;
    poolIsOurs = true;
    return created;
  }

  void use(ExecutorService replacement) {
    loop.checkThread("setDefaultExecutor");
    loop.checkOpen();
    if (replacement == loop) {
      throw new IllegalArgumentException(
          "loop "
              + loop.name()
              + " cannot be its own default executor: blocking calls would hold it");
    }
    if (replacement instanceof ProcessPoolExecutor) {
      throw new IllegalArgumentException(
          replacement
              + " cannot be a default executor, since toThread and resolve hand that calls which"
              + " cannot be sent to a process; give it to runInExecutor, or use its call method");
    }
    if (pool != null && poolIsOurs) {
      pool.shutdown();
    }
    pool = replacement;
    poolIsOurs = false;
  }

  boolean shutdown(Duration atMost) {
    shutDown = true;
    ExecutorService existing = pool;
    if (existing == null) {
      return true;
    }
    existing.shutdown();
    Executor waiting =
        Thread.ofPlatform().name("asyncio4j-" + loop.name() + "-shutdown").daemon()::start;
    return this.<Boolean>run(
            waiting, () -> existing.awaitTermination(atMost.toNanos(), TimeUnit.NANOSECONDS))
        .await();
  }

  void close() {
    if (pool != null) {
      pool.shutdown();
    }
  }

  /**
   * A call in an executor: the waiter that its cancelled future tells, and the entry of the loop's
   * queue that brings the outcome back.
   */
  private final class Job<T extends @Nullable Object> extends ReadyNode
      implements Runnable, Consumer<Future<T>> {
    private final Future<T> future;
    private final Callable<? extends T> call;
    private final @Nullable ClassLoader contextClassLoader =
        Thread.currentThread().getContextClassLoader();
    private final AtomicBoolean claimed = new AtomicBoolean();
    private @Nullable T result;
    private @Nullable Throwable failure;

    Job(Future<T> future, Callable<? extends T> call) {
      this.future = future;
      this.call = call;
    }

    /** Keeps a call that has not begun from beginning. On the loop's thread. */
    void abandon() {
      if (claimed.compareAndSet(false, true)) {
        pendingJobs--;
      }
    }

    @Override
    public void accept(Future<T> done) {
      abandon();
    }

    @Override
    public void run() {
      if (future.isDone() || !claimed.compareAndSet(false, true)) {
        return; // cancelled; the callback that abandons it may still be on its way
      }
      Thread thread = Thread.currentThread();
      ClassLoader before = thread.getContextClassLoader();
      thread.setContextClassLoader(contextClassLoader);
      try {
        result = call.call();
      } catch (Throwable e) { // whatever the call throws is its outcome
        failure = e;
      } finally {
        thread.setContextClassLoader(before);
      }
      if (!loop.enqueueFromOutside(this) && failure != null) {
        loop.report("a call in an executor failed after its loop had closed", failure);
      }
    }

    @Override
    @SuppressWarnings("NullAway") // a call without a failure has a result, null only where T is
    void fire() {
      pendingJobs--;
      if (future.isDone()) {
        return;
      }
      future.removeWaiter(this);
      if (failure == null) {
        future.succeed(result);
      } else {
        future.fail(failure);
      }
    }
  }
}
