package io.asyncio4j.http;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/**
 * A server that sent nothing for as long as the read timeout. It may have carried the request out.
 *
 * <p>Counterpart of {@code httpx.ReadTimeout}.
 */
public final class ReadTimeoutException extends HttpTimeoutException {
  @Serial private static final long serialVersionUID = 1L;

  ReadTimeoutException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
