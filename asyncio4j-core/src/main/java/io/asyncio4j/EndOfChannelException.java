package io.asyncio4j;

/**
 * Thrown by {@link Channel.Receiver#receive} when all senders are closed and every item was
 * received.
 *
 * <p>asyncio has no counterpart; it is {@code EndOfStream} of AnyIO.
 */
public final class EndOfChannelException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  EndOfChannelException(String message) {
    super(message);
  }
}
