package io.asyncio4j.http;

/** How an exchange ended. */
sealed interface Outcome permits Answer, Failure {}
