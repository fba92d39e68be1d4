package io.asyncio4j;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The tasks that took something and have not given it back, as far as that can be told: what one
 * task takes, another may give back. For reports only.
 */
final class Holders {
  private static final int FIRST_PRUNING = 16;

  private final Map<Task<?>, Integer> counts = new LinkedHashMap<>();
  private int pruneAbove = FIRST_PRUNING;

  void took(@Nullable Task<?> task) {
    if (task == null) {
      return;
    }
    counts.merge(task, 1, Integer::sum);
    if (counts.size() > pruneAbove) {
      counts.keySet().removeIf(Task::isDone); // they will give nothing back
      pruneAbove = Math.max(FIRST_PRUNING, 2 * counts.size());
    }
  }

  /** Notes that something was given back: what the task took, else what was taken first. */
  void gaveBack(@Nullable Task<?> task) {
    if (counts.isEmpty()) {
      return;
    }
    Task<?> holder =
        task != null && counts.containsKey(task) ? task : counts.keySet().iterator().next();
    counts.computeIfPresent(holder, (_, count) -> count == 1 ? null : count - 1);
  }

  /** Returns the tasks, the one that took first at first. */
  List<Task<?>> tasks() {
    return List.copyOf(counts.keySet());
  }
}
