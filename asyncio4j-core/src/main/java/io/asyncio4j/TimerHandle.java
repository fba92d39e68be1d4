package io.asyncio4j;

import org.jspecify.annotations.Nullable;

/**
 * A callback that a loop runs at a given time.
 *
 * <p>Counterpart of {@code asyncio.TimerHandle}.
 */
public final class TimerHandle extends Handle implements Comparable<TimerHandle> {
  /** The place of a timer that is in no wheel. */
  static final int NOWHERE = -1;

  private final long when;

  /** The number of this timer, which may wrap around: those of one deadline are not far apart. */
  private final int age;

  // Touched by the wheel only.
  int place = NOWHERE;
  @Nullable TimerHandle previous;

  TimerHandle(EventLoop loop, Runnable callback, long when, int age) {
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
    if (loop.isOnLoop()) {
      loop.removeTimer(this);
    } else { // if the loop is closed it has no timers any more
      loop.enqueueFromOutside(new Handle(loop, () -> loop.removeTimer(this), Bindings.EMPTY));
    }
  }

  /** Orders timers by deadline, and those of the same deadline by age. */
  @Override
  public int compareTo(TimerHandle other) {
    int byDeadline = Long.compare(when, other.when);
    return byDeadline != 0 ? byDeadline : age - other.age;
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
