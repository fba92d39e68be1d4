package io.asyncio4j.refire;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** How many connections this process may have open, where the system tells it. */
final class FileLimit {
  private static final Path LIMITS = Path.of("/proc/self/limits");
  private static final String NAME = "Max open files";

  /** What the JVM, the logs and the files that are written need. */
  private static final int RESERVED = 100;

  private FileLimit() {}

  /** Returns the most connections; at least 1, {@link Integer#MAX_VALUE} if there is no limit. */
  static int connections() {
    try {
      for (String line : Files.readAllLines(LIMITS)) {
        if (line.startsWith(NAME)) {
          return connections(line.substring(NAME.length()).strip().split(" +", -1)[0]);
        }
      }
    } catch (IOException notTold) {
      return Integer.MAX_VALUE;
    }
    return Integer.MAX_VALUE;
  }

  private static int connections(String soft) {
    boolean number =
        !soft.isEmpty() && soft.length() < 19 && soft.chars().allMatch(Character::isDigit);
    return number
        ? Math.clamp(Long.parseLong(soft) - RESERVED, 1, Integer.MAX_VALUE)
        : Integer.MAX_VALUE;
  }
}
