package io.asyncio4j;

import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * A coroutine without a result, as a callable that returns null.
 *
 * @param body the coroutine
 */
record VoidCallable(ThrowingRunnable<? extends Exception> body)
    implements Callable<@Nullable Void> {
  VoidCallable {
    Objects.requireNonNull(body, "coroutine");
  }

  @Override
  public @Nullable Void call() throws Exception {
    body.run();
    return null;
  }
}
