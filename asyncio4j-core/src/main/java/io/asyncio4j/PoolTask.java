package io.asyncio4j;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A task of a {@link ProcessPoolExecutor} and its outcome. Any thread may use it. */
class PoolTask<T extends @Nullable Object> extends CompletableFuture<T> {
  private final ProcessPoolExecutor pool;
  private final Callable<?> body;
  private final byte[] bytes;

  /** What runs it, while it runs; the pool's lock guards it. */
  @Nullable WorkerJvm runsOn;

  PoolTask(ProcessPoolExecutor pool, Callable<?> body, byte[] bytes) {
    this.pool = pool;
    this.body = body;
    this.bytes = bytes;
  }

  ProcessPoolExecutor pool() {
    return pool;
  }

  Callable<?> body() {
    return body;
  }

  byte[] bytes() {
    return bytes;
  }

  /** Ends it with what its body returned in the worker. */
  @SuppressWarnings({"unchecked", "NullAway"}) // it is what the body returns, which makes a T
  void succeed(@Nullable Object result) {
    complete((T) result);
  }

  /**
   * Cancels it. One that waits never begins.
   *
   * @param killIfRunning whether its worker is killed if it runs; else the worker finishes it
   */
  @Override
  public boolean cancel(boolean killIfRunning) {
    boolean cancelled = super.cancel(killIfRunning);
    if (cancelled) {
      pool.cancelled(this, killIfRunning);
    }
    return cancelled;
  }

  /** Returns what does its work in the thread that runs it. */
  Runnable asRunnable() {
    return () -> Rethrow.call(body);
  }

  @Override
  public String toString() {
    return "task " + Serialized.nameOf(body) + " (" + state() + ")";
  }
}
