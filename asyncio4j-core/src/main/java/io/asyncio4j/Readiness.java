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

  /** Has a callback run once when the channel is ready; it may come without need. */
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
      if ((registered.interestOpsOr(operation) & operation) == 0) {
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
