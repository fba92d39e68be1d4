package io.asyncio4j.refire;

import org.jspecify.annotations.Nullable;

/** How one attempt of a request ended. */
sealed interface Attempt {
  /**
   * Returns how many times the request was put on a connection: twice if a connection that had
   * served others ended before it answered, so that it may never have come to the server.
   */
  int sent();

  /**
   * An answer came.
   *
   * @param status its status
   * @param size the bytes of its body
   * @param retryAfter its Retry-After header
   * @param sent how many times the request was put on a connection
   */
  record Answered(int status, long size, @Nullable String retryAfter, int sent) implements Attempt {
    Answered(int status, long size, @Nullable String retryAfter) {
      this(status, size, retryAfter, 1);
    }
  }

  /**
   * No answer came.
   *
   * @param kind what happened instead
   * @param detail the same in words
   * @param sent how many times the request was put on a connection; 0 if there was none
   */
  record Failed(FailureKind kind, String detail, int sent) implements Attempt {
    Failed(FailureKind kind, String detail) {
      this(kind, detail, 1);
    }
  }
}
