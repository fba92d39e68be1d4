package io.asyncio4j;

import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * What carries a loop and its tasks in portable mode: virtual threads, one of which has the baton.
 */
final class PortableCarrier extends LoopCarrier {
  /* The loop always has a virtual thread of its own: handing over to a virtual thread and back takes
  40 microseconds from a platform thread, and one and a half from a virtual one.

  The executor is there for what it does not do: threads that are started by themselves are in the JDK's
  set of all threads, and would be for ever where their loop closed before they ended. Those of an
  executor are known to it alone, and can be collected with it. */

  private final ExecutorService threads = Executors.newThreadPerTaskExecutor(this::prepare);
  private @Nullable PortableThread starting;

  /** The loop's thread while the loop runs. Written by it before it hands over. */
  private @Nullable Thread loopThread;

  /** The thread that has the baton, or null if the loop has. */
  private volatile @Nullable PortableThread holder;

  /** Whether the loop waits for the baton and must be woken. Written by the loop. */
  private volatile boolean loopWaits;

  PortableCarrier(String loopName) {
    super(Thread.ofVirtual().name("asyncio4j-" + loopName).inheritInheritableThreadLocals(false));
  }

  @Override
  TaskThread newThread(Task<?> task) {
    return new PortableThread(this, task);
  }

  @Override
  boolean canRunHere() {
    return isOwnThread();
  }

  /** Starts the thread of a task, which has the baton. Called by the loop. */
  void start(PortableThread first) {
    starting = first;
    threads.execute(first);
  }

  private Thread prepare(Runnable body) {
    PortableThread first = Objects.requireNonNull(starting);
    starting = null;
    return first.prepare(body);
  }

  /** Notes who is about to get the baton. Called by the loop. */
  void handOver(PortableThread next) {
    loopThread = Thread.currentThread();
    holder = next;
  }

  /** Notes that the loop has the baton again. Called by the loop. */
  void handedBack() {
    holder = null;
  }

  /** Returns the thread that waits for the baton. Called by a thread that has it. */
  Thread loopThread() {
    return Objects.requireNonNull(loopThread);
  }

  boolean loopWaits() {
    return loopWaits;
  }

  void loopWaits(boolean waits) {
    loopWaits = waits;
  }

  @Override
  void cancelHolder(Task<?> except, String message) {
    PortableThread held = holder;
    if (held != null && held.task() != except && held.isBlocked()) {
      held.task().cancel(message);
    }
  }

  @Override
  public void close() {
    threads.shutdown();
    super.close();
  }
}
