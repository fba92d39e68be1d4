package io.asyncio4j;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** An order drawn from a seed for the tasks that are ready in one turn. */
final class Shuffle {
  /**
   * Unlike {@link java.util.Random}, it does not begin alike for seeds that are near each other.
   */
  private final SplittableRandom random;

  Shuffle(long seed) {
    random = new SplittableRandom(seed);
  }

  /** Mixes the tasks of a queue among the places that tasks have in it; callbacks stay. */
  void mix(ReadyQueue ready) {
    int size = ready.size();
    List<ReadyNode> nodes = new ArrayList<>(size);
    List<Integer> taskPlaces = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      ReadyNode node = ready.poll();
      if (node == null) {
        throw new AssertionError("a queue of " + size + " ended after " + i);
      }
      if (node instanceof TaskThread) {
        taskPlaces.add(i);
      }
      nodes.add(node);
    }
    for (int i = taskPlaces.size() - 1; i > 0; i--) {
      int place = taskPlaces.get(i);
      int other = taskPlaces.get(random.nextInt(i + 1));
      ReadyNode moved = nodes.get(place);
      nodes.set(place, nodes.get(other));
      nodes.set(other, moved);
    }
    nodes.forEach(ready::add);
  }
}
