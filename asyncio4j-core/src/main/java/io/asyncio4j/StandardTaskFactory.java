package io.asyncio4j;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** The library's own task factories, which differ in when a task begins. */
enum StandardTaskFactory implements TaskFactory {
  LAZY(false),
  EAGER(true);

  private final boolean eager;

  StandardTaskFactory(boolean eager) {
    this.eager = eager;
  }

  @Override
  public <T extends @Nullable Object> Task<T> create(
      EventLoop loop, Callable<? extends T> coroutine, TaskOptions options) {
    return loop.startTask(
        options.name().orElse(null),
        options.context().orElse(null),
        options.isEager().orElse(eager),
        coroutine,
        options.createdAt() != null ? options.createdAt() : CreationSite.of(coroutine));
  }
}
