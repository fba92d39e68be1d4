package io.asyncio4j;

import java.util.SequencedSet;

/**
 * What {@link Asyncio#waitUntil} found when it returned.
 *
 * @param done the futures that are done, in the order in which they were given
 * @param pending the others, in the same order
 * @param <F> the type of the futures
 */
public record WaitResult<F extends Future<?>>(SequencedSet<F> done, SequencedSet<F> pending) {}
