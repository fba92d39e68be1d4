/** Tests of the tests' tools. */
@NullMarked
package io.asyncio4j.testing;

import org.jspecify.annotations.NullMarked;
