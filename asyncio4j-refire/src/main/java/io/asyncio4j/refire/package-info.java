/** Reads access logs and fires again the requests that failed. */
@NullMarked
package io.asyncio4j.refire;

import org.jspecify.annotations.NullMarked;
