package io.asyncio4j.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RoundTest {
  @Test
  void line_ofARound_hasItsFigures() throws PeerException {
    Round round =
        Round.parse("{\"row\":\"asleep\",\"ops\":10,\"ns\":50,\"cpu_ns\":40,\"bytes\":7000}");
    assertThat(round).isEqualTo(new Round("asleep", 10, 50, 40, 7000, 0));
    assertThat(Unit.NANOS.of(round)).isEqualTo(5);
    assertThat(Unit.BYTES.of(round)).isEqualTo(700);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "nonsense",
        "[1]",
        "3",
        "{\"row\":\"a\"",
        "{}",
        "{\"row\":\"a\",\"ops\":0,\"ns\":1}",
        "{\"row\":\"a\",\"ops\":1}",
        "{\"ops\":1,\"ns\":1}"
      })
  void line_thatIsNone_isNamed(String line) {
    assertThatThrownBy(() -> Round.parse(line))
        .isInstanceOf(PeerException.class)
        .hasMessageEndingWith(": " + line);
  }

  @Test
  void firstLine_withoutVersion_isNamed() throws PeerException {
    assertThat(Round.Header.parse("{\"peer\":\"Go\",\"version\":\"1.19\"}")).hasToString("Go 1.19");
    assertThatThrownBy(() -> Round.Header.parse("{\"peer\":\"Go\"}"))
        .isInstanceOf(PeerException.class)
        .hasMessageContaining("lacks peer or version");
  }

  @Test
  void resultOfJmh_withFloors_isATable() {
    String benchmark =
        "{\"benchmark\":\"a.B.%s\",\"primaryMetric\":{\"score\":%d,\"scoreError\":2.5},"
            + "\"secondaryMetrics\":{\"gc.alloc.rate.norm\":{\"score\":16}}}";
    String json =
        "[" + benchmark.formatted("wake", 300) + "," + benchmark.formatted("wakeFloor", 100) + "]";
    assertThat(JmhBench.table(json))
        .contains("| `wake` | 300 ± 2.50 | 16.0 | 100 ± 2.50 | 16.0 | 3.00 |");
  }
}
