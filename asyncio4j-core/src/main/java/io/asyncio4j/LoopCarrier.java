package io.asyncio4j;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** What carries one loop and its tasks on threads. */
abstract class LoopCarrier implements AutoCloseable {
  private final Thread.Builder builder;

  // While the loop does not run, any one thread may use it; this is the one thing that stays.
  private @Nullable LoopThread ownThread;

  /**
   * Creates a carrier.
   *
   * @param builder makes the loop's own thread, for callers whose thread cannot run the loop
   */
  LoopCarrier(Thread.Builder builder) {
    this.builder = builder;
  }

  /** Returns a thread that is not started, for a task that is about to take its first step. */
  abstract TaskThread newThread(Task<?> task);

  /** Tells whether the loop can run on the calling thread. */
  abstract boolean canRunHere();

  /**
   * Cancels the task that holds the loop in a blocking call of another library, if there is one.
   * Nothing else of the loop goes on before that call ends. May be called by any thread.
   *
   * @param except a task that is left alone, since its cancel was asked for already
   */
  abstract void cancelHolder(Task<?> except, String message);

  /** Tells whether a call that ran on the loop's own thread must be followed by others there. */
  final boolean hasOwnThread() {
    return ownThread != null;
  }

  /** Runs a call on the loop's own thread while the caller waits, see {@link LoopThread#call}. */
  final <T extends @Nullable Object> T onOwnThread(Callable<T> call, Runnable onInterrupt) {
    LoopThread existing = ownThread;
    if (existing == null) {
      existing = new LoopThread(builder);
      ownThread = existing;
    }
    return existing.call(call, onInterrupt);
  }

  /** Tells whether the caller is the loop's own thread. */
  final boolean isOwnThread() {
    LoopThread existing = ownThread;
    return existing != null && existing.isCurrent();
  }

  /** Ends the loop's own thread. Not called by that thread. */
  @Override
  public void close() {
    LoopThread existing = ownThread;
    if (existing != null) {
      existing.close();
    }
  }
}
