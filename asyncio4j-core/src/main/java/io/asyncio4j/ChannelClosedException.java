package io.asyncio4j;

/**
 * Thrown when an end of a {@link Channel} is used that was closed, or when nobody can receive what
 * is sent since all receivers are closed.
 *
 * <p>asyncio has no counterpart; it is {@code ClosedResourceError} and {@code BrokenResourceError}
 * of AnyIO.
 */
public final class ChannelClosedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  ChannelClosedException(String message) {
    super(message);
  }
}
