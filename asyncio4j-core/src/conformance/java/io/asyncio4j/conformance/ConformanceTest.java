package io.asyncio4j.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The names in {@link Ported} and in the list of what is left out are tests that CPython has. */
class ConformanceTest {
  private static final Path FOLDER = Path.of("src/conformance");

  private final CpythonTests cpython = CpythonTests.read(FOLDER.resolve("cpython"));
  private final PortedTests ported = PortedTests.find();
  private final LeftOutTests leftOut = LeftOutTests.read(FOLDER.resolve("left-out.txt"));

  ConformanceTest() throws Exception {}

  @Test
  void portedTests_areTestsOfCpython() {
    assertThat(unknown(ported.portsByTest().keySet())).isEmpty();
  }

  @Test
  void portedTests_areRun() {
    assertThat(ported.notRun()).as("carry @Ported, and are no test or are disabled").isEmpty();
  }

  @Test
  void leftOutTests_areTestsOfCpythonWithAReason() {
    assertThat(leftOut.malformed()).as("lines without name, tab and reason").isEmpty();
    assertThat(unknown(leftOut.reasons().keySet())).isEmpty();
  }

  @Test
  void leftOutTests_areNotPorted() {
    Set<String> both = new TreeSet<>(leftOut.reasons().keySet());
    both.retainAll(ported.portsByTest().keySet());
    assertThat(both).isEmpty();
  }

  private List<String> unknown(Iterable<String> tests) {
    List<String> unknown = new ArrayList<>();
    for (String test : tests) {
      if (!cpython.contains(test)) {
        unknown.add(
            test
                + " is no test in "
                + FOLDER.resolve("cpython")
                + "; with this method there are "
                + cpython.likelyMeantBy(test));
      }
    }
    return unknown;
  }
}
