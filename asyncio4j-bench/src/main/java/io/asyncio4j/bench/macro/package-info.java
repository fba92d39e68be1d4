/** Programs that measure what a whole process does: start, serve, ask, compute on two loops. */
@NullMarked
package io.asyncio4j.bench.macro;

import org.jspecify.annotations.NullMarked;
