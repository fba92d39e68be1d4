package io.asyncio4j.bench;

import java.util.concurrent.atomic.LongAdder;

/** What came of selects: a sum over all their rows, which shows that they were read, and errors. */
final class Tally {
  private final LongAdder sum = new LongAdder();
  private final LongAdder errors = new LongAdder();

  void add(long value) {
    sum.add(value);
  }

  void addError(Throwable error) {
    if (errors.sum() == 0) {
      System.err.println(error);
    }
    errors.increment();
  }

  long sum() {
    return sum.sum();
  }

  long errors() {
    return errors.sum();
  }
}
