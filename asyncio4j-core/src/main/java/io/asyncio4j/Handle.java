package io.asyncio4j;

/**
 * A callback that waits to be run by a loop.
 *
 * <p>Counterpart of {@code asyncio.Handle}.
 */
public sealed class Handle extends ReadyNode permits TimerHandle {
  final EventLoop loop;
  private final Runnable callback;
  private volatile boolean cancelled;

  Handle(EventLoop loop, Runnable callback) {
    this.loop = loop;
    this.callback = callback;
  }

  /**
   * Keeps the callback from being run. Has no effect once it has run. May be called by any thread.
   */
  public void cancel() {
    cancelled = true;
  }

  /**
   * Tells whether {@link #cancel()} was called.
   *
   * @return whether the callback was cancelled
   */
  public boolean isCancelled() {
    return cancelled;
  }

  @Override
  final void fire() {
    if (cancelled) {
      return;
    }
    try {
      callback.run();
    } catch (Throwable e) { // the loop lives on whatever a callback throws, as asyncio's does
      loop.report("Exception in callback " + callback, e);
    }
  }
}
