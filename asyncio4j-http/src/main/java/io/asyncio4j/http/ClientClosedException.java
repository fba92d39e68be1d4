package io.asyncio4j.http;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** A request that was under way when its client was closed. */
public final class ClientClosedException extends HttpException {
  @Serial private static final long serialVersionUID = 1L;

  ClientClosedException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
