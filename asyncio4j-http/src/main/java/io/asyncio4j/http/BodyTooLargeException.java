package io.asyncio4j.http;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/**
 * An answer whose body, as sent or as decompressed, is larger than the limit. The connection was
 * closed.
 *
 * <p>httpx reads bodies of any size into memory.
 */
public final class BodyTooLargeException extends HttpException {
  @Serial private static final long serialVersionUID = 1L;

  BodyTooLargeException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
