package io.asyncio4j;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The tasks that took something and have not given it back, as far as that can be told: what one
 * task takes, another may give back. For reports only.
 */
final class Holders {
  /* Mostly few things are held, and a short list is searched faster than a map of tasks, which hash by
  identity. So the first go to the list, and those that find it full to the map. */

  private static final int FEW = 16;

  /** The tasks that took first, once for each thing. */
  private final ArrayList<Task<?>> first = new ArrayList<>(0);

  /** The tasks that took after them, and how many things. */
  private final Map<Task<?>, Integer> others = new LinkedHashMap<>(0);

  private int pruneAbove = FEW;

  void took(@Nullable Task<?> task) {
    if (task == null) {
      return;
    }
    if (first.size() < FEW && others.isEmpty()) {
      first.add(task);
      return;
    }
    others.merge(task, 1, Integer::sum);
    if (others.size() > pruneAbove) { // those that are done will give nothing back
      first.removeIf(Task::isDone);
      others.keySet().removeIf(Task::isDone);
      pruneAbove = Math.max(FEW, 2 * others.size());
    }
  }

  /** Notes that something was given back: what the task took, else what was taken first. */
  void gaveBack(@Nullable Task<?> task) {
    if (task != null && (first.remove(task) || giveBackOther(task))) {
      return;
    }
    if (!first.isEmpty()) {
      first.removeFirst();
    } else if (!others.isEmpty()) {
      giveBackOther(others.keySet().iterator().next());
    }
  }

  private boolean giveBackOther(Task<?> task) {
    if (!others.containsKey(task)) {
      return false;
    }
    others.computeIfPresent(task, (_, count) -> count == 1 ? null : count - 1);
    return true;
  }

  /** Returns the tasks, the one that took first at first. */
  List<Task<?>> tasks() {
    Set<Task<?>> tasks = new LinkedHashSet<>(first);
    tasks.addAll(others.keySet());
    return List.copyOf(tasks);
  }
}
