package io.asyncio4j;

/** A callback in the ready queue of a loop, which runs it in the context that it was given with. */
abstract class Callback extends ReadyNode {
  final EventLoop loop;
  private final Bindings bindings;

  Callback(EventLoop loop, Bindings bindings) {
    this.loop = loop;
    this.bindings = bindings;
  }

  /** Does the work, unless it was cancelled. */
  abstract void run();

  /** Returns what a report calls it. */
  abstract Object work();

  @Override
  final void fire() {
    loop.callbackBegins(bindings);
    try {
      run();
    } catch (Throwable e) { // the loop lives on whatever a callback throws, as asyncio's does
      loop.report("Exception in callback " + work(), e);
    } finally {
      loop.callbackBegins(Bindings.EMPTY);
    }
  }
}
