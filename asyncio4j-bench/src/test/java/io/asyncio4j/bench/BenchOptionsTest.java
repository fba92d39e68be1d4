package io.asyncio4j.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.asyncio4j.bench.BenchOptions.UsageException;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BenchOptionsTest {
  private static BenchOptions parse(String line) throws UsageException {
    String[] args = ("/checkout " + line).strip().split(" ", -1);
    return BenchOptions.parse(args, Map.of("micro", Set.of("switch", "wake")));
  }

  @Test
  void nothing_runsEverything() throws UsageException {
    BenchOptions options = parse("");
    assertThat(BenchOptions.GROUPS).allMatch(options::runs);
    assertThat(options.wantsPeer("go")).isTrue();
    assertThat(options.write()).isFalse();
  }

  @Test
  void rowsAndPeers_leaveOutTheOthers() throws UsageException {
    BenchOptions options = parse("micro wake --peers go,uvloop --quick --processes 2");
    assertThat(options.runs("sql")).isFalse();
    assertThat(options.wantsRow(new Row("wake", "", Unit.NANOS, 1))).isTrue();
    assertThat(options.wantsRow(new Row("switch", "", Unit.NANOS, 1))).isFalse();
    assertThat(options.wantsRow(new Row("wake", "", Unit.NANOS, 1, 0))).isFalse();
    assertThat(options.wantsPeer("uvloop")).isTrue();
    assertThat(options.wantsPeer("node")).isFalse();
    assertThat(options.processes()).isEqualTo(2);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --fast                 | there is no option --fast
          nothing                | there is no nothing: name one of micro, macro, sql, jmh
          micro nothing          | micro has no row nothing; its rows:
          sql switch             | sql has no row switch: none can be chosen
          --processes none       | --processes needs a number from 1, not 'none'
          --rounds 0             | --rounds needs a number from 1, not '0'
          --url                  | --url needs a value
          --peers go,cobol       | there is no peer cobol; peers: asyncio4j, aot
          micro switch --write   | --write needs all rows and all peers
          --peers go --write     | --write needs all rows and all peers
          """)
  void commandLine_thatIsWrong_isNamed(String line, String message) {
    assertThatThrownBy(() -> parse(line))
        .isInstanceOf(UsageException.class)
        .hasMessageStartingWith(message);
  }
}
