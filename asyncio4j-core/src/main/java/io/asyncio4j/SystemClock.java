package io.asyncio4j;

/** The clock of real time, as {@link System#nanoTime()} gives it, counted from its first use. */
final class SystemClock implements LoopClock {
  static final SystemClock INSTANCE = new SystemClock();

  private final long origin = System.nanoTime();

  private SystemClock() {}

  @Override
  public long nanoTime() {
    return System.nanoTime() - origin;
  }

  @Override
  public long waitNanos(long deadline, boolean eventsPending) {
    return deadline == Long.MAX_VALUE ? Long.MAX_VALUE : deadline - nanoTime();
  }
}
