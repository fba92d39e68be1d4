package io.asyncio4j;

import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/**
 * What a run that handles Ctrl-C ends with when Ctrl-C ended it.
 *
 * <p>Counterpart of {@code KeyboardInterrupt}, but a {@link CancellationException}.
 */
public final class KeyboardInterruptException extends CancellationException {
  private static final long serialVersionUID = 1L;

  KeyboardInterruptException(String message, @Nullable Throwable cause) {
    super(message);
    initCause(cause);
  }
}
