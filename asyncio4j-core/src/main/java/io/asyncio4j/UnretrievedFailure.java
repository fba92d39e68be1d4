package io.asyncio4j;

import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The failure of a future that nobody has asked for so far. The loop keeps it until somebody does.
 */
final class UnretrievedFailure extends WeakReference<Future<?>> {
  private final AtomicBoolean settled = new AtomicBoolean();
  private final EventLoop loop;
  private final String what;
  private final Throwable exception;
  private final @Nullable Object createdAt;
  private final @Nullable String awaited;

  UnretrievedFailure(
      Future<?> future, Throwable exception, ReferenceQueue<? super Future<?>> collected) {
    super(future, collected);
    this.loop = future.owner();
    this.what = future.describe();
    this.exception = exception;
    this.createdAt = future.createdAt();
    this.awaited = future.awaitedWhenItFailedWith(exception);
  }

  Throwable exception() {
    return exception;
  }

  /** Notes that somebody asked for the failure. May be called by any thread. */
  void retrieved() {
    if (settled.compareAndSet(false, true)) {
      loop.errors().forget(this);
    }
  }

  void report() {
    if (settled.compareAndSet(false, true)) {
      String kind = what.startsWith("Task") ? "Task" : "Future";
      StringBuilder text = new StringBuilder(kind).append(" exception was never retrieved: ");
      text.append(what).append(" (FAILED)");
      if (createdAt != null) {
        text.append(", created at ").append(createdAt);
      }
      if (awaited != null) {
        text.append(", while awaiting ").append(awaited);
      }
      loop.report(text.toString(), exception);
    }
  }
}
