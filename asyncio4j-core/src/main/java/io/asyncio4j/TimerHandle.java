package io.asyncio4j;

/**
 * A callback that a loop runs at a given time.
 *
 * <p>Counterpart of {@code asyncio.TimerHandle}.
 */
public final class TimerHandle extends Handle implements Comparable<TimerHandle> {
  private final long when;
  private final long age;

  // Touched by the loop's thread only, which counts the cancelled timers among those it keeps.
  private boolean scheduled = true;
  private boolean counted;

  TimerHandle(EventLoop loop, Runnable callback, long when, long age) {
    super(loop, callback);
    this.when = when;
    this.age = age;
  }

  /**
   * Returns the time at which the callback is due. May be called by any thread.
   *
   * <p>Counterpart of {@code TimerHandle.when()}.
   *
   * @return nanoseconds on the scale of {@link EventLoop#time()}
   */
  public long when() {
    return when;
  }

  @Override
  void cancelled() {
    if (loop.isOnLoop() || !loop.isRunning()) {
      count();
    } else if (!loop.isClosed()) {
      loop.enqueue(new Handle(loop, this::count));
    }
  }

  private void count() {
    if (scheduled && !counted) {
      counted = true;
      loop.timerCancelled();
    }
  }

  /** Notes that the loop keeps it no longer; returns whether it was counted as cancelled. */
  boolean unscheduled() {
    scheduled = false;
    return counted;
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
