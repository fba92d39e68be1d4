package io.asyncio4j;

import java.io.InterruptedIOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedByInterruptException;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/** The rules that tell a cancellation from a failure. */
final class Cancellation {
  private static final int DEEPEST_CAUSE = 32;

  private Cancellation() {}

  /**
   * Returns an exception without a stack: a cancellation is made once per awaiter, by the thousand.
   */
  static CancellationException create(@Nullable String message) {
    return new Stackless(message);
  }

  /**
   * Returns what {@code thrown} is when it leaves a scope or a task: a {@link
   * CancellationException} if it is one, or if it is what an interrupt causes and the task's cancel
   * was asked for; else null.
   */
  static @Nullable CancellationException of(Task<?> task, Throwable thrown) {
    if (thrown instanceof CancellationException cancelled) {
      return cancelled;
    }
    if (!causedByInterrupt(thrown)) {
      return null;
    }
    task.takeDeliveredRequests();
    if (task.cancelsInside() == 0) {
      return null;
    }
    CancellationException mapped = create(task.cancelMessage());
    mapped.initCause(thrown);
    return mapped;
  }

  /** Returns the class of an exception as users know it. */
  static Class<? extends Throwable> typeOf(Throwable exception) {
    return exception instanceof Stackless ? CancellationException.class : exception.getClass();
  }

  static boolean causedByInterrupt(Throwable thrown) {
    Throwable e = thrown;
    for (int depth = 0; e != null && depth < DEEPEST_CAUSE; depth++) {
      if (e instanceof TimeoutException || e instanceof TaskGroupException) {
        return false; // a scope has dealt with what is below
      }
      if (e instanceof InterruptedException
          || e instanceof ClosedByInterruptException
          || e instanceof CancellationException
          || (e instanceof InterruptedIOException && !(e instanceof SocketTimeoutException))
          || (e instanceof SocketException && "Closed by interrupt".equals(e.getMessage()))) {
        return true;
      }
      e = e.getCause();
    }
    return false;
  }

  private static final class Stackless extends CancellationException {
    private static final long serialVersionUID = 1L;

    Stackless(@Nullable String message) {
      super(message);
    }

    @Override
    public synchronized Throwable fillInStackTrace() {
      return this;
    }

    @Override
    @SuppressWarnings(
        "OverrideThrowableToString") // the name of this class would tell a user nothing
    public String toString() {
      String message = getMessage();
      String name = CancellationException.class.getName();
      return message == null ? name : name + ": " + message;
    }
  }
}
