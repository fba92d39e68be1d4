package io.asyncio4j;

import org.jspecify.annotations.Nullable;

/**
 * Thrown when {@link Asyncio#timeout}, {@link Asyncio#waitFor} or the iterator of {@link
 * Asyncio#asCompleted} ran out of time.
 *
 * <p>It is unchecked, unlike {@link java.util.concurrent.TimeoutException}: a deadline belongs to
 * the caller who set it, and the code in between need not declare it.
 *
 * <p>Counterpart of {@code asyncio.TimeoutError}.
 */
public final class TimeoutException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * Creates an exception.
   *
   * @param message what did not end within which time
   * @param cause what the timeout's own cancellation caused inside the scope, or null
   */
  public TimeoutException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
