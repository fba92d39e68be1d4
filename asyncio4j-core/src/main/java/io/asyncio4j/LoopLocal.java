package io.asyncio4j;

import java.util.concurrent.Callable;

/**
 * A value that each loop has for itself, made when a loop asks for it first: an HTTP client, a
 * connection pool, a lock, which all belong to one loop.
 *
 * <p>A value that is {@link AutoCloseable} is closed by a task of its loop when a {@link Runner},
 * {@link Asyncio#run} or a {@link LoopGroup} closes that loop: after the tasks that were left have
 * ended, in the reverse order of their making.
 *
 * <p>asyncio has no counterpart: it has one loop for a process.
 *
 * @param <T> the type of the value
 */
public final class LoopLocal<T> {
  private final Callable<? extends T> factory;

  private LoopLocal(Callable<? extends T> factory) {
    this.factory = factory;
  }

  /**
   * Creates a value for each loop. May be called by any thread, and belongs into a static field.
   *
   * @param factory makes the value, in the task or callback that asks first; must not suspend
   * @return the value's holder
   * @param <T> the type of the value
   */
  public static <T> LoopLocal<T> of(Callable<? extends T> factory) {
    return new LoopLocal<>(factory);
  }

  /**
   * Returns the value of the running loop. Does not suspend.
   *
   * @return the value
   * @throws IllegalStateException if called outside a running loop
   */
  public T get() {
    return EventLoop.current().locals().get(this);
  }

  /** Makes a value; what the factory throws passes as it is. */
  T make() {
    return Rethrow.<T>call(factory);
  }
}
