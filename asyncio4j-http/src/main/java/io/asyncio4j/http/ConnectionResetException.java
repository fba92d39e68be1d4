package io.asyncio4j.http;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/**
 * A connection that the other side closed or reset before the answer was whole. The server may have
 * carried the request out.
 *
 * <p>Counterpart of {@code httpx.ReadError}, {@code httpx.WriteError} and of {@code
 * httpx.RemoteProtocolError} with "Server disconnected".
 */
public final class ConnectionResetException extends HttpException {
  @Serial private static final long serialVersionUID = 1L;

  ConnectionResetException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
