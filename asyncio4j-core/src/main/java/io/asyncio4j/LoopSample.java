package io.asyncio4j;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a loop's thread was found doing by another thread.
 *
 * @param threadId the id of the thread that runs the loop, or 0 if none does
 * @param task the task that ran, or null if none did
 * @param frames its stack, or that of the callback, the innermost frame first
 * @param inInitializer whether the task awaits inside a class initialiser, and so holds the loop
 */
record LoopSample(
    long threadId, @Nullable Task<?> task, List<StackTraceElement> frames, boolean inInitializer) {
  /** Looks at a loop. May be called by any thread. */
  static LoopSample take(EventLoop loop) {
    Thread carrier = loop.runsOn();
    Task<?> task = loop.mountedTask();
    TaskThread taskThread = task == null ? null : task.carrier();
    Thread mounted = taskThread == null ? null : taskThread.carrier();
    Thread thread = mounted != null ? mounted : carrier;
    StackTraceElement[] stack = thread == null ? new StackTraceElement[0] : thread.getStackTrace();
    boolean inInitializer = false;
    for (StackTraceElement frame : stack) {
      inInitializer |= frame.getMethodName().equals("<clinit>");
    }
    inInitializer &= task != null && task.waiter() != null;
    return new LoopSample(
        carrier == null ? 0 : carrier.threadId(), task, TaskStacks.trim(stack), inInitializer);
  }

  /** Returns who it was and where. */
  String text() {
    Task<?> ran = task;
    StringBuilder text = new StringBuilder(ran == null ? "a callback" : ran.describe());
    if (inInitializer) {
      text.append(", which awaits inside a class initialiser, where no task can be suspended");
    }
    for (StackTraceElement frame : frames) {
      text.append("\n    at ").append(frame);
    }
    return text.toString();
  }
}
