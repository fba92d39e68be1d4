package io.asyncio4j;

import org.jspecify.annotations.Nullable;

/** A way to carry tasks on threads. There is one for a JVM, chosen by what the JVM allows. */
interface CarrierMode {
  /** Returns a thread that is not started, for a task that is about to take its first step. */
  TaskThread newThread(Task<?> task);

  /** Returns the task that the calling thread carries, or null. */
  @Nullable Task<?> currentTask();

  /** Returns the mode of this JVM. */
  static CarrierMode get() {
    return Holder.MODE;
  }

  /** Defers the look at the JVM to the first use. */
  final class Holder {
    private static final CarrierMode MODE = FullMode.create();

    private Holder() {}
  }
}
