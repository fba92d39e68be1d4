package io.asyncio4j;

import java.util.List;
import java.util.stream.Collectors;

/**
 * Several exceptions as one, with their messages merged.
 *
 * <p>The first is the cause, the others are suppressed.
 *
 * <p>Counterpart of {@code CompoundException} of the package asyncio_tools.
 */
public final class CompoundException extends Exception {
  private static final long serialVersionUID = 1L;

  /** What was thrown, in the order of the work. */
  @SuppressWarnings("serial") // the list that List.copyOf gives is serializable
  private final List<Throwable> exceptions;

  CompoundException(List<Throwable> exceptions) {
    super(merge(exceptions), exceptions.getFirst());
    this.exceptions = List.copyOf(exceptions);
    this.exceptions.stream().skip(1).forEach(this::addSuppressed);
  }

  static String merge(List<Throwable> exceptions) {
    return exceptions.stream()
        .map(CompoundException::brief)
        .collect(
            Collectors.joining(
                "; ",
                exceptions.size() + (exceptions.size() == 1 ? " error [" : " errors ["),
                "]"));
  }

  private static String brief(Throwable exception) {
    String name = Cancellation.typeOf(exception).getSimpleName();
    String message = exception.getMessage();
    return message == null ? name : name + ": " + message;
  }

  /**
   * Returns the exceptions in the order of what was gathered.
   *
   * @return at least one exception; unmodifiable
   */
  public List<Throwable> exceptions() {
    return exceptions;
  }

  /**
   * Returns the class of each exception, in the same order.
   *
   * @return at least one class; unmodifiable
   */
  public List<Class<? extends Throwable>> exceptionTypes() {
    return typesOf(exceptions);
  }

  static List<Class<? extends Throwable>> typesOf(List<Throwable> exceptions) {
    return exceptions.stream().<Class<? extends Throwable>>map(Cancellation::typeOf).toList();
  }
}
