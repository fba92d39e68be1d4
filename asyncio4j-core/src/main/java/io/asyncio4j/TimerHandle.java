package io.asyncio4j;

/**
 * A callback that a loop runs at a given time.
 *
 * <p>Counterpart of {@code asyncio.TimerHandle}.
 */
public final class TimerHandle extends Handle implements Comparable<TimerHandle> {
  private final long when;
  private final long age;
  private boolean scheduled = true;

  TimerHandle(EventLoop loop, Runnable callback, long when, long age) {
    super(loop, callback);
    this.when = when;
    this.age = age;
  }

  /**
   * Returns the time at which the callback is due.
   *
   * @return nanoseconds on the scale of {@link EventLoop#time()}
   */
  public long when() {
    return when;
  }

  /** {@inheritDoc} The loop's own thread only, since the loop counts its cancelled timers. */
  @Override
  public void cancel() {
    if (!isCancelled()) {
      super.cancel();
      if (scheduled) {
        loop.timerCancelled();
      }
    }
  }

  void unscheduled() {
    scheduled = false;
  }

  /** Orders timers by deadline, and those of the same deadline by age. */
  @Override
  public int compareTo(TimerHandle other) {
    int byDeadline = Long.compare(when, other.when);
    return byDeadline != 0 ? byDeadline : Long.compare(age, other.age);
  }

  @Override
  public boolean equals(Object other) {
    return this == other;
  }

  @Override
  public int hashCode() {
    return System.identityHashCode(this);
  }
}
