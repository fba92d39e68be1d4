package io.asyncio4j.bench;

/**
 * What is wrong with a peer: it cannot be started, has died, hangs, or prints what it should not.
 */
final class PeerException extends Exception {
  private static final long serialVersionUID = 1;

  private final String message;

  PeerException(String message) {
    super(message);
    this.message = message;
  }

  @Override
  public String getMessage() {
    return message;
  }
}
