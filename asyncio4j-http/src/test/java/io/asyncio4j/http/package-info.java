/** Tests of the HTTP client, against real sockets on loopback. */
@NullMarked
package io.asyncio4j.http;

import org.jspecify.annotations.NullMarked;
