package io.asyncio4j;

import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Where the errors of a loop go that have no other place: to its exception handler or into the log.
 * Among them are the failures of futures that nobody has asked for.
 */
final class LoopErrors {
  private final EventLoop loop;
  private final ReferenceQueue<Future<?>> collected = new ReferenceQueue<>();
  private final Set<UnretrievedFailure> unretrieved = new HashSet<>();
  private volatile @Nullable Consumer<LoopErrorContext> handler;

  LoopErrors(EventLoop loop, @Nullable Consumer<LoopErrorContext> handler) {
    this.loop = loop;
    this.handler = handler;
  }

  @Nullable Consumer<LoopErrorContext> handler() {
    return handler;
  }

  void handler(@Nullable Consumer<LoopErrorContext> newHandler) {
    handler = newHandler;
  }

  /** Tells the exception handler. May be called by any thread. */
  void report(String message, @Nullable Throwable exception) {
    Consumer<LoopErrorContext> told = handler;
    if (told == null) {
      log(message, exception);
      return;
    }
    try {
      told.accept(new LoopErrorContext(loop, message, exception));
    } catch (RuntimeException | Error e) {
      log(message, exception);
      ErrorLog.error("the exception handler of loop " + loop.name() + " failed", e);
    }
  }

  /** Tells the exception handler, from another thread, on the loop's if there is one. */
  void reportOnLoop(String message) {
    try {
      loop.callSoonThreadsafe(() -> report(message, null));
    } catch (IllegalStateException ended) {
      report(message, null);
    }
  }

  /** Logs an error, as is done where there is no handler. May be called by any thread. */
  void log(String message, @Nullable Throwable exception) {
    ErrorLog.error(message + " [loop " + loop.name() + "]", exception);
  }

  // ---- failures that nobody has asked for; on the loop's thread, or while the loop does not run

  UnretrievedFailure track(Future<?> future, Throwable exception) {
    UnretrievedFailure failure = new UnretrievedFailure(future, exception, collected);
    unretrieved.add(failure);
    return failure;
  }

  /**
   * Forgets a failure that somebody asked for, on any thread. If that is another than the loop's,
   * the failure stays, settled, until it is collected or the loop closes.
   */
  void forget(UnretrievedFailure failure) {
    if (loop.isOnLoop() || loop.runsOn() == null) {
      unretrieved.remove(failure);
    }
  }

  boolean hasUnretrieved() {
    return !unretrieved.isEmpty();
  }

  /** Reports the failures whose futures were collected: nobody can ask for them any more. */
  void reportCollected() {
    Reference<?> reference = collected.poll();
    while (reference instanceof UnretrievedFailure failure) {
      unretrieved.remove(failure);
      failure.report();
      reference = collected.poll();
    }
  }

  /** Reports the failures that are left when the loop closes. */
  void reportUnretrieved() {
    List.copyOf(unretrieved).forEach(UnretrievedFailure::report);
    unretrieved.clear();
  }
}
