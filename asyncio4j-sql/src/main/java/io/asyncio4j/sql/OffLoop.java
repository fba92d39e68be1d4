package io.asyncio4j.sql;

import java.util.concurrent.Executor;

/**
 * Threads for what must not wait for a thread of a pool, nor hold the loop: to connect, which looks
 * up names, shakes hands and derives keys, and to cancel.
 */
final class OffLoop {
  /** Starts a thread for each call. Both kinds of call are rare, and some hang. */
  static final Executor EXECUTOR =
      work -> Thread.ofPlatform().name("asyncio4j-sql").daemon().start(work);

  /** Starts a virtual thread for each call: an interrupt closes the socket on which it waits. */
  static final Executor INTERRUPTIBLE =
      work -> Thread.ofVirtual().name("asyncio4j-sql").start(work);

  private OffLoop() {}
}
