package io.asyncio4j;

import java.io.EOFException;

/**
 * Thrown when a stream ended before what was asked for had come.
 *
 * <p>Counterpart of {@code asyncio.IncompleteReadError}.
 */
public final class IncompleteReadException extends EOFException {
  private static final long serialVersionUID = 1L;

  /** What came before the end. */
  private final byte[] partial;

  IncompleteReadException(String asked, byte[] partial) {
    super("the stream ended after " + partial.length + " bytes of " + asked);
    this.partial = partial;
  }

  /**
   * Returns the bytes that came before the end. The reader does not have them any more.
   *
   * @return a copy
   */
  public byte[] partial() {
    return partial.clone();
  }
}
