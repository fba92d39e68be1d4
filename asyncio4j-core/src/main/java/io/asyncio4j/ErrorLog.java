package io.asyncio4j;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The thread on which loops log.
 *
 * <p>An appender may block on a lock that a suspended task holds. On the loop's thread that would
 * be a deadlock, so nothing is logged there.
 */
final class ErrorLog {
  /** Found when something is logged: to look for it opens every jar of the class path. */
  private static final class Log {
    static final Logger LOGGER = System.getLogger("io.asyncio4j");
  }

  private static final ThreadPoolExecutor THREAD =
      new ThreadPoolExecutor(
          1,
          1,
          1,
          TimeUnit.SECONDS,
          new LinkedBlockingQueue<>(),
          Thread.ofPlatform().name("asyncio4j-log").daemon().factory());

  static {
    THREAD.allowCoreThreadTimeOut(true);
  }

  /** How many records are not written yet: the executor's own counts are estimates. */
  private static final AtomicInteger UNWRITTEN = new AtomicInteger();

  private ErrorLog() {}

  static void error(String message, @Nullable Throwable exception) {
    execute(() -> write(Level.ERROR, message, exception));
  }

  static void warning(String message) {
    execute(() -> write(Level.WARNING, message, null));
  }

  /** Writes to the log; a method of its own, since the JDK's logger names it in each entry. */
  private static void write(Level level, String message, @Nullable Throwable exception) {
    Log.LOGGER.log(level, message, exception);
  }

  private static void execute(Runnable writing) {
    UNWRITTEN.incrementAndGet();
    THREAD.execute(
        () -> {
          try {
            writing.run();
          } finally {
            UNWRITTEN.decrementAndGet();
          }
        });
  }

  /** Waits until all that was logged so far is written, but not for ever. Not in a task. */
  static void flush(Duration atMost) {
    if (UNWRITTEN.get() == 0) {
      return;
    }
    boolean interrupted = false;
    try {
      THREAD.submit(() -> {}).get(atMost.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      interrupted = true;
    } catch (TimeoutException e) {
      Log.LOGGER.log(Level.WARNING, "the log did not take all errors within {0}", atMost);
    } catch (ExecutionException e) {
      throw new AssertionError("an empty job failed", e);
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
