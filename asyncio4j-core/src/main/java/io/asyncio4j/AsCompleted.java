package io.asyncio4j;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The futures of {@link Asyncio#asCompleted}, in the order in which they get done. */
final class AsCompleted<T extends @Nullable Object> implements Iterable<Future<T>> {
  /* From asyncio 3.14's _AsCompletedIterator, in the form that yields the original futures. */

  private final EventLoop loop = EventLoop.running();
  private final boolean begunInShutdown = loop.isShuttingDown();
  private final Iterator<? extends Callable<? extends T>> toStart;
  private final int maxRunning;
  private final @Nullable Duration limit;
  private final @Nullable TimerHandle timer;
  private final Set<Future<T>> pending = new HashSet<>();
  private final Queue<Future<T>> done = new ArrayDeque<>();
  private final Consumer<Future<T>> onDone = new OnDone();
  private final @Nullable Object createdAt = CreationSite.walk();
  private final @Nullable HookSnapshots ofCreator = HookSnapshots.capture(loop);
  private @Nullable Future<@Nullable Void> waiter;
  private boolean expired;

  /**
   * How many futures were missing when the time ran out, less those that next() has answered for.
   */
  private int missing;

  private boolean iterated;

  private final class OnDone implements Dependent, Consumer<Future<T>> {
    @Override
    public void accept(Future<T> future) {
      onDone(future);
    }

    @Override
    public @Nullable Future<?> dependent() {
      return waiter;
    }
  }

  AsCompleted(
      @Nullable Limit atOnce,
      Collection<? extends Callable<? extends T>> coroutines,
      @Nullable Duration timeout) {
    toStart = distinct(coroutines).iterator();
    maxRunning = atOnce == null ? Integer.MAX_VALUE : atOnce.max();
    limit = timeout;
    timer = timeout == null || coroutines.isEmpty() ? null : loop.callLater(timeout, this::expire);
    startMore();
  }

  /** Leaves the repetitions of a future out, and throws if one belongs to another loop. */
  private List<Callable<? extends T>> distinct(
      Collection<? extends Callable<? extends T>> coroutines) {
    Set<Future<?>> futures = new HashSet<>();
    List<Callable<? extends T>> distinct = new ArrayList<>(coroutines.size());
    for (Callable<? extends T> coroutine : Coroutines.copyOf(coroutines)) {
      if (coroutine instanceof Future<?> future) {
        loop.checkBelongs(future);
        if (!futures.add(future)) {
          continue;
        }
      }
      distinct.add(coroutine);
    }
    return distinct;
  }

  private void startMore() {
    while (pending.size() < maxRunning && toStart.hasNext()) {
      Callable<? extends T> coroutine = toStart.next();
      Future<T> future =
          coroutine instanceof Future<?>
              ? loop.ensureFuture(coroutine)
              : loop.newTask(null, HookSnapshots.around(ofCreator, coroutine), createdAt);
      pending.add(future);
      future.addDoneCallback(onDone);
    }
  }

  private void onDone(Future<T> future) {
    if (expired) {
      return; // it was done in the turn in which the time ran out
    }
    pending.remove(future);
    done.add(future);
    if (loop.isShuttingDown() && !begunInShutdown) {
      toStart.forEachRemaining(_ -> {}); // the run is over; what has not begun never does
    }
    startMore();
    if (timer != null && pending.isEmpty()) {
      timer.cancel();
    }
    wakeIterator();
  }

  private void expire() {
    expired = true;
    missing = pending.size();
    for (; toStart.hasNext(); toStart.next()) {
      missing++;
    }
    pending.forEach(future -> future.removeDoneCallback(onDone));
    pending.clear();
    wakeIterator();
  }

  private void wakeIterator() {
    if (waiter != null && !waiter.isDone()) {
      waiter.succeed(null);
    }
  }

  @Override
  public Iterator<Future<T>> iterator() {
    if (iterated) {
      throw new IllegalStateException("asCompleted(...) can be iterated once; call it again");
    }
    iterated = true;
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return !done.isEmpty() || !pending.isEmpty() || missing > 0;
      }

      @Override
      public Future<T> next() {
        if (!hasNext()) {
          throw new NoSuchElementException("all futures were given out");
        }
        return nextDone();
      }
    };
  }

  private Future<T> nextDone() {
    while (true) {
      Future<T> first = done.poll();
      if (first != null) {
        return first;
      }
      if (expired) {
        String left = missing-- + " of the futures of asCompleted(...) were not done within ";
        throw new TimeoutException(left + limit, null);
      }
      if (waiter != null) {
        throw new IllegalStateException(
            "another task waits in next() of this asCompleted(...); only one task at a time may");
      }
      Future<@Nullable Void> next =
          new ProxyFuture<>(loop, "the next of asCompleted", () -> pending);
      waiter = next;
      try {
        next.await();
      } finally {
        waiter = null;
      }
    }
  }
}
