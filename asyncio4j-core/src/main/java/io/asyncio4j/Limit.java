package io.asyncio4j;

/**
 * The largest number of tasks that a call such as {@link Asyncio#gather} lets run at once.
 *
 * @param max at least 1
 * @see Asyncio#limit(int)
 */
public record Limit(int max) {
  /**
   * Creates a limit.
   *
   * @param max the largest number of tasks at once
   * @throws IllegalArgumentException if {@code max} is below 1
   */
  public Limit {
    if (max < 1) {
      throw new IllegalArgumentException("limit is " + max + "; it must be at least 1");
    }
  }
}
