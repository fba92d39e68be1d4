package io.asyncio4j.http;

import java.io.Serial;

/**
 * An answer whose status says that the request failed. Thrown by {@link
 * HttpResponse#raiseForStatus()} only: an answer is an answer, whatever its status.
 *
 * <p>Counterpart of {@code httpx.HTTPStatusError}.
 */
public final class HttpStatusException extends HttpException {
  @Serial private static final long serialVersionUID = 1L;

  /** The status of the answer. */
  private final int status;

  HttpStatusException(String message, int status) {
    super(message, null);
    this.status = status;
  }

  /**
   * Returns the status of the answer.
   *
   * @return 400 to 599
   */
  public int status() {
    return status;
  }
}
