package io.asyncio4j;

import java.util.Collection;
import java.util.List;

/** Something that tasks wait for in line: a lock, a queue, an event. */
interface Waitable {
  /** Returns what a report calls it, with the state that matters: {@code Lock (locked)}. */
  String describe();

  /** Returns the tasks that hold what others wait for, as far as that is known. */
  default Collection<? extends Task<?>> holders() {
    return List.of();
  }
}
