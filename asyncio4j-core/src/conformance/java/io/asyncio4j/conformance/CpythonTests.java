package io.asyncio4j.conformance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The names of CPython's own tests of asyncio, by module, as the files in {@code cpython} list
 * them.
 */
final class CpythonTests {
  private final Map<String, Set<String>> byModule = new TreeMap<>();

  private CpythonTests() {}

  /** Reads a folder of lists: a file for each module, a line for each test, comments after '#'. */
  static CpythonTests read(Path folder) throws IOException {
    CpythonTests tests = new CpythonTests();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.sorted().toList()) {
        String module = file.getFileName().toString().replace(".txt", "");
        Set<String> names = new LinkedHashSet<>();
        for (String line : Files.readAllLines(file)) {
          if (!line.isBlank() && !line.startsWith("#")) {
            names.add(module + "." + line.strip());
          }
        }
        tests.byModule.put(module, names);
      }
    }
    return tests;
  }

  Set<String> modules() {
    return byModule.keySet();
  }

  Set<String> of(String module) {
    Set<String> names = byModule.get(module);
    if (names == null) {
      throw new IllegalArgumentException("no list of CPython's tests of " + module);
    }
    return names;
  }

  boolean contains(String test) {
    return byModule.values().stream().anyMatch(names -> names.contains(test));
  }

  /**
   * Returns the tests whose method is named as that of the given test, for a message that helps.
   */
  Set<String> likelyMeantBy(String test) {
    String method = test.substring(test.lastIndexOf('.') + 1);
    Set<String> likely = new LinkedHashSet<>();
    for (Set<String> names : byModule.values()) {
      names.stream().filter(name -> name.endsWith("." + method)).forEach(likely::add);
    }
    return likely;
  }
}
