package io.asyncio4j.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.stream.Stream;

/** What is said of the machine beside figures. */
final class Machine {
  private final String loadAtStart = load();

  /** Returns a sentence without its full stop: date, processor, load since this was created. */
  String describe() {
    return LocalDate.now(ZoneOffset.UTC)
        + "; "
        + firstLine("/proc/cpuinfo", "model name").replaceAll(".*: ", "")
        + ", "
        + Runtime.getRuntime().availableProcessors()
        + " processors, load "
        + loadAtStart
        + " at the start, "
        + load()
        + " at the end";
  }

  private static String load() {
    return firstLine("/proc/loadavg", "").replaceAll(" .*", "");
  }

  private static String firstLine(String file, String beginning) {
    try (Stream<String> lines = Files.lines(Path.of(file))) {
      return lines.filter(line -> line.startsWith(beginning)).findFirst().orElse("unknown");
    } catch (IOException e) {
      return "unknown"; // on another system than Linux
    }
  }
}
