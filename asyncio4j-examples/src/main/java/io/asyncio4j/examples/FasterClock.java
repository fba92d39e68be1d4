package io.asyncio4j.examples;

import io.asyncio4j.LoopClock;
import io.asyncio4j.LoopOptions;

/**
 * A clock on which time passes so many times as fast, for programs that would take minutes.
 *
 * @param times how many of its seconds pass in one
 */
record FasterClock(int times) implements LoopClock {
  /** Returns the options of a loop that lives by such a clock. */
  static LoopOptions times(int times) {
    return LoopOptions.defaults().withClock(new FasterClock(times));
  }

  @Override
  public long nanoTime() {
    return LoopClock.system().nanoTime() * times;
  }

  @Override
  public long waitNanos(long deadline, boolean eventsPending) {
    return deadline == Long.MAX_VALUE ? Long.MAX_VALUE : Math.ceilDiv(deadline - nanoTime(), times);
  }
}
