package io.asyncio4j.http;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/**
 * A request that did not get on within one of its times. The subclasses tell which.
 *
 * <p>Counterpart of {@code httpx.TimeoutException}.
 */
public sealed class HttpTimeoutException extends HttpException
    permits ConnectTimeoutException,
        ReadTimeoutException,
        TotalTimeoutException,
        PoolTimeoutException {
  @Serial private static final long serialVersionUID = 1L;

  HttpTimeoutException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
