package io.asyncio4j.sql;

import io.asyncio4j.Asyncio;
import io.asyncio4j.ThrowingRunnable;

/** What a cancel must not cut short. */
final class Cleanup {
  private Cleanup() {}

  /** Runs clean-up code, shielded where the caller is a task. */
  static <X extends Exception> void run(ThrowingRunnable<X> body) throws X {
    if (Asyncio.currentTask() == null) {
      body.run();
    } else {
      Asyncio.shielded(body);
    }
  }
}
