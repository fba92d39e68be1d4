package io.asyncio4j.examples;

import io.asyncio4j.EventLoop;
import java.util.Locale;

/** The time that has passed on the clock of the loop. */
final class Stopwatch {
  private final EventLoop loop = EventLoop.current();
  private final long start = loop.time();

  private Stopwatch() {}

  static Stopwatch start() {
    return new Stopwatch();
  }

  double seconds() {
    return (loop.time() - start) / 1e9;
  }

  /** Returns the seconds with two decimals. */
  @Override
  public String toString() {
    return String.format(Locale.ROOT, "%.2f", seconds());
  }
}
