/** The meaning of CPython's own tests of asyncio, on this library and a virtual clock. */
@NullMarked
package io.asyncio4j.conformance;

import org.jspecify.annotations.NullMarked;
