package io.asyncio4j;

/**
 * A body that is run in the calling task, returns nothing and may throw one kind of exception.
 *
 * @param <X> the type of the checked exception, {@code RuntimeException} where there is none
 * @see ThrowingCallable
 */
@FunctionalInterface
public interface ThrowingRunnable<X extends Exception> {
  /**
   * Runs the body.
   *
   * @throws X if the body fails
   */
  void run() throws X;
}
