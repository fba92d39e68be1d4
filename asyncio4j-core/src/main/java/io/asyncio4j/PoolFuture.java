package io.asyncio4j;

import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/** The outcome of a task of a {@link ProcessPoolExecutor}, for the tasks of a loop. */
final class PoolFuture<T extends @Nullable Object> extends Future<T> {
  private final PoolTask<T> task;

  PoolFuture(EventLoop loop, PoolTask<T> task) {
    super(loop);
    this.task = task;
  }

  /** Ends this future as the task has ended. On any thread. */
  @SuppressWarnings("NullAway") // a success has a result, null only where T allows it
  void deliver(@Nullable T result, @Nullable Throwable failure, Runnable first) {
    EventLoop loop = owner();
    try {
      loop.callSoonThreadsafe(
          () -> {
            first.run();
            if (isDone()) {
              return;
            }
            switch (failure) {
              case null -> succeed(result);
              case CancellationException cancelled -> cancelled(cancelled);
              default -> fail(failure);
            }
          });
    } catch (IllegalStateException closed) {
      if (failure != null && !(failure instanceof CancellationException)) {
        loop.report(task + " failed after its loop had closed", failure);
      }
    }
  }

  /** Kills what the task runs in at once, and not when callbacks have their turn. */
  @Override
  boolean doCancel(@Nullable String message) {
    boolean cancelled = super.doCancel(message);
    if (cancelled) {
      task.cancel(true);
    }
    return cancelled;
  }

  @Override
  String describe() {
    return Serialized.nameOf(task.body()) + " in " + task.pool();
  }
}
