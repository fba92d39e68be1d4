package io.asyncio4j;

/**
 * A callback that waits to be run by a loop.
 *
 * <p>Counterpart of {@code asyncio.Handle}.
 */
public sealed class Handle extends Callback permits TimerHandle {
  private static final Runnable CANCELLED = Handle::doNothing;

  private volatile Runnable callback;

  private static void doNothing() {}

  /** Creates a handle whose callback runs in a copy of the caller's context. */
  Handle(EventLoop loop, Runnable callback) {
    this(loop, callback, Context.bindingsHere());
  }

  Handle(EventLoop loop, Runnable callback, Bindings bindings) {
    super(loop, bindings);
    this.callback = callback;
  }

  /**
   * Keeps the callback from being run, and lets go of it. Has no effect once it has run. May be
   * called by any thread.
   *
   * <p>Counterpart of {@code Handle.cancel()}.
   */
  public final void cancel() {
    if (!isCancelled()) {
      callback = CANCELLED;
      cancelled();
    }
  }

  /** Does what else a cancel takes. By any thread. */
  void cancelled() {}

  /**
   * Tells whether {@link #cancel()} was called. May be called by any thread.
   *
   * <p>Counterpart of {@code Handle.cancelled()}.
   *
   * @return whether the callback was cancelled
   */
  public final boolean isCancelled() {
    return callback == CANCELLED;
  }

  @Override
  final void run() {
    callback.run();
  }

  @Override
  final Object work() {
    Runnable work = callback;
    return work == CANCELLED ? "that cancelled itself" : work;
  }

  @Override
  public final String toString() {
    Runnable work = callback;
    return getClass().getSimpleName() + (work == CANCELLED ? " (cancelled)" : " of " + work);
  }
}
