package io.asyncio4j;

/**
 * Thrown by {@link Queue#putNow} when there is no room.
 *
 * <p>Counterpart of {@code asyncio.QueueFull}.
 */
public final class QueueFullException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  QueueFullException(String message) {
    super(message);
  }
}
