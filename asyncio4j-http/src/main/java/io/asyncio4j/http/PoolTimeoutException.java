package io.asyncio4j.http;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/**
 * A request that waited for a free connection longer than the pool timeout, which there is only if
 * it was asked for. The server has not seen the request.
 *
 * <p>Counterpart of {@code httpx.PoolTimeout}.
 */
public final class PoolTimeoutException extends HttpTimeoutException {
  @Serial private static final long serialVersionUID = 1L;

  PoolTimeoutException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
