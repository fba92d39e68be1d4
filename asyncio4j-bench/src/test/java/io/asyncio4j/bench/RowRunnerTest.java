package io.asyncio4j.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.asyncio4j.bench.RowRunner.Times;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RowRunnerTest {
  private static final Row ROW = new Row("work", "work", Unit.NANOS, 100);

  private final List<String> log = new ArrayList<>();

  private Results run(Row row, Duration patience, Program... programs) throws Exception {
    List<String> peers = List.of(programs).stream().map(Program::peer).toList();
    Results results = new Results(peers);
    new RowRunner(List.of(programs), new Times(0, 0, 0, 2, patience), results, log::add)
        .run(row, row.size());
    return results;
  }

  private Results run(Program... programs) throws Exception {
    return run(ROW, Duration.ofMinutes(2), programs);
  }

  @Test
  void peersThatWork_twoProcesses_giveMediansAndVersions() throws Exception {
    Results results = run(FakePeer.program("A", "works"), FakePeer.program("B", "works"));
    assertThat(results.median(ROW, "A")).isEqualTo(20);
    assertThat(results.cell(ROW, "B").processes()).isEqualTo(2);
    assertThat(results.cell(ROW, "B").rounds()).isEqualTo(6);
    assertThat(results.versions()).containsEntry("A", "fake 7");
    assertThat(results.failures()).isEmpty();
    assertThat(log).containsExactly("work, ns (100):  A 20.0  B 20.0");
  }

  @Test
  void peerThatDies_isAFailureWithItsLastWords_andTheOthersGoOn() throws Exception {
    Results results = run(FakePeer.program("A", "dies"), FakePeer.program("B", "works"));
    assertThat(results.failures()).containsOnly("work, A: exit code 9: no memory left").hasSize(2);
    assertThat(results.median(ROW, "B")).isEqualTo(20);
  }

  @Test
  void peerThatPrintsGarbage_isAFailureWithTheLine() throws Exception {
    Results results = run(FakePeer.program("A", "prints-garbage"));
    assertThat(results.failures())
        .contains("work, A: a line is no JSON object: Segmentation fault");
  }

  @Test
  void peerThatHangs_isEndedWhenThePatienceIsOver() throws Exception {
    Program hangs = FakePeer.program("A", "hangs").onlyFor("work");
    Results results = run(ROW, Duration.ofMillis(1), hangs);
    assertThat(results.failures())
        .hasSize(2)
        .allMatch(failure -> failure.startsWith("work, A: A hangs: it has printed nothing"));
  }

  @Test
  void peerWithoutARound_isAFailure() throws Exception {
    assertThat(run(FakePeer.program("A", "prints-nothing")).failures())
        .contains("work, A: it has ended without a round");
  }

  @Test
  void peerWithoutTheRow_isNoFailure() throws Exception {
    Results results = run(FakePeer.program("A", "lacks-the-row"));
    assertThat(results.failures()).isEmpty();
    assertThat(results.measured(ROW, "A")).isNull();
  }

  @Test
  void rowThatNoProgramNames_isNotAskedFor() throws Exception {
    Row unknown = new Row("unknown", "unknown", Unit.NANOS, 100);
    Results results = run(unknown, Duration.ofMinutes(2), FakePeer.program("A", "prints-garbage"));
    assertThat(results.failures()).isEmpty();
  }

  @Test
  void programThatCannotBeStarted_isLeftOut() throws Exception {
    Program none = Program.of("A", "fake", List.of("/no/such/program"));
    Results results = run(none, FakePeer.program("B", "works"));
    assertThat(log.getFirst())
        .startsWith("A does not tell its rows and is left out: A cannot be started");
    assertThat(results.median(ROW, "B")).isEqualTo(20);
  }

  @Test
  void secondProgramOfAPeer_doesTheRowsThatTheFirstLacks() throws Exception {
    Results results =
        run(
            FakePeer.program("A", "dies").onlyFor("something"),
            FakePeer.program("A", "works"),
            FakePeer.program("A", "dies"));
    assertThat(results.failures()).isEmpty();
    assertThat(results.cell(ROW, "A").processes()).isEqualTo(2);
  }
}
