package io.asyncio4j;

import java.util.Objects;

/**
 * What a loop is created with.
 *
 * @param name the loop's name in messages
 * @param clock the time that the loop lives by
 */
public record LoopOptions(String name, LoopClock clock) {
  private static final LoopOptions DEFAULTS = new LoopOptions("main", LoopClock.system());

  /**
   * Creates options.
   *
   * @throws NullPointerException if an argument is null
   */
  public LoopOptions {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(clock, "clock");
  }

  /**
   * Returns the options of {@link Asyncio#run}: the name {@code main} and the system's clock.
   *
   * @return the defaults
   */
  public static LoopOptions defaults() {
    return DEFAULTS;
  }

  /**
   * Returns these options with another name.
   *
   * @param newName the name
   * @return new options
   */
  public LoopOptions withName(String newName) {
    return new LoopOptions(newName, clock);
  }

  /**
   * Returns these options with another clock.
   *
   * @param newClock the clock
   * @return new options
   */
  public LoopOptions withClock(LoopClock newClock) {
    return new LoopOptions(name, newClock);
  }
}
