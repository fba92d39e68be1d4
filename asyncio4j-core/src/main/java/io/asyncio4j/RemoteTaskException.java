package io.asyncio4j;

import org.jspecify.annotations.Nullable;

/**
 * Stands for an exception that a task threw in a worker of a {@link ProcessPoolExecutor} and that
 * could not be sent back, mostly since a field of it is not {@link java.io.Serializable}.
 *
 * <p>Its message begins with the class of that exception, its stack is the stack of that exception
 * in the worker, and its cause stands for that exception's cause.
 */
public final class RemoteTaskException extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private static final int MAX_CAUSES = 20;

  /** The name of the class of the exception that was thrown. */
  private final String className;

  private RemoteTaskException(Throwable original, @Nullable Throwable cause) {
    super(textOf(original), cause);
    className = original.getClass().getName();
    setStackTrace(original.getStackTrace());
  }

  /** Returns what stands for an exception and its causes. */
  static RemoteTaskException standingFor(Throwable original) {
    return standingFor(original, MAX_CAUSES);
  }

  private static RemoteTaskException standingFor(Throwable original, int causesLeft) {
    Throwable cause = original.getCause();
    return new RemoteTaskException(
        original, cause == null || causesLeft == 0 ? null : standingFor(cause, causesLeft - 1));
  }

  private static String textOf(Throwable original) {
    try {
      return original.toString();
    } catch (RuntimeException e) { // of the user's own exception class
      return original.getClass().getName();
    }
  }

  /**
   * Returns the name of the class of the exception that this one stands for.
   *
   * @return the name, as {@link Class#getName} gives it
   */
  public String className() {
    return className;
  }
}
