package io.asyncio4j;

import java.nio.channels.CancelledKeyException;
import java.nio.channels.SelectionKey;
import org.jspecify.annotations.Nullable;

/**
 * The readiness of one channel: up to two callbacks, one for its input and one for its output, each
 * run once when the channel is ready. On the loop's thread, except for {@link #key}.
 */
final class Readiness {
  private static final int INPUT = SelectionKey.OP_READ | SelectionKey.OP_ACCEPT;

  private final IoSelector selector;
  @Nullable SelectionKey key;
  private @Nullable Runnable onInput;
  private @Nullable Runnable onOutput;

  Readiness(IoSelector selector) {
    this.selector = selector;
  }

  /**
   * Has a callback run once when the channel is ready; it may come without need. A {@link Turn}
   * lets its task go on.
   */
  void onReady(int operation, Runnable callback) {
    if ((operation & INPUT) != 0) {
      onInput = callback;
    } else {
      onOutput = callback;
    }
    SelectionKey registered = key;
    if (registered == null) {
      return;
    }
    try {
      if ((registered.interestOps() & operation) == 0) { // else it is looked for already
        registered.interestOpsOr(operation);
        selector.changed();
      }
    } catch (CancelledKeyException _) {
      fire(operation); // closed: to be seen by trying
    }
  }

  /** Forgets a callback, if it is still the one. The interest runs out by itself. */
  void forget(int operation, Runnable callback) {
    if ((operation & INPUT) != 0 && onInput == callback) {
      onInput = null;
    } else if ((operation & ~INPUT) != 0 && onOutput == callback) {
      onOutput = null;
    }
  }

  boolean awaitsInput() {
    return onInput != null;
  }

  boolean awaitsOutput() {
    return onOutput != null;
  }

  /**
   * Has what waits go on: a task in the turn that begins, a callback by its own. For the selector
   * that the loop's thread drives.
   *
   * <p>An interest in input is kept while somebody waits for it each time, so that a connection
   * over which requests come costs no system call to have it watched.
   */
  void ready(SelectionKey ready) {
    int operations = ready.readyOps();
    int over = operations & ~INPUT;
    if ((operations & INPUT) != 0) {
      if (onInput == null) {
        over = operations;
      }
      goOn(onInput);
      onInput = null;
    }
    if ((operations & ~INPUT) != 0) {
      goOn(onOutput);
      onOutput = null;
    }
    if (over != 0) {
      ready.interestOpsAnd(~over);
    }
  }

  private void goOn(@Nullable Runnable callback) {
    if (callback instanceof Turn turn) {
      turn.run();
    } else if (callback != null) {
      selector.enqueue(callback);
    }
  }

  void fire(int operations) {
    if ((operations & INPUT) != 0) {
      Runnable callback = onInput;
      onInput = null;
      if (callback != null) {
        callback.run();
      }
    }
    if ((operations & ~INPUT) != 0) {
      Runnable callback = onOutput;
      onOutput = null;
      if (callback != null) {
        callback.run();
      }
    }
  }

  /** Runs what waits, once, after the channel was closed. */
  void closed() {
    fire(~0);
    selector.changed();
  }
}
