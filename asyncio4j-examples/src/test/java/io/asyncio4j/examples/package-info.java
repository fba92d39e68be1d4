@NullMarked
package io.asyncio4j.examples;

import org.jspecify.annotations.NullMarked;
