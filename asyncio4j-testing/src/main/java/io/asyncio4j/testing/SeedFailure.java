package io.asyncio4j.testing;

import org.opentest4j.AssertionFailedError;
import org.opentest4j.IncompleteExecutionException;

/** The failure of a test under a seed: what it threw, and how to have it again. */
final class SeedFailure {
  private SeedFailure() {}

  /** Returns what JUnit is to be told; what is no failure of the test's own passes as it is. */
  static Throwable of(long seed, Throwable failure) {
    if (failure instanceof IncompleteExecutionException
        || failure instanceof VirtualMachineError
        || failure instanceof InterruptedException) {
      return failure;
    }
    String text =
        "with seed "
            + seed
            + ": "
            + (failure instanceof AssertionError && failure.getMessage() != null
                ? failure.getMessage()
                : failure)
            + "\nTo run exactly this again: @AsyncTest(seed = "
            + seed
            + "), or -D"
            + Seeds.PROPERTY
            + "="
            + seed;
    if (failure instanceof AssertionFailedError compared && compared.isExpectedDefined()) {
      return new AssertionFailedError(text, compared.getExpected(), compared.getActual(), failure);
    }
    return new AssertionFailedError(text, failure);
  }
}
