package io.asyncio4j;

import java.util.List;
import java.util.stream.Collectors;

/** The user's frames at the moment of its creation, the innermost first. */
final class CreationStack {
  private final List<StackTraceElement> frames =
      TaskStacks.trim(Thread.currentThread().getStackTrace());

  @Override
  public String toString() {
    return frames.isEmpty()
        ? "an unknown place"
        : frames.stream().map(String::valueOf).collect(Collectors.joining("\n    at "));
  }
}
