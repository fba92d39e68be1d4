package io.asyncio4j;

import org.jspecify.annotations.Nullable;

/**
 * What is done with each of several items, and may throw one kind of exception.
 *
 * @param <I> the type of the items
 * @param <R> the type of the results
 * @param <X> the type of the checked exception, {@code RuntimeException} where there is none
 * @see Asyncio#map(java.util.Collection, ThrowingFunction)
 * @see ThrowingCallable
 */
@FunctionalInterface
public interface ThrowingFunction<
    I extends @Nullable Object, R extends @Nullable Object, X extends Exception> {
  /**
   * Makes a result of an item.
   *
   * @param item the item
   * @return the result
   * @throws X if that fails
   */
  R apply(I item) throws X;
}
