package io.asyncio4j;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * A thread of a loop's own, for callers on whose threads the loop cannot run. It is the same one
 * for all runs of the loop, since a backend may be bound to its thread.
 */
final class LoopThread implements AutoCloseable {
  private final ExecutorService executor;
  private volatile @Nullable Thread thread;

  LoopThread(Thread.Builder builder) {
    executor =
        Executors.newSingleThreadExecutor(
            work -> {
              Thread created = builder.unstarted(work);
              thread = created;
              return created;
            });
  }

  /**
   * Runs a call on this thread while the caller waits; returns what it returns, or throws what it
   * throws.
   *
   * @param onInterrupt is run when the waiting thread is interrupted, which goes on waiting; its
   *     flag is set afterwards
   */
  <T extends @Nullable Object> T call(Callable<T> call, Runnable onInterrupt) {
    ClassLoader loader = Thread.currentThread().getContextClassLoader();
    Future<T> result =
        executor.submit(
            () -> {
              Thread.currentThread().setContextClassLoader(loader);
              return call.call();
            });
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return result.get();
        } catch (InterruptedException e) {
          interrupted = true;
          onInterrupt.run();
        }
      }
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      throw Rethrow.<RuntimeException>as(cause != null ? cause : e);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  boolean isCurrent() {
    return Thread.currentThread() == thread;
  }

  /** Ends the thread, which has nothing to do, and waits for that. */
  @Override
  public void close() {
    executor.close();
    boolean interrupted = false;
    Thread ended = thread;
    while (ended != null && ended.isAlive()) {
      try {
        ended.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
