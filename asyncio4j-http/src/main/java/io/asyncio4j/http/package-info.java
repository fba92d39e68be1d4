/**
 * An HTTP client whose requests suspend the calling task, and whose I/O runs on the loop's thread.
 */
@NullMarked
package io.asyncio4j.http;

import org.jspecify.annotations.NullMarked;
