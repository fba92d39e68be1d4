package io.asyncio4j;

import org.jspecify.annotations.Nullable;

/**
 * An entry of a loop's ready queue. It links itself into the queue, so that queueing allocates
 * nothing; it is in at most one queue at a time.
 */
abstract class ReadyNode {
  @Nullable ReadyNode next;

  /** Does the work of this entry, on the loop's thread and outside any task. */
  abstract void fire();

  /** Does what is left to do when the loop closed with this entry queued. Must not throw. */
  void dropped() {}
}
