package io.asyncio4j.refire;

import org.jspecify.annotations.Nullable;

/** How one sending of a request ended. */
sealed interface Attempt {
  /**
   * An answer came.
   *
   * @param status its status
   * @param size the bytes of its body
   * @param retryAfter its Retry-After header
   */
  record Answered(int status, long size, @Nullable String retryAfter) implements Attempt {}

  /**
   * No answer came.
   *
   * @param kind what happened instead
   * @param detail the same in words
   */
  record Failed(FailureKind kind, String detail) implements Attempt {}
}
