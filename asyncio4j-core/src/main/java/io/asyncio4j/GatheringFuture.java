package io.asyncio4j;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The future that {@link Asyncio#gather} and {@link Asyncio#gatherResults} return. */
final class GatheringFuture<T extends @Nullable Object, R> extends Future<R> {
  /* From asyncio 3.14's gather and _GatheringFuture: the first failure is passed on at once and the others
  go on; cancelling this cancels the children; a cancelled child is a failure and does not cancel this.
  New is the limit: children are started when others end. */

  private final Iterator<? extends Callable<? extends T>> toStart;
  private final int maxRunning;
  private final boolean keepFailures;
  private final Collector<T, R> collector;
  private final List<Future<T>> children;
  private final Consumer<Future<T>> childDone = new Dependent.Callback<>(this, this::childDone);

  /** The children that were done when they were given. */
  private final Deque<Future<T>> doneBefore = new ArrayDeque<>(0);

  private final @Nullable Object createdAt = CreationSite.walk();
  private final @Nullable HookSnapshots ofCreator;
  private @Nullable Set<Future<?>> given;
  private @Nullable String cancelMessage;
  private final boolean begunInShutdown;
  private int running;
  private boolean cancelRequested;

  /** What turns the children, all done, into the result. */
  private interface Collector<T extends @Nullable Object, R> {
    R collect(List<Future<T>> children);
  }

  private GatheringFuture(
      EventLoop loop,
      @Nullable Limit limit,
      Collection<? extends Callable<? extends T>> coroutines,
      boolean keepFailures,
      Collector<T, R> collector) {
    super(loop);
    List<? extends Callable<? extends T>> all = Coroutines.copyOf(coroutines);
    for (Callable<? extends T> coroutine : all) { // before the first begins
      if (coroutine instanceof Future<?> future) {
        loop.checkBelongs(future);
      }
    }
    this.toStart = all.iterator();
    this.ofCreator = HookSnapshots.capture(loop);
    this.begunInShutdown = loop.isShuttingDown();
    this.maxRunning = limit == null ? Integer.MAX_VALUE : limit.max();
    this.keepFailures = keepFailures;
    this.collector = collector;
    this.children = new ArrayList<>(coroutines.size());
  }

  static <T extends @Nullable Object> Future<List<T>> list(
      EventLoop loop,
      @Nullable Limit limit,
      Collection<? extends Callable<? extends T>> coroutines) {
    return new GatheringFuture<T, List<T>>(
            loop, limit, coroutines, false, GatheringFuture::resultsInOrder)
        .begin();
  }

  static <T extends @Nullable Object> Future<GatheredResults<T>> results(
      EventLoop loop,
      @Nullable Limit limit,
      Collection<? extends Callable<? extends T>> coroutines) {
    return new GatheringFuture<T, GatheredResults<T>>(
            loop, limit, coroutines, true, GatheredResults::of)
        .begin();
  }

  private static <T extends @Nullable Object> List<T> resultsInOrder(List<Future<T>> children) {
    List<T> results = new ArrayList<>(children.size());
    for (Future<T> child : children) {
      results.add(child.result());
    }
    return Collections.unmodifiableList(results);
  }

  private GatheringFuture<T, R> begin() {
    owner().checkThread("gather");
    owner().checkOpen();
    startMore();
    settleDoneBefore();
    if (children.isEmpty()) {
      succeed(collector.collect(children));
    }
    return this;
  }

  private void startMore() {
    while (running < maxRunning && toStart.hasNext()) {
      Callable<? extends T> coroutine = toStart.next();
      Future<T> child;
      if (coroutine instanceof Future<?>) {
        child = owner().ensureFuture(coroutine);
        if (given == null) {
          given = new HashSet<>();
        }
        if (!given.add(child)) {
          children.add(child); // the same future again: one wait, two places in the result
          continue;
        }
      } else {
        child = owner().newTask(null, HookSnapshots.around(ofCreator, coroutine), createdAt);
      }
      children.add(child);
      running++;
      if (child.isDone()) {
        doneBefore.add(child);
      } else {
        child.addDoneCallback(childDone);
      }
    }
  }

  private void childDone(Future<T> child) {
    settle(child);
    settleDoneBefore();
  }

  /** Settles at once what need not be waited for, so that a gather of done futures is done. */
  private void settleDoneBefore() {
    for (Future<T> child = doneBefore.poll(); child != null; child = doneBefore.poll()) {
      settle(child);
    }
  }

  private void settle(Future<T> child) {
    running--;
    if (owner().isShuttingDown() && !begunInShutdown && toStart.hasNext()) {
      dropRest(); // the run is over
      cancelRequested = true;
    }
    if (!cancelRequested) {
      startMore();
    }
    if (isDone()) {
      retrieve(child);
      return;
    }
    if (!keepFailures) {
      if (child.isCancelled()) {
        fail(child.cancellation());
        return;
      }
      Throwable failure = child.exception();
      if (failure != null) {
        fail(failure);
        return;
      }
    }
    if (running > 0) {
      return;
    }
    if (cancelRequested) {
      children.forEach(GatheringFuture::retrieve);
      fail(Cancellation.create(cancelMessage));
    } else {
      succeed(collector.collect(children));
    }
  }

  /** Marks the failure of a child as seen, since this future stands for it. */
  private static void retrieve(Future<?> child) {
    if (!child.isCancelled()) {
      Throwable ignored = child.exception();
    }
  }

  @Override
  boolean isCancellable() {
    return !isDone() && (toStart.hasNext() || children.stream().anyMatch(Future::isCancellable));
  }

  @Override
  boolean doCancel(@Nullable String message) {
    if (!isCancellable()) {
      return false;
    }
    CancelWalk.passOn(acceptCancel(message), message);
    return true;
  }

  /** Takes a request to cancel, if it can do anything; returns the children that it is for. */
  List<? extends Future<?>> acceptCancel(@Nullable String message) {
    if (!isCancellable()) {
      return List.of();
    }
    dropRest();
    cancelRequested = true;
    cancelMessage = message;
    return children;
  }

  /** Forgets what has not begun, so that it never does. */
  private void dropRest() {
    toStart.forEachRemaining(_ -> {});
  }

  @Override
  Collection<? extends Future<?>> waitsFor() {
    return pendingOf(children);
  }

  @Override
  String describe() {
    return "gather of " + children.size();
  }

  @Override
  @Nullable Object createdAt() {
    return createdAt;
  }
}
