package io.asyncio4j;

import java.util.Collection;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A future that an operation of this library makes and ends, such as when others get done. */
final class ProxyFuture<T extends @Nullable Object> extends Future<T> {
  private final String what;
  private final Supplier<? extends Collection<? extends Future<?>>> others;

  /**
   * Creates one.
   *
   * @param what what a report calls it
   * @param others gives those that it waits for; asked only when somebody looks
   */
  ProxyFuture(
      EventLoop loop, String what, Supplier<? extends Collection<? extends Future<?>>> others) {
    super(loop);
    this.what = what;
    this.others = others;
  }

  @Override
  Collection<? extends Future<?>> waitsFor() {
    return pendingOf(others.get());
  }

  @Override
  String describe() {
    return what;
  }
}
