package io.asyncio4j.http;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/**
 * An answer that is not HTTP, or breaks its rules: a broken status line or chunk, a body that is
 * not in the coding that its headers name.
 *
 * <p>Counterpart of {@code httpx.RemoteProtocolError} and {@code httpx.DecodingError}.
 */
public final class ProtocolException extends HttpException {
  @Serial private static final long serialVersionUID = 1L;

  ProtocolException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
