package io.asyncio4j.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * Each of CPython's tests of asyncio is ported or left out with a reason, and the page that counts
 * them is up to date.
 */
class ConformanceTest {
  private static final Path FOLDER = Path.of("src/conformance");
  private static final Path PAGE = Path.of("../docs/conformance.md");
  private static final String UPDATE = "conformance.update";

  /** The modules of which each test is ported or left out with a reason. */
  private static final List<String> COVERED =
      List.of(
          "test_tasks",
          "test_futures",
          "test_locks",
          "test_queues",
          "test_taskgroups",
          "test_timeouts",
          "test_waitfor",
          "test_runners",
          "test_streams",
          "test_subprocess");

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

  @Test
  void testsOfTheCoveredModules_areAllPortedOrLeftOut() {
    List<String> missing = new ArrayList<>();
    for (String module : COVERED) {
      missing.addAll(cpython.of(module));
    }
    missing.removeAll(ported.portsByTest().keySet());
    missing.removeAll(leftOut.reasons().keySet());
    assertThat(missing).as("neither carried by @Ported nor in left-out.txt").isEmpty();
  }

  @Test
  void page_isUpToDate() throws IOException {
    String now = ConformancePage.of(cpython, ported, leftOut, COVERED);
    if (System.getProperty(UPDATE) != null) {
      Files.writeString(PAGE, now);
    }
    assertThat(Files.exists(PAGE) ? Files.readString(PAGE) : "")
        .as(
            "docs/conformance.md is out of date; make it anew with './test -pl asyncio4j-core -am"
                + " -Dtest=ConformanceTest -Dsurefire.failIfNoSpecifiedTests=false -D%s'",
            UPDATE)
        .isEqualTo(now);
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
