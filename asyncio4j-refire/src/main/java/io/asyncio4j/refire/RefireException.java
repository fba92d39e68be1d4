package io.asyncio4j.refire;

/**
 * A reason not to begin: an option that contradicts another, a log that cannot be opened, a file
 * that is in the way. Nothing has been sent when it is thrown. The message says what is wrong and
 * what to do; a command prints it and ends with exit code 2.
 */
public final class RefireException extends Exception {
  private static final long serialVersionUID = 1L;

  /** Makes an exception with a message for the operator. */
  public RefireException(String message) {
    super(message);
  }

  /** Makes an exception with a message for the operator and what caused it. */
  public RefireException(String message, Throwable cause) {
    super(message, cause);
  }
}
