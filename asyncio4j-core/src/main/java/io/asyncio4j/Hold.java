package io.asyncio4j;

import org.jspecify.annotations.Nullable;

/**
 * What a task holds until it is closed: a {@link Lock}, a permit of a {@link Semaphore}, a token of
 * a {@link CapacityLimiter}. Meant for a try-with-resources statement.
 *
 * {@snippet :
 * try (var _ = semaphore.hold()) {
 *   work();
 * }
 * }
 *
 * <p>Counterpart of what asyncio's {@code async with} gives back at its end.
 */
public final class Hold implements AutoCloseable {
  private @Nullable Runnable release;

  Hold(Runnable release) {
    this.release = release;
  }

  /**
   * Gives back what is held. Does not suspend. Closing twice has no effect.
   *
   * @throws WrongThreadException if called on a thread other than that of the loop whose tasks wait
   *     for it
   */
  @Override
  public void close() {
    Runnable releasing = release;
    if (releasing != null) {
      release = null;
      releasing.run();
    }
  }
}
