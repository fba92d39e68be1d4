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

  /** How many times the request was put on a connection. */
  private int timesSent;

  HttpException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  /**
   * Returns how many times the request was put on a connection, which is more than the server saw
   * if a connection had ended before.
   *
   * @return 0 if there was no connection, 2 if it was sent again because the first one proved stale
   */
  public int timesSent() {
    return timesSent;
  }

  final HttpException sent(int times) {
    timesSent = times;
    return this;
  }
}
