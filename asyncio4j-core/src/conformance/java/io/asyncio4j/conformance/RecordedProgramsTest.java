package io.asyncio4j.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.asyncio4j.EventLoop;
import io.asyncio4j.LoopOptions;
import io.asyncio4j.testing.VirtualClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Random programs of tasks, groups, timeouts, cancels, queues and locks do, step by step and to the
 * millisecond of virtual time, what CPython's asyncio was recorded doing in them.
 */
class RecordedProgramsTest {
  private static final Path PROGRAMS = Path.of("src/conformance/traces/programs.txt");

  @TestFactory
  Stream<DynamicTest> program_doesWhatCpythonDid() throws IOException {
    List<String> lines =
        Files.readAllLines(PROGRAMS).stream().filter(line -> !line.startsWith("#")).toList();
    List<DynamicTest> tests = new ArrayList<>();
    for (int i = 0; i + 1 < lines.size(); i += 2) {
      String program = lines.get(i);
      String recorded = lines.get(i + 1);
      tests.add(
          DynamicTest.dynamicTest(
              program,
              () -> assertThat(trace(program)).containsExactlyElementsOf(steps(recorded))));
    }
    assertThat(tests).hasSize(300);
    return tests.stream();
  }

  private static List<String> steps(String recorded) {
    return List.of(recorded.split("\\|", -1));
  }

  private static List<String> trace(String text) {
    VirtualClock clock = new VirtualClock();
    ProgramInterpreter program = new ProgramInterpreter(text, clock);
    try (EventLoop loop =
        EventLoop.create(LoopOptions.defaults().withName("recorded").withClock(clock))) {
      loop.exceptionHandler(
          report -> {
            if (report.message().contains("callback")) { // else a failure that nobody asked for
              program.note("REPORT " + report.message() + " " + report.exception());
            }
          });
      loop.runUntilComplete(() -> program.run(loop));
    }
    return program.trace();
  }
}
