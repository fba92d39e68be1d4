package io.asyncio4j;

/** The backend of a loop whose own thread waits for its streams. */
final class SelectorBackend implements LoopBackend {
  private final IoSelector selector;

  SelectorBackend(IoSelector selector) {
    this.selector = selector;
  }

  /** Leaves the selector to a thread of its own, since another backend is about to come. */
  void handOver() {
    selector.startDriver();
  }

  @Override
  public void attach() {}

  @Override
  public void poll() {
    selector.select(0);
  }

  @Override
  public void await(long nanos) {
    selector.select(nanos);
  }

  @Override
  public void wakeup() {
    selector.wakeup();
  }

  @Override
  public boolean hasPendingEvents() {
    return false; // the selector itself is asked
  }

  @Override
  public void close() {
    // The loop closes its selector with all that it holds.
  }
}
