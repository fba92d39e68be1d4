package io.asyncio4j.refire;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** How many connections this process may have open, where the system tells it. */
final class FileLimit {
  private static final Path LIMITS = Path.of("/proc/self/limits");
  private static final String NAME = "Max open files";
  private static final Path OPEN = Path.of("/proc/self/fd");

  /**
   * What the run still needs beside connections: the files it writes, and classes yet to be read.
   */
  private static final int RESERVED = 16;

  private FileLimit() {}

  /** Returns the most connections; at least 1, {@link Integer#MAX_VALUE} if there is no limit. */
  static int connections() {
    try {
      for (String line : Files.readAllLines(LIMITS)) {
        if (line.startsWith(NAME)) {
          return connections(line.substring(NAME.length()).strip().split(" +", -1)[0], open());
        }
      }
    } catch (IOException notTold) {
      return Integer.MAX_VALUE;
    }
    return Integer.MAX_VALUE;
  }

  private static long open() throws IOException {
    try (Stream<Path> open = Files.list(OPEN)) {
      return open.count();
    }
  }

  static int connections(String soft, long open) {
    boolean number =
        !soft.isEmpty() && soft.length() < 19 && soft.chars().allMatch(Character::isDigit);
    return number
        ? Math.clamp(Long.parseLong(soft) - open - RESERVED, 1, Integer.MAX_VALUE)
        : Integer.MAX_VALUE;
  }
}
