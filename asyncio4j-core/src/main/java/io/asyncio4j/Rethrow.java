package io.asyncio4j;

/** The one place where a checked exception is thrown as the object it is, undeclared. */
final class Rethrow {
  private Rethrow() {}

  /** Throws the exception; declared to return one so that callers can write {@code throw}. */
  @SuppressWarnings({
    "unchecked",
    "TypeParameterUnusedInFormals"
  }) // erased: any Throwable is thrown
  static <X extends Throwable> X as(Throwable exception) throws X {
    throw (X) exception;
  }
}
