package io.asyncio4j;

import java.util.List;

/**
 * A finding that the tasks of a loop wait for one another, or for something that does not come.
 *
 * <p>It is certain if every task waits in this library and nothing that is left can end one of
 * these waits: no timer, no call in an executor, no traffic, and, unless the tasks wait in a circle
 * or for tasks that have ended, no way for code on another thread to reach the loop. Else it is
 * suspected: another thread may complete a future or feed a queue after any time.
 *
 * <p>Counterpart of nothing in asyncio, where such a program hangs.
 *
 * @param certain whether nothing can end the waits, but for a cancellation
 * @param text who waits for what, held by whom, with the stacks, in several lines
 * @param tasks the tasks that are pending, oldest first
 */
public record DeadlockReport(boolean certain, String text, List<Task<?>> tasks) {
  /** Copies the list. */
  public DeadlockReport {
    tasks = List.copyOf(tasks);
  }
}
