package io.asyncio4j;

/**
 * A way for one event loop to wait for outside events and to be woken.
 *
 * <p>A loop starts with a backend that parks its thread. A module with I/O of its own installs
 * another with {@link EventLoop#backend(Class, java.util.function.Supplier)}, and from then on the
 * loop's own thread drives that module's I/O: its events, its completions and the tasks share one
 * thread.
 *
 * <p>All methods but {@link #wakeup()} are called by the loop on its thread, never inside a task.
 * They must not run code that may block on what a suspended task holds.
 *
 * <p>Counterpart of the selector inside asyncio's {@code BaseSelectorEventLoop}, but replaceable
 * while the loop runs.
 */
public interface LoopBackend extends AutoCloseable {
  /**
   * Makes the calling thread the one that drives this backend. Called before the first {@link
   * #poll()} of each run, since a loop may be run on different threads one after another.
   */
  void attach();

  /** Handles the outside events that are due, without waiting. */
  void poll();

  /**
   * Waits until an outside event arrives, {@link #wakeup()} is called or the time has passed, and
   * handles the events. A wake-up that came before the call ends the wait at once.
   *
   * @param nanos the longest wait in nanoseconds, or {@link Long#MAX_VALUE} for no limit
   */
  void await(long nanos);

  /**
   * Ends the current or the next {@link #await(long)}. May be called by any thread; never blocks.
   */
  void wakeup();

  /**
   * Tells whether an outside event is due to arrive, such as the answer to a request that was sent.
   * A loop on virtual time does not move its clock while this holds.
   *
   * @return whether an event is due
   */
  boolean hasPendingEvents();

  /** Releases what the backend holds. Called once, when the loop closes. */
  @Override
  void close();
}
