package io.asyncio4j;

/**
 * How what a library keeps in thread-locals (the MDC of a logging library, the span of a tracing
 * one) gets from the thread that starts a task to the thread of the task.
 *
 * {@snippet :
 * ContextHook mdc =
 *     () -> {
 *       Map<String, String> ofCreator = Mdc.copy();
 *       return () -> {
 *         Mdc.set(ofCreator);
 *         return Mdc::clear;
 *       };
 *     };
 * LoopOptions options = LoopOptions.defaults().withContextHook(mdc);
 * }
 *
 * <p>Three moments: {@link #capture} when a task is created, or {@link Asyncio#toThread} called, on
 * the creator's thread; {@link Snapshot#restore} before the body begins, on the thread that runs
 * it; {@link Restored#close} when the body has ended, there too. The thread of a task is its own,
 * so that its thread-locals need no care while it is suspended. Callbacks are not covered.
 *
 * <p>None of them may suspend. What {@code capture} throws is thrown by whatever creates the task;
 * what {@code restore} throws is the task's failure; what {@code close} throws is told to the
 * loop's exception handler.
 */
@FunctionalInterface
public interface ContextHook {
  /**
   * Takes what the library keeps for the calling thread.
   *
   * @return what to give the thread of the new task
   */
  Snapshot capture();

  /** What was kept for one thread, to be given to another. */
  @FunctionalInterface
  interface Snapshot {
    /**
     * Gives it to the calling thread.
     *
     * @return what ends it
     */
    Restored restore();
  }

  /** The time during which a thread has what it was given. */
  @FunctionalInterface
  interface Restored extends AutoCloseable {
    /** Takes from the calling thread what it was given. */
    @Override
    void close();
  }
}
