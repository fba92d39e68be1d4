package io.asyncio4j.conformance;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** The page that counts which of CPython's tests are ported, and says why the others are not. */
final class ConformancePage {
  private static final String HEAD =
      """
      # Conformance

      CPython tests its asyncio with a suite of its own. This page counts which of those tests have a counterpart here, by the modules of
      `Lib/test/test_asyncio` in CPython 3.13.0; a test that several classes inherit counts once. A test of ours that stands for one of CPython's says so with
      the annotation `@Ported("module.Class.method")`, and carries over what the test means, not how it is written. All of them run in each build, on
      a virtual clock, so a test that is ported passes, or there is no build.

      The page is made from the annotations and from `asyncio4j-core/src/conformance/left-out.txt`; a test fails when it is out of date, and
      when a test of a module in the first table is neither ported nor left out with a reason. CONTRIBUTING says how to make it anew.

      """;

  private ConformancePage() {}

  static String of(
      CpythonTests cpython, PortedTests ported, LeftOutTests leftOut, List<String> covered) {
    StringBuilder page = new StringBuilder(HEAD);
    page.append(
        "| module | tests in CPython | ported | passing | left out |\n|---|---|---|---|---|\n");
    int[] sum = new int[3];
    for (String module : covered) {
      int all = cpython.of(module).size();
      int done = count(cpython.of(module), ported.portsByTest().keySet());
      int out = count(cpython.of(module), leftOut.reasons().keySet());
      row(page, "`" + module + "`", all, done, out);
      sum[0] += all;
      sum[1] += done;
      sum[2] += out;
    }
    row(page, "together", sum[0], sum[1], sum[2]);
    others(page, cpython, ported, leftOut, covered);
    page.append("\n## Left out, and why\n");
    for (String module : cpython.modules()) {
      reasons(page, module, cpython, leftOut);
    }
    return page.toString();
  }

  private static void row(StringBuilder page, String name, int all, int done, int out) {
    page.append("| %s | %d | %d | %d | %d |\n".formatted(name, all, done, done, out));
  }

  private static void others(
      StringBuilder page,
      CpythonTests cpython,
      PortedTests ported,
      LeftOutTests leftOut,
      List<String> covered) {
    page.append(
        "\nOf other modules only some tests are ported: those that are about what is here. The rest was not"
            + " looked at, or tests what only CPython has, such as its selector loop and its transports.\n\n"
            + "| module | tests in CPython | ported | passing | left out | not looked at |\n|---|---|---|---|---|---|\n");
    for (String module : cpython.modules()) {
      if (covered.contains(module)) {
        continue;
      }
      Set<String> tests = cpython.of(module);
      int done = count(tests, ported.portsByTest().keySet());
      int out = count(tests, leftOut.reasons().keySet());
      page.append(
          "| `%s` | %d | %d | %d | %d | %d |\n"
              .formatted(module, tests.size(), done, done, out, tests.size() - done - out));
    }
  }

  private static void reasons(
      StringBuilder page, String module, CpythonTests cpython, LeftOutTests leftOut) {
    Map<String, Set<String>> testsByReason = new TreeMap<>();
    for (String test : cpython.of(module)) {
      String reason = leftOut.reasons().get(test);
      if (reason != null) {
        testsByReason
            .computeIfAbsent(reason, _ -> new TreeSet<>())
            .add(test.substring(module.length() + 1));
      }
    }
    if (testsByReason.isEmpty()) {
      return;
    }
    page.append("\n### ").append(module).append("\n\n");
    testsByReason.forEach(
        (reason, tests) ->
            page.append("- ")
                .append(reason)
                .append(": `")
                .append(String.join("`, `", tests))
                .append("`\n"));
  }

  private static int count(Set<String> tests, Set<String> among) {
    return (int) tests.stream().filter(among::contains).count();
  }
}
