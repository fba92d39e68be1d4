package io.asyncio4j;

import org.jspecify.annotations.Nullable;

/**
 * How one coroutine ended: with a value or with an exception.
 *
 * @param <T> the type of the value
 */
public sealed interface Result<T extends @Nullable Object> {
  /**
   * A value.
   *
   * @param value what the coroutine returned
   * @param <T> the type of the value
   */
  record Success<T extends @Nullable Object>(T value) implements Result<T> {}

  /**
   * An exception; a {@link java.util.concurrent.CancellationException} if the coroutine was
   * cancelled.
   *
   * @param exception what the coroutine threw
   * @param <T> the type of the value that there is not
   */
  record Failure<T extends @Nullable Object>(Throwable exception) implements Result<T> {}
}
