package io.asyncio4j.sql;

import io.asyncio4j.Asyncio;
import io.asyncio4j.EventLoop;
import io.asyncio4j.Task;
import io.asyncio4j.ThrowingCallable;
import java.sql.SQLException;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * The thread on which one connection of a database that runs inside this process does its work,
 * which would hold the loop.
 */
final class Worker {
  private final ExecutorService thread;
  private volatile @Nullable Thread running;

  Worker(String name) {
    thread =
        Executors.newSingleThreadExecutor(
            work -> {
              Thread made = Thread.ofPlatform().name(name).daemon().unstarted(work);
              running = made;
              return made;
            });
  }

  /** Runs a call on the thread. Suspends the calling task, if a task calls, until it has ended. */
  <T extends @Nullable Object> T run(ThrowingCallable<T, SQLException> call) throws SQLException {
    if (Thread.currentThread() == running) {
      return call.call();
    }
    CompletableFuture<T> done = new CompletableFuture<>();
    Runnable work =
        () -> {
          try {
            done.complete(call.call());
          } catch (Throwable e) { // whatever the call throws is its outcome
            done.completeExceptionally(e);
          }
        };
    Task<?> task = Asyncio.currentTask();
    if (task == null) {
      thread.execute(work);
    } else {
      // So that the loop knows that something is under way. A wait for its future would be ended by
      // a cancel, while the call goes on.
      EventLoop loop = task.loop();
      loop.runInExecutor(thread, Executors.callable(work));
    }
    try {
      return done.get();
    } catch (ExecutionException e) {
      throw Rethrow.<SQLException>as(Objects.requireNonNull(e.getCause()));
    } catch (InterruptedException e) {
      throw new SQLException(
          "the wait for " + thread + " was interrupted; the connection is lost", "08006", e);
    }
  }

  void shutdown() {
    thread.shutdown();
  }
}
