package io.asyncio4j;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** The one place where a checked exception is thrown as the object it is, undeclared. */
final class Rethrow {
  private Rethrow() {}

  /** Calls what may throw a checked exception, which passes undeclared. */
  static <T extends @Nullable Object> T call(Callable<? extends T> callable) {
    try {
      return callable.call();
    } catch (Exception e) {
      throw Rethrow.<RuntimeException>as(e);
    }
  }

  /** Throws the exception; declared to return one so that callers can write {@code throw}. */
  @SuppressWarnings({
    "unchecked",
    "TypeParameterUnusedInFormals"
  }) // erased: any Throwable is thrown
  static <X extends Throwable> X as(Throwable exception) throws X {
    throw (X) exception;
  }
}
