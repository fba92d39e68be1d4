package io.asyncio4j;

import org.jspecify.annotations.Nullable;

/**
 * A callback that waits to be run by a loop.
 *
 * <p>Counterpart of {@code asyncio.Handle}.
 */
public sealed class Handle extends ReadyNode permits TimerHandle {
  final EventLoop loop;
  private volatile @Nullable Runnable callback;
  private final Bindings bindings;
  private volatile boolean cancelled;

  /** Creates a handle whose callback runs in a copy of the caller's context. */
  Handle(EventLoop loop, Runnable callback) {
    this(loop, callback, Context.bindingsHere());
  }

  Handle(EventLoop loop, Runnable callback, Bindings bindings) {
    this.loop = loop;
    this.callback = callback;
    this.bindings = bindings;
  }

  /**
   * Keeps the callback from being run, and lets go of it. Has no effect once it has run. May be
   * called by any thread.
   *
   * <p>Counterpart of {@code Handle.cancel()}.
   */
  public final void cancel() {
    if (!cancelled) {
      cancelled = true;
      callback = null;
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
    return cancelled;
  }

  @Override
  final void fire() {
    Runnable work = callback;
    if (cancelled || work == null) {
      return;
    }
    loop.callbackBegins(bindings);
    try {
      work.run();
    } catch (Throwable e) { // the loop lives on whatever a callback throws, as asyncio's does
      loop.report("Exception in callback " + work, e);
    } finally {
      loop.callbackBegins(Bindings.EMPTY);
    }
  }

  @Override
  public final String toString() {
    Runnable work = callback;
    return getClass().getSimpleName() + (cancelled ? " (cancelled)" : " of " + work);
  }
}
