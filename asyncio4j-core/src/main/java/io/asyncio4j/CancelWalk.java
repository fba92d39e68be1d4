package io.asyncio4j;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The way of one cancel from who awaits to what is awaited, down to the end.
 *
 * <p>It does without recursion, since tasks that await each other make chains of any length.
 */
final class CancelWalk {
  private final @Nullable String message;

  /** What is still to be visited, the next first; a {@link Left} is the end of a task's part. */
  private final Deque<Object> ahead = new ArrayDeque<>();

  private record Left(Task<?> task) {}

  private CancelWalk(@Nullable String message) {
    this.message = message;
  }

  /** Cancels what a task awaits, which can be cancelled, because that task was. */
  static void passOn(Task<?> from, Future<?> awaited, @Nullable String message) {
    if (awaited instanceof Task<?> || awaited instanceof GatheringFuture<?, ?>) {
      CancelWalk walk = new CancelWalk(message);
      walk.goOn(from, awaited);
      walk.run();
    } else {
      awaited.doCancel(message);
    }
  }

  /** Cancels the children of a gather. */
  static void passOn(List<? extends Future<?>> children, @Nullable String message) {
    CancelWalk walk = new CancelWalk(message);
    walk.pushAll(children);
    walk.run();
  }

  private void run() {
    for (Object next = ahead.poll(); next != null; next = ahead.poll()) {
      switch (next) {
        case Left(Task<?> task) -> task.passingCancelOn(false);
        case Task<?> task -> {
          Future<?> awaited = task.isCancellable() ? task.acceptCancel(message, 0, null) : null;
          if (awaited != null) {
            goOn(task, awaited);
          }
        }
        case GatheringFuture<?, ?> gather -> pushAll(gather.acceptCancel(message));
        case Future<?> future -> future.doCancel(message);
        default -> throw new AssertionError(next);
      }
    }
  }

  private void goOn(Task<?> task, Future<?> awaited) {
    task.passingCancelOn(true);
    ahead.push(new Left(task));
    ahead.push(awaited);
  }

  private void pushAll(List<? extends Future<?>> children) {
    children.reversed().forEach(ahead::push);
  }
}
