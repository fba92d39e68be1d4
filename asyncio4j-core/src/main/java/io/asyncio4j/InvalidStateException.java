package io.asyncio4j;

/**
 * Thrown when a future is asked for a result that it does not have yet, or is given a second one.
 *
 * <p>It is no {@link IllegalStateException}, since {@link
 * java.util.concurrent.CancellationException} is one and the two must not be caught by the same
 * clause.
 *
 * <p>Counterpart of {@code asyncio.InvalidStateError}.
 */
public final class InvalidStateException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * Creates an exception.
   *
   * @param message what was asked of which future, and its state
   */
  public InvalidStateException(String message) {
    super(message);
  }
}
