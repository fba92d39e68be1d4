package io.asyncio4j;

import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/**
 * A scope of one task that can be cancelled by its deadline or by hand, and that tells its own
 * cancel from all others: the engine of {@link Timeout} and {@link CancelScope}.
 */
final class DeadlineScope {
  /* From asyncio 3.14's timeouts.py. The request is taken back at the exit; if no more are left than were
  there at the entry, nobody else asked, and the cancellation was this scope's. */

  /** The deadline of a scope that has none. */
  static final long NEVER = Long.MAX_VALUE;

  private enum Stage {
    NOT_BEGUN("has not begun"),
    RUNNING("is running"),
    CANCELLING("is being cancelled"),
    ENDED("has ended");

    private final String words;

    Stage(String words) {
      this.words = words;
    }
  }

  private final EventLoop loop = EventLoop.running();
  private final String kind;
  private Stage stage = Stage.NOT_BEGUN;
  private long when;
  private @Nullable Task<?> task;
  private @Nullable Handle timer;
  private @Nullable String message;
  private boolean cancelCalled;
  private int depth;
  private int cancelsBefore;

  DeadlineScope(String kind, long when) {
    this.kind = kind;
    this.when = when;
  }

  EventLoop loop() {
    return loop;
  }

  long when() {
    return when;
  }

  boolean isRunning() {
    return stage == Stage.RUNNING;
  }

  /** Tells whether this scope was cancelled, by its deadline or by hand, before it ended. */
  boolean cancelCalled() {
    return cancelCalled;
  }

  void reschedule(long newWhen, String newMessage) {
    loop.checkThread("reschedule");
    if (stage == Stage.CANCELLING || stage == Stage.ENDED) {
      throw notNow("its deadline cannot be moved");
    }
    when = newWhen;
    message = newMessage;
    if (stage == Stage.RUNNING) {
      startTimer(newMessage);
    }
  }

  private void startTimer(@Nullable String text) {
    if (timer != null) {
      timer.cancel();
      timer = null;
    }
    if (when != NEVER) {
      Runnable expire = () -> cancel(text);
      timer = when <= loop.time() ? loop.callSoon(expire) : loop.callAt(when, expire);
    }
  }

  void cancel(@Nullable String text) {
    loop.checkThread("cancel");
    Task<?> entered = task;
    if (cancelCalled || stage == Stage.ENDED) {
      return;
    }
    cancelCalled = true;
    message = text;
    if (entered != null) {
      stage = Stage.CANCELLING;
      entered.requestCancel(text, depth, this);
    }
  }

  void enter(@Nullable String deadlineMessage) {
    if (stage != Stage.NOT_BEGUN) {
      throw notNow("it can be run once");
    }
    Task<?> entering = Task.requireCurrent("a " + kind);
    if (entering.owner() != loop) {
      throw new IllegalStateException(
          "a " + kind + " of loop " + loop.name() + " was run on loop " + entering.owner().name());
    }
    task = entering;
    depth = entering.shieldDepth();
    cancelsBefore = entering.cancelsInside();
    if (cancelCalled) {
      stage = Stage.CANCELLING;
      entering.requestCancel(message, depth, this);
    } else {
      stage = Stage.RUNNING;
      startTimer(message != null ? message : deadlineMessage);
    }
  }

  /**
   * Ends this scope.
   *
   * @return whether it was cancelled, by nobody but itself as far as the task knows
   */
  boolean exit() {
    Task<?> entered = entered();
    if (timer != null) {
      timer.cancel();
    }
    boolean cancelled = stage == Stage.CANCELLING;
    stage = Stage.ENDED;
    if (!cancelled) {
      return false;
    }
    entered.clearOwnInterrupt();
    return entered.uncancel(this) <= cancelsBefore;
  }

  /**
   * Returns what leaves the body if it is a cancellation, else null. To be asked before the exit.
   */
  @Nullable CancellationException cancellationIn(Throwable thrown) {
    return Cancellation.of(entered(), thrown);
  }

  private Task<?> entered() {
    Task<?> entered = task;
    if (entered == null) {
      throw new AssertionError("a " + kind + " ends that has not begun");
    }
    return entered;
  }

  private IllegalStateException notNow(String consequence) {
    return new IllegalStateException("a " + kind + " that " + stage.words + ": " + consequence);
  }

  @Override
  public String toString() {
    String state = stage == Stage.ENDED && cancelCalled ? "was cancelled" : stage.words;
    return kind
        + " that "
        + state
        + (when == NEVER ? ", without a deadline" : ", deadline " + when);
  }
}
