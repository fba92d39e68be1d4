/**
 * The programs of the tutorial: each a file that reads from top to bottom, with a {@code main} of
 * its own.
 */
@NullMarked
package io.asyncio4j.examples;

import org.jspecify.annotations.NullMarked;
