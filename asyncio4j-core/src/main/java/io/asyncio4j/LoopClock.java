package io.asyncio4j;

/**
 * The time that a loop lives by: its timers, sleeps and timeouts.
 *
 * <p>A loop has one clock for its whole life. Blocking calls that are not of this library ({@code
 * Thread.sleep}, a socket's timeout) run on real time whatever the clock says.
 */
public interface LoopClock {
  /**
   * Returns the clock's time.
   *
   * @return nanoseconds since an origin of the clock's own; never negative, never going back
   */
  long nanoTime();

  /**
   * Tells an idle loop how long to wait in real time for its next timer. A virtual clock may move
   * itself to the deadline here and answer 0. Called on the loop's thread when nothing is ready.
   *
   * @param deadline the time of the next timer on this clock, {@link Long#MAX_VALUE} if there is
   *     none
   * @param eventsPending whether something outside the loop's timers may still wake it: a call in
   *     an executor, a task in a blocking call of another library, network traffic
   * @return real nanoseconds to wait at most, {@link Long#MAX_VALUE} for no limit; 0 or less to
   *     look at the timers again at once
   */
  long waitNanos(long deadline, boolean eventsPending);

  /**
   * Returns the clock of the real time that passes while the machine is awake.
   *
   * @return the system's clock
   */
  static LoopClock system() {
    return SystemClock.INSTANCE;
  }
}
