/** Tests of the commands, most of them in a JVM of their own, as a user has it. */
@NullMarked
package io.asyncio4j.cli;

import org.jspecify.annotations.NullMarked;
