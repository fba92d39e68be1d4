package io.asyncio4j.sql;

import io.asyncio4j.Asyncio;
import io.asyncio4j.EventLoop;
import io.asyncio4j.Lock;
import io.asyncio4j.Task;
import org.jspecify.annotations.Nullable;

/**
 * The turns that tasks take on the one connection of a transaction, in the order in which they
 * asked. A task that has the turn may take it again.
 */
final class Turns {
  private final EventLoop loop;
  private final Lock lock;
  private @Nullable Task<?> holder;
  private int depth;

  Turns(EventLoop loop, String name) {
    this.loop = loop;
    this.lock = new Lock().named(name);
  }

  /**
   * Suspends the calling task until it has the turn.
   *
   * @throws IllegalStateException if the caller is no task of the transaction's loop
   */
  void take() {
    Task<?> asking = Asyncio.currentTask();
    if (asking == null || asking.loop() != loop) {
      throw new IllegalStateException(
          "a statement of a transaction was asked for by "
              + (asking == null
                  ? "thread " + Thread.currentThread().getName() + ", which is no task"
                  : "a task of loop " + asking.loop().name())
              + "; the transaction belongs to loop "
              + loop.name()
              + ", so run its statements in tasks there");
    }
    if (holder == asking) {
      depth++;
      return;
    }
    lock.acquire();
    holder = asking;
    depth = 1;
  }

  /** Gives the turn back that {@link #take} gave. */
  void give() {
    if (--depth == 0) {
      holder = null;
      lock.release();
    }
  }

  /** Takes the turn from a task that has ended with it. */
  void giveFor(Task<?> ended) {
    if (holder == ended) {
      depth = 1;
      give();
    }
  }
}
