/**
 * Looks host names up off the event loop, for every library in the JVM: that this artifact is
 * present is enough.
 */
@NullMarked
package io.asyncio4j.dns;

import org.jspecify.annotations.NullMarked;
