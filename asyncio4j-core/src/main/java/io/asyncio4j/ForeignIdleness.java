package io.asyncio4j;

/**
 * What tells whether tasks that wait in blocking calls of other libraries keep a clock that is not
 * the system's from moving. Used by the loop's thread only.
 */
final class ForeignIdleness {
  /* A wait that time or traffic ends forbids to move the clock, since the two times would drift apart.
  Any other (a lock, a queue, a monitor) is ended by a task of the loop or by a thread nobody knows of:
  what is on its way gets a moment to arrive. */

  private static final long CUSHION_NANOS = 100_000_000;

  private long stepsAtIdle = -1;
  private long idleSince;
  private boolean looked;
  private boolean mayEnd;

  /** Tells whether one of the waits may end by itself, as far as is known. */
  boolean mayEnd(EventLoop loop, long steps) {
    if (steps != stepsAtIdle) {
      stepsAtIdle = steps;
      idleSince = System.nanoTime();
      looked = false;
      mayEnd = true;
    }
    if (!looked && nanosToNextLook() <= 0) {
      looked = true;
      mayEnd = loop.allTasks().stream().anyMatch(DeadlockDetector::mayGoOnSoon);
    }
    return mayEnd;
  }

  /** Returns after how many nanoseconds {@link #mayEnd} may have another answer. */
  long nanosToNextLook() {
    return looked ? Long.MAX_VALUE : CUSHION_NANOS - (System.nanoTime() - idleSince);
  }
}
