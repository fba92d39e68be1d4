/** Tests of programs on asyncio4j: virtual time, seeded orders, and checks of what is left over. */
@NullMarked
package io.asyncio4j.testing;

import org.jspecify.annotations.NullMarked;
