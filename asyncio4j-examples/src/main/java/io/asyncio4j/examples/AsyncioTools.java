package io.asyncio4j.examples;

import static io.asyncio4j.Asyncio.gatherResults;
import static io.asyncio4j.Asyncio.run;

import io.asyncio4j.CompoundException;

/** The example of the Python package asyncio_tools, line by line. */
final class AsyncioTools {
  static void main() {
    run(AsyncioTools::program);
  }

  // region program
  static void program() {
    var response = gatherResults(AsyncioTools::good, AsyncioTools::bad, AsyncioTools::good).await();

    // Was a particular exception thrown?
    IO.println(response.exceptionTypes().contains(IllegalArgumentException.class));

    // All exceptions.
    IO.println(response.exceptions());

    // All exceptions of a type.
    IO.println(response.exceptionsOfType(IllegalArgumentException.class));

    // The number of exceptions.
    IO.println(response.exceptionCount());

    // All outcomes.
    IO.println(response.all());

    // All successes, that is, what is no exception.
    IO.println(response.successes());

    // The number of successes.
    IO.println(response.successCount());

    try {
      // All exceptions as one, with their messages merged.
      throw response.compoundException().orElseThrow();
    } catch (CompoundException compoundException) {
      IO.println("Caught it");

      if (compoundException.exceptionTypes().contains(IllegalArgumentException.class)) {
        IO.println("Caught an IllegalArgumentException");
      }
    }
  }

  private static String good() {
    return "OK";
  }

  private static String bad() {
    throw new IllegalArgumentException();
  }

  // endregion

  private AsyncioTools() {}
}
