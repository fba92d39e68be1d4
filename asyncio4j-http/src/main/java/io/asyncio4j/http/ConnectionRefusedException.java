package io.asyncio4j.http;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/**
 * A machine on which nothing listens at the port, or whose firewall refuses. The server has not
 * seen the request.
 *
 * <p>Counterpart of {@code httpx.ConnectError} with "Connection refused".
 */
public final class ConnectionRefusedException extends ConnectFailedException {
  @Serial private static final long serialVersionUID = 1L;

  ConnectionRefusedException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
