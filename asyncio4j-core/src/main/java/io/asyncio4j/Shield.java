package io.asyncio4j;

import org.jspecify.annotations.Nullable;

/**
 * The keeper of the cancel requests that come to a task from outside of a shielded scope: those
 * that were there when the scope began, and those that come while it runs.
 *
 * <p>Every scope that can ask for a cancel knows at which depth of shields it began. A request
 * reaches the task if no shield is deeper; else the outermost of the deeper ones keeps it until it
 * ends.
 */
final class Shield {
  private final @Nullable Shield outer;
  private final int depth;
  private final CancelState before;
  private int held;
  private @Nullable String heldMessage;
  private @Nullable Object heldFor;

  Shield(@Nullable Shield outer, CancelState before) {
    this.outer = outer;
    this.depth = depthOf(outer) + 1;
    this.before = before;
  }

  /** Returns the number of shields around a task whose innermost one is given. */
  static int depthOf(@Nullable Shield innermost) {
    return innermost == null ? 0 : innermost.depth;
  }

  @Nullable Shield outer() {
    return outer;
  }

  /** Keeps a request of a scope that began at a depth less than this one's. */
  void hold(int requestDepth, @Nullable String message, @Nullable Object scope) {
    Shield keeper = this;
    while (keeper.depth > requestDepth + 1 && keeper.outer != null) {
      keeper = keeper.outer;
    }
    keeper.heldFor = keeper.held == 0 ? scope : null;
    keeper.held++;
    keeper.heldMessage = message;
  }

  /** Takes a request back that is kept in this shield or around it; tells whether there was one. */
  boolean takeBack() {
    for (Shield keeper = this; keeper != null; keeper = keeper.outer) {
      if (keeper.held > 0) {
        keeper.held--;
        return true;
      }
      if (keeper.before.takeBack()) {
        return true;
      }
    }
    return false;
  }

  /** Returns how many requests this shield and those around it keep. */
  int kept() {
    int kept = 0;
    for (Shield keeper = this; keeper != null; keeper = keeper.outer) {
      kept += keeper.held + keeper.before.count();
    }
    return kept;
  }

  /** Returns what the task is asked once this shield is gone, given what is left of its inside. */
  CancelState released(CancelState inside) {
    before.add(inside);
    if (held > 0) {
      before.release(held, heldMessage, heldFor);
    }
    return before;
  }
}
