package io.asyncio4j;

import org.jspecify.annotations.Nullable;

/**
 * What a loop tells its exception handler about an error that has no other place to go.
 *
 * @param loop the loop
 * @param message what happened, with the task, its state, where it was created and what it awaited
 *     where a task is concerned
 * @param exception the exception, or null where there is none, such as for a task left pending
 */
public record LoopErrorContext(EventLoop loop, String message, @Nullable Throwable exception) {}
