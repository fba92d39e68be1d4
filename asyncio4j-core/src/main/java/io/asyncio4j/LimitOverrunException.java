package io.asyncio4j;

import java.io.IOException;

/**
 * Thrown when what was looked for lies further ahead than a reader's limit. The reader keeps the
 * bytes, except where the method that was called says otherwise.
 *
 * <p>Counterpart of {@code asyncio.LimitOverrunError}.
 */
public final class LimitOverrunException extends IOException {
  private static final long serialVersionUID = 1L;

  /** How many bytes could be read before the separator was looked for in vain. */
  private final int consumed;

  LimitOverrunException(String message, int consumed) {
    super(message);
    this.consumed = consumed;
  }

  /**
   * Returns how many bytes can be taken from the reader without losing a part of what was looked
   * for.
   *
   * @return bytes
   */
  public int consumed() {
    return consumed;
  }
}
