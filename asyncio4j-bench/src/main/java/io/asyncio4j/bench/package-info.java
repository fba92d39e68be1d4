/** Programs that measure. */
@NullMarked
package io.asyncio4j.bench;

import org.jspecify.annotations.NullMarked;
