package io.asyncio4j;

/**
 * Thrown by {@link Queue#getNow()} when there is no item.
 *
 * <p>Counterpart of {@code asyncio.QueueEmpty}.
 */
public final class QueueEmptyException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  QueueEmptyException(String message) {
    super(message);
  }
}
