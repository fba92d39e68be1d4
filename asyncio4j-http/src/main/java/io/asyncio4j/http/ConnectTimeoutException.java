package io.asyncio4j.http;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/**
 * A connection that was not there within the connect timeout: look-up, TCP, proxy and TLS together.
 * The server has not seen the request.
 *
 * <p>Counterpart of {@code httpx.ConnectTimeout}.
 */
public final class ConnectTimeoutException extends HttpTimeoutException {
  @Serial private static final long serialVersionUID = 1L;

  ConnectTimeoutException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
