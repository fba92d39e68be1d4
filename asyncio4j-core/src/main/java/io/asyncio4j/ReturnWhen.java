package io.asyncio4j;

/** The condition that ends {@code waitUntil}. */
public enum ReturnWhen {
  /** One future is done. */
  FIRST_COMPLETED,
  /** One future has failed, or all are done. A cancelled future does not count as failed. */
  FIRST_EXCEPTION,
  /** All futures are done. */
  ALL_COMPLETED
}
