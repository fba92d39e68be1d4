package io.asyncio4j;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * A body that can be sent to another process: what {@link ProcessPoolExecutor#call} takes a lambda
 * as.
 *
 * <p>The variables that the lambda captures are copied with it, so they must be {@link
 * Serializable}; that includes {@code this} where it uses a field or a method of its object.
 *
 * @param <T> the type of the value
 * @param <X> the type of the checked exception, {@code RuntimeException} where there is none
 */
@FunctionalInterface
public interface SerializableCallable<T extends @Nullable Object, X extends Exception>
    extends ThrowingCallable<T, X>, Serializable {}
