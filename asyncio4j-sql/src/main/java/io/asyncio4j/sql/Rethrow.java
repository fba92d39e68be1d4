package io.asyncio4j.sql;

/** Throws exceptions as they are where the compiler would have them declared. */
final class Rethrow {
  private Rethrow() {}

  /**
   * Throws an exception as it is.
   *
   * @return never; lets the caller write a throw statement
   */
  @SuppressWarnings({
    "unchecked",
    "TypeParameterUnusedInFormals"
  }) // X is erased; what is thrown is the object that was given
  static <X extends Throwable> X as(Throwable thrown) throws X {
    throw (X) thrown;
  }
}
