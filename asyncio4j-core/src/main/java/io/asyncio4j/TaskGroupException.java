package io.asyncio4j;

import java.util.List;

/**
 * Thrown by {@link TaskGroup#run} when tasks of the group, or its body, failed.
 *
 * <p>The first failure is the cause, the others are suppressed; {@link #exceptions()} has all of
 * them.
 *
 * <p>Counterpart of the {@code ExceptionGroup} that {@code asyncio.TaskGroup} raises.
 */
public final class TaskGroupException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** What was thrown, in the order of the work. */
  @SuppressWarnings("serial") // the list that List.copyOf gives is serializable
  private final List<Throwable> exceptions;

  TaskGroupException(List<Throwable> exceptions) {
    super(
        "unhandled errors in a TaskGroup: " + CompoundException.merge(exceptions),
        exceptions.getFirst());
    this.exceptions = List.copyOf(exceptions);
    this.exceptions.stream().skip(1).forEach(this::addSuppressed);
  }

  /**
   * Returns the failures in the order in which they came, that of the body last.
   *
   * @return at least one exception; unmodifiable
   */
  public List<Throwable> exceptions() {
    return exceptions;
  }
}
