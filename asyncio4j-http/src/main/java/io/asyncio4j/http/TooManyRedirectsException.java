package io.asyncio4j.http;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/**
 * A request that was redirected more often than allowed, or to a place that cannot be requested.
 *
 * <p>Counterpart of {@code httpx.TooManyRedirects}.
 */
public final class TooManyRedirectsException extends HttpException {
  @Serial private static final long serialVersionUID = 1L;

  TooManyRedirectsException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
