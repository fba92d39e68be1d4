package io.asyncio4j.http;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/**
 * A request that took longer than its total timeout, waiting for a connection and redirects
 * included.
 *
 * <p>httpx has no such timeout; aiohttp's {@code ClientTimeout(total=…)} is its counterpart.
 */
public final class TotalTimeoutException extends HttpTimeoutException {
  @Serial private static final long serialVersionUID = 1L;

  TotalTimeoutException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
