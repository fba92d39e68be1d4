/** The commands of asyncio4j; what they do is in the libraries below them. */
@NullMarked
package io.asyncio4j.cli;

import org.jspecify.annotations.NullMarked;
