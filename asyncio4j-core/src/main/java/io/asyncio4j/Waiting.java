package io.asyncio4j;

import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.SequencedSet;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * How tasks wait for futures: the engines of {@code waitUntil}, {@code waitFor} and {@code shield}.
 */
final class Waiting {
  /* From asyncio 3.14's tasks.py. */

  private static final Consumer<Future<?>> REPORT_FAILURE = Waiting::reportFailure;

  private Waiting() {}

  static <F extends Future<?>> WaitResult<F> until(
      ReturnWhen condition, Collection<F> futures, @Nullable Duration atMost) {
    EventLoop loop = EventLoop.running();
    SequencedSet<F> all = LinkedHashSet.newLinkedHashSet(futures.size());
    for (F future : futures) {
      loop.checkBelongs(future);
      all.add(future);
    }
    if (all.isEmpty()) {
      throw new IllegalArgumentException("there is no future to wait for");
    }
    Future<@Nullable Void> met =
        new ProxyFuture<>(loop, "waitUntil(" + condition + ") of " + all.size(), () -> all);
    Runnable release =
        () -> {
          if (!met.isDone()) {
            met.succeed(null);
          }
        };
    TimerHandle timer = atMost == null ? null : loop.callLater(atMost, release);
    Consumer<Future<?>> count =
        new Consumer<>() {
          private int pending = all.size();

          @Override
          public void accept(Future<?> future) {
            pending--;
            boolean enough =
                switch (condition) {
                  case FIRST_COMPLETED -> true;
                  case FIRST_EXCEPTION -> !future.isCancelled() && future.exception() != null;
                  case ALL_COMPLETED -> false;
                };
            if (enough || pending == 0) {
              release.run();
            }
          }
        };
    Consumer<Future<?>> onDone = new Dependent.Callback<>(met, count);
    all.forEach(future -> future.addDoneCallback(onDone));
    SequencedSet<F> pending = new LinkedHashSet<>();
    try {
      met.await();
    } finally {
      if (timer != null) {
        timer.cancel();
      }
      for (F future : all) {
        if (!future.isDone()) {
          future.removeDoneCallback(onDone);
          pending.add(future);
        }
      }
    }
    all.removeAll(pending);
    return new WaitResult<>(all, pending);
  }

  static <T extends @Nullable Object, X extends Exception> T waitFor(
      ThrowingCallable<T, X> coroutine, Duration limit) throws X {
    if (limit.isPositive()) {
      return Timeout.after(limit).run(coroutine);
    }
    Asyncio.sleep(Duration.ZERO); // so that a task that polls does not hold the loop
    throw new TimeoutException(notDoneWithin(limit), null);
  }

  static <T extends @Nullable Object, X extends Exception> T waitForAny(
      Callable<? extends T> coroutine, Duration limit) throws X {
    Objects.requireNonNull(coroutine, "coroutine");
    if (coroutine instanceof Future<?>) {
      return Waiting.<T, X>waitForFuture(EventLoop.running().ensureFuture(coroutine), limit);
    }
    return Waiting.<T, X>waitFor(
        () -> {
          try {
            return coroutine.call();
          } catch (Exception e) {
            throw Rethrow.<RuntimeException>as(e);
          }
        },
        limit);
  }

  private static <T extends @Nullable Object, X extends Exception> T waitForFuture(
      Future<T> future, Duration limit) throws X {
    if (limit.isPositive()) {
      Timeout timeout = Timeout.after(limit);
      try {
        return timeout.<T, X>run(() -> future.<X>await());
      } catch (TimeoutException e) {
        if (future.state() == java.util.concurrent.Future.State.SUCCESS) {
          return future.result(); // it came in the turn of the deadline
        }
        throw e;
      }
    }
    if (future.isDone()) {
      return future.<X>result();
    }
    future.cancel();
    until(ReturnWhen.ALL_COMPLETED, Set.of(future), null);
    try {
      return future.<X>result();
    } catch (CancellationException e) {
      throw new TimeoutException(notDoneWithin(limit), e);
    }
  }

  private static String notDoneWithin(Duration limit) {
    return "not done within " + limit;
  }

  static <T extends @Nullable Object> Future<T> shield(
      EventLoop loop, Callable<? extends T> coroutine) {
    Future<T> inner = loop.ensureFuture(coroutine);
    if (inner.isDone()) {
      return inner;
    }
    Future<T> outer = new ProxyFuture<>(loop, "shield", () -> List.of(inner));
    Consumer<Future<T>> pass =
        new Dependent.Callback<>(
            outer,
            _ -> {
              if (outer.isCancelled()) {
                reportFailure(inner);
              } else {
                switch (inner.state()) {
                  case SUCCESS -> outer.succeed(inner.result());
                  case FAILED -> outer.fail(inner.exceptionNow());
                  default -> outer.cancel();
                }
              }
            });
    inner.addDoneCallback(pass);
    outer.addDoneCallback(
        _ -> {
          if (!inner.isDone() && inner.removeDoneCallback(pass) > 0) {
            inner.removeDoneCallback(
                REPORT_FAILURE); // that of another shield: one report is enough
            inner.addDoneCallback(REPORT_FAILURE);
          }
        });
    return outer;
  }

  private static void reportFailure(Future<?> inner) {
    if (inner.state() == java.util.concurrent.Future.State.FAILED) {
      inner.owner().report(inner + ": exception in shielded future", inner.exceptionNow());
    }
  }
}
