package io.asyncio4j;

import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The ways between the futures of a loop and those of {@code java.util.concurrent}, in both
 * directions.
 */
final class StageBridge {
  private StageBridge() {}

  /** Returns a future of the loop with the outcome of a stage; cancelling it cancels the stage. */
  static <T extends @Nullable Object> Future<T> toFuture(
      EventLoop loop, CompletionStage<? extends T> stage) {
    loop.knownOutside(); // to whoever completes the stage
    Future<T> future = loop.createFuture();
    boolean readable = isReadable(stage);
    if (readable && stage instanceof CompletableFuture<? extends T> known && known.isDone()) {
      end(future, outcomeOf(known), failureOf(known));
      return future;
    }
    stage.whenComplete((result, failure) -> deliver(future, result, failure));
    if (readable && stage instanceof java.util.concurrent.Future<?> cancellable) {
      future.addDoneCallback(
          _ -> {
            if (future.isCancelled()) {
              cancellable.cancel(true);
            }
          });
    }
    return future;
  }

  /** Tells whether a stage that is a future can be used as one: a minimal stage refuses it. */
  private static boolean isReadable(CompletionStage<?> stage) {
    if (stage instanceof java.util.concurrent.Future<?> future) {
      try {
        future.isDone();
        return true;
      } catch (UnsupportedOperationException e) {
        return false;
      }
    }
    return false;
  }

  private static <T extends @Nullable Object> @Nullable T outcomeOf(CompletableFuture<T> done) {
    return done.isCompletedExceptionally() ? null : done.join();
  }

  private static @Nullable Throwable failureOf(CompletableFuture<?> done) {
    if (done.isCancelled()) {
      return Cancellation.create(null);
    }
    return done.isCompletedExceptionally() ? done.exceptionNow() : null;
  }

  /**
   * Returns a future of the loop with the outcome of any other; cancelling it cancels the other.
   */
  @SuppressWarnings("unchecked") // a future is only read, so its result type may be a wider one
  static <T extends @Nullable Object> Future<T> fromFuture(
      EventLoop loop, java.util.concurrent.Future<? extends T> other) {
    return switch (other) {
      case Future<?> ours when ours.owner() == loop -> (Future<T>) ours;
      case Future<?> ours -> toFuture(loop, (CompletionStage<T>) ours.toCompletableFuture());
      case CompletionStage<?> stage -> toFuture(loop, (CompletionStage<T>) stage);
      default -> waitOnThread(loop, other);
    };
  }

  private static <T extends @Nullable Object> Future<T> waitOnThread(
      EventLoop loop, java.util.concurrent.Future<? extends T> other) {
    loop.knownOutside(); // to the thread that waits
    Future<T> future = loop.createFuture();
    Thread.ofVirtual()
        .name("asyncio4j-wait")
        .inheritInheritableThreadLocals(false)
        .start(
            () -> {
              T result;
              try {
                result = other.get();
              } catch (Throwable e) { // whatever the other future throws is its outcome
                deliver(future, null, e);
                return;
              }
              deliver(future, result, null);
            });
    future.addDoneCallback(
        _ -> {
          if (future.isCancelled()) {
            other.cancel(true);
          }
        });
    return future;
  }

  @SuppressWarnings("NullAway") // a success has a result, null only where T allows it
  private static <T extends @Nullable Object> void deliver(
      Future<T> future, @Nullable T result, @Nullable Throwable failure) {
    EventLoop loop = future.owner();
    try {
      loop.callSoonThreadsafe(() -> end(future, result, failure));
    } catch (IllegalStateException closed) {
      if (failure != null) {
        loop.report("what was awaited on a loop failed after it had closed", failure);
      }
    }
  }

  @SuppressWarnings("NullAway") // a success has a result, null only where T allows it
  private static <T extends @Nullable Object> void end(
      Future<T> future, @Nullable T result, @Nullable Throwable failure) {
    if (future.isDone()) {
      return;
    }
    Throwable thrown = failure == null ? null : unwrap(failure);
    if (thrown == null) {
      future.succeed(result);
    } else if (thrown instanceof CancellationException cancelled) {
      future.cancelled(cancelled);
    } else {
      future.fail(thrown);
    }
  }

  /** Returns what was thrown, without what the JDK's futures put around it. */
  static Throwable unwrap(Throwable failure) {
    Throwable thrown = failure;
    while (thrown instanceof CompletionException || thrown instanceof ExecutionException) {
      Throwable cause = thrown.getCause();
      if (cause == null) {
        break;
      }
      thrown = cause;
    }
    return thrown;
  }

  /** Ends a CompletableFuture as a future of the loop has ended. */
  static <T extends @Nullable Object> void pass(Future<T> from, CompletableFuture<T> to) {
    switch (from.state()) {
      case SUCCESS -> to.complete(from.result());
      case FAILED -> to.completeExceptionally(from.exceptionNow());
      default -> to.cancel(false);
    }
  }

  /** Returns a CompletableFuture with the outcome of a future; cancelling it cancels the other. */
  static <T extends @Nullable Object> CompletableFuture<T> toCompletableFuture(Future<T> future) {
    EventLoop loop = future.owner();
    CompletableFuture<T> outside = loop.submissions().promise();
    if (future.isDone()) {
      pass(future, outside);
      return outside;
    }
    Runnable chain = () -> future.addDoneCallback(done -> pass(done, outside));
    if (loop.isOnLoop() || !loop.isRunning()) {
      chain.run();
    } else {
      try {
        loop.callSoonThreadsafe(chain);
      } catch (IllegalStateException closed) {
        outside.completeExceptionally(closed);
      }
    }
    outside.whenComplete(
        (_, _) -> {
          if (outside.isCancelled()) {
            future.cancel();
          }
        });
    return outside;
  }

  /**
   * Waits for a future of another thread's: in a task by suspending it, elsewhere by blocking.
   *
   * @param nanos the longest wait, of the loop's clock in a task, or {@link Long#MAX_VALUE}
   * @throws IllegalStateException in a callback of a loop, which it would hold
   */
  static <T extends @Nullable Object> T await(CompletableFuture<T> outside, long nanos)
      throws InterruptedException, ExecutionException, java.util.concurrent.TimeoutException {
    Task<?> task = Task.current();
    if (task != null) {
      return StageBridge.<T>toFuture(task.owner(), outside).get(nanos, TimeUnit.NANOSECONDS);
    }
    EventLoop running = EventLoop.currentOrNull();
    if (running != null && !outside.isDone()) {
      throw new IllegalStateException(
          "a callback of loop " + running.name() + " cannot wait; do this in a task");
    }
    return nanos == Long.MAX_VALUE ? outside.get() : outside.get(nanos, TimeUnit.NANOSECONDS);
  }
}
