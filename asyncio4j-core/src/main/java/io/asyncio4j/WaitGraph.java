package io.asyncio4j;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** Who waits for what: the tasks of a loop, the futures they await, and what these wait for. */
final class WaitGraph {
  private final Map<Future<?>, List<Future<?>>> waitsFor = new LinkedHashMap<>();

  /** Takes what can be reached from some tasks. On the loop's thread. */
  WaitGraph(Collection<? extends Task<?>> tasks) {
    Deque<Future<?>> open = new ArrayDeque<>(tasks);
    while (!open.isEmpty()) {
      Future<?> future = open.poll();
      if (!waitsFor.containsKey(future)) {
        List<Future<?>> others = List.copyOf(future.waitsFor());
        waitsFor.put(future, others);
        open.addAll(others);
      }
    }
  }

  List<Future<?>> waitsFor(Future<?> future) {
    return waitsFor.getOrDefault(future, List.of());
  }

  /**
   * Tells whether any of the futures may still get done.
   *
   * @param fromOutside whether code that runs on another thread has a way to reach the loop
   */
  boolean canAnyGoOn(boolean fromOutside) {
    // A wait for several things is taken to end with any of them, so that no wait is called
    // hopeless
    // that is not. What nobody holds, somebody outside may give: an item of a queue, an event.
    for (Map.Entry<Future<?>, List<Future<?>>> entry : waitsFor.entrySet()) {
      if (entry.getValue().isEmpty() && canGoOnByItself(entry.getKey(), fromOutside)) {
        return true;
      }
    }
    return false;
  }

  private static boolean canGoOnByItself(Future<?> future, boolean fromOutside) {
    if (future instanceof Task<?> task) {
      return !task.isDone(); // it does not await; a task that has ended gives nothing any more
    }
    if (future instanceof ProxyFuture<?> || future instanceof GatheringFuture<?, ?>) {
      return true; // what it waited for is done, and it is about to be
    }
    return future.isDone() || fromOutside;
  }

  /** Tells whether a future cannot get done before all that it waits for; any may do for others. */
  boolean needsAllItWaitsFor(Future<?> future) {
    return waitsFor(future).size() == 1 || future instanceof GatheringFuture<?, ?>;
  }

  /** Returns the circles of futures that wait for one another, each beginning where it was met. */
  List<List<Future<?>>> cycles() {
    return cycles(waitsFor.keySet(), this::waitsFor);
  }

  /** Returns the circles of a graph, each without its first node repeated at the end. */
  static <N> List<List<N>> cycles(
      Collection<N> nodes, Function<? super N, ? extends Collection<N>> successors) {
    List<List<N>> found = new ArrayList<>();
    Set<N> finished = new HashSet<>();
    for (N start : nodes) {
      if (finished.contains(start)) {
        continue;
      }
      List<N> path = new ArrayList<>();
      Set<N> onPath = new HashSet<>();
      Deque<Iterator<N>> open = new ArrayDeque<>();
      path.add(start);
      onPath.add(start);
      open.push(List.copyOf(successors.apply(start)).iterator());
      while (!open.isEmpty()) {
        if (!open.element().hasNext()) {
          open.pop();
          N left = path.removeLast();
          onPath.remove(left);
          finished.add(left);
          continue;
        }
        N next = open.element().next();
        if (onPath.contains(next)) {
          found.add(List.copyOf(path.subList(path.indexOf(next), path.size())));
        } else if (!finished.contains(next)) {
          path.add(next);
          onPath.add(next);
          open.push(List.copyOf(successors.apply(next)).iterator());
        }
      }
    }
    return Collections.unmodifiableList(found);
  }
}
