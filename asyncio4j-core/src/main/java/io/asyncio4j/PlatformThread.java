package io.asyncio4j;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/**
 * A platform thread that does one call for a virtual thread, which waits: no loop can run on the
 * latter.
 */
final class PlatformThread {
  private PlatformThread() {}

  /**
   * Returns what the call returns, or throws what it throws.
   *
   * @param onInterrupt is run each time the waiting thread is interrupted, which goes on waiting
   */
  static <T extends @Nullable Object> T call(String name, Callable<T> call, Runnable onInterrupt) {
    FutureTask<T> result = new FutureTask<>(call);
    Thread thread = Thread.ofPlatform().name(name).unstarted(result);
    thread.setContextClassLoader(Thread.currentThread().getContextClassLoader());
    thread.start();
    boolean interrupted = false;
    try {
      while (true) {
        try {
          T value = result.get();
          thread.join(); // so that nothing of the loop is left when the caller goes on
          return value;
        } catch (InterruptedException e) {
          interrupted = true;
          if (!result.isDone()) {
            onInterrupt.run();
          }
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
}
