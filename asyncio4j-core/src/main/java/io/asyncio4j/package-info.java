/** asyncio for Java. */
@NullMarked
package io.asyncio4j;

import org.jspecify.annotations.NullMarked;
