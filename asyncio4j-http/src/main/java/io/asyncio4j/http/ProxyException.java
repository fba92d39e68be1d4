package io.asyncio4j.http;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/**
 * A proxy that did not make the tunnel to the server, for instance because it asks for a password.
 *
 * <p>Counterpart of {@code httpx.ProxyError}.
 */
public final class ProxyException extends HttpException {
  @Serial private static final long serialVersionUID = 1L;

  ProxyException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
