package io.asyncio4j.http;

import java.io.IOException;
import java.io.Serial;
import org.jspecify.annotations.Nullable;

/**
 * A request that got no answer, or none that could be used. The subclasses tell why; their messages
 * name the method and the URL, without a user's name and password, and what to do.
 *
 * <p>Counterpart of {@code httpx.HTTPError}, but checked, as an {@link IOException}.
 */
public class HttpException extends IOException {
  @Serial private static final long serialVersionUID = 1L;

  HttpException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
