package io.asyncio4j.conformance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The tests of CPython that have no counterpart here, each with its reason. */
final class LeftOutTests {
  private final Map<String, String> reasons = new TreeMap<>();
  private final List<String> malformed = new ArrayList<>();

  private LeftOutTests() {}

  /** Reads lines of a test's name, a tab and a reason. */
  static LeftOutTests read(Path file) throws IOException {
    LeftOutTests leftOut = new LeftOutTests();
    for (String line : Files.readAllLines(file)) {
      int tab = line.indexOf('\t');
      if (line.isBlank() || line.startsWith("#")) {
        continue;
      }
      if (tab < 1 || line.substring(tab).isBlank()) {
        leftOut.malformed.add(line);
      } else {
        String before = leftOut.reasons.put(line.substring(0, tab), line.substring(tab).strip());
        if (before != null) {
          leftOut.malformed.add("twice: " + line);
        }
      }
    }
    return leftOut;
  }

  Map<String, String> reasons() {
    return reasons;
  }

  List<String> malformed() {
    return malformed;
  }
}
