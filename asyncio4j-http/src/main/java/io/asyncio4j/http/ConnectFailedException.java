package io.asyncio4j.http;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/**
 * A server to which no connection could be made, for a reason other than time. It has not seen the
 * request. The subclass tells when the reason was a refusal.
 *
 * <p>Counterpart of {@code httpx.ConnectError}.
 */
public sealed class ConnectFailedException extends HttpException
    permits ConnectionRefusedException {
  @Serial private static final long serialVersionUID = 1L;

  ConnectFailedException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
