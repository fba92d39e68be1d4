package io.asyncio4j;

/**
 * Thrown by {@link Queue#put} after {@link Queue#shutdown()}, and by {@link Queue#get()} once a
 * queue that was shut down is empty.
 *
 * <p>Counterpart of {@code asyncio.QueueShutDown}.
 */
public final class QueueShutDownException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  QueueShutDownException(String message) {
    super(message);
  }
}
