package io.asyncio4j.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.asyncio4j.bench.RowRunner.Times;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The peers that need nothing but this JVM: each row is done once, and checks itself. */
class PeerProgramsTest {
  private static final int SMALL = 1_000;
  private static final Set<String> OF_THIS_JVM =
      Set.of("asyncio4j", "portable", "jdk", "structured", "bare", "continuation");

  @Test
  void peersOfThisJvm_doAllTheirRows() throws Exception {
    List<String> log = new ArrayList<>();
    Toolchain tools = new Toolchain(Path.of("..").toAbsolutePath(), false, log::add);
    List<Program> programs = Peers.micro(tools, OF_THIS_JVM::contains);
    assertThat(programs).extracting(Program::id).containsExactlyInAnyOrderElementsOf(OF_THIS_JVM);
    Results results = new Results(programs.stream().map(Program::peer).toList());
    Times times = new Times(0, 0, 0, 1, Duration.ofMinutes(2));
    RowRunner runner = new RowRunner(programs, times, results, log::add);
    Group micro = MicroRows.group();
    List<Row> rows = new ArrayList<>(micro.rows());
    rows.add(micro.sized().getFirst());
    for (Row row : rows) {
      runner.run(row, SMALL);
      assertThat(results.cell(row, Results.OURS).rounds()).isGreaterThanOrEqualTo(3);
    }
    assertThat(results.failures()).isEmpty();
    assertThat(results.peers(rows)).hasSize(OF_THIS_JVM.size());
    assertThat(new Report(micro, results).medians())
        .contains("`threadsafe`", "StructuredTaskScope");
  }

  @Test
  void programsOfThisJvm_doTheirRows() throws Exception {
    List<String> log = new ArrayList<>();
    Toolchain tools = new Toolchain(Path.of("..").toAbsolutePath(), false, log::add);
    Set<String> ids = Set.of("asyncio4j", "two-loops", "jdk", "jdk1");
    List<Program> programs = MacroPeers.of(tools, ids::contains);
    Results results = new Results(programs.stream().map(Program::peer).distinct().toList());
    Times times = new Times(0, 0, 0, 1, Duration.ofMinutes(2));
    RowRunner runner = new RowRunner(programs, times, results, log::add);
    for (Row row : MacroRows.group().rows()) {
      runner.run(row, row.equals(MacroRows.STARTUP) ? 1 : SMALL);
    }
    assertThat(results.failures()).isEmpty();
    assertThat(results.peers(List.of(MacroRows.ECHO)))
        .containsExactly("asyncio4j", "JDK virtual threads");
    assertThat(results.peers(List.of(MacroRows.SCALING)))
        .containsExactly(
            "asyncio4j", "asyncio4j, 2 loops", "JDK virtual threads", "JDK, 1 carrier");
  }
}
