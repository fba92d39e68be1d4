package io.asyncio4j.http;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/**
 * A connection whose TLS handshake failed: a certificate that is not trusted, is for another host
 * or has expired, or no protocol in common. The server has not seen the request.
 *
 * <p>Counterpart of {@code httpx.ConnectError} with an {@code ssl.SSLError} as its cause.
 */
public final class TlsException extends HttpException {
  @Serial private static final long serialVersionUID = 1L;

  TlsException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
