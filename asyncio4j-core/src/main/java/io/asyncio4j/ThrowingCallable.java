package io.asyncio4j;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * A body that is run in the calling task, returns a value and may throw one kind of exception.
 *
 * <p>It is a {@link Callable}, so that where a method takes both, a lambda is taken as this one.
 *
 * <p>The compiler infers {@code X} from a lambda's body, so that a scope such as {@link
 * Asyncio#timeout} throws exactly what its body throws, and nothing where it throws nothing
 * checked.
 *
 * @param <T> the type of the value
 * @param <X> the type of the checked exception, {@code RuntimeException} where there is none
 */
@FunctionalInterface
public interface ThrowingCallable<T extends @Nullable Object, X extends Exception>
    extends Callable<T> {
  /**
   * Runs the body.
   *
   * @return the value
   * @throws X if the body fails
   */
  @Override
  T call() throws X;
}
