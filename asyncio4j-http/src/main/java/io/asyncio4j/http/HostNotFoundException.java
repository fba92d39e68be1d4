package io.asyncio4j.http;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/**
 * A host name that has no address.
 *
 * <p>Counterpart of {@code httpx.ConnectError} with "Name or service not known".
 */
public final class HostNotFoundException extends HttpException {
  @Serial private static final long serialVersionUID = 1L;

  HostNotFoundException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
