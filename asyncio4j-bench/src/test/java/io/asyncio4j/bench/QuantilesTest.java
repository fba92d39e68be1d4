package io.asyncio4j.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class QuantilesTest {
  @Test
  void median_evenNumber_isTheLesserOfTheTwoInTheMiddle() {
    assertThat(Quantiles.median(List.of(4.0, 1.0))).isEqualTo(1);
    assertThat(Quantiles.median(List.of(4.0, 1.0, 3.0, 2.0))).isEqualTo(2);
    assertThat(Quantiles.median(List.of(4.0, 1.0, 3.0))).isEqualTo(3);
    assertThat(Quantiles.median(List.of())).isNaN();
  }

  @Test
  void of_parts_areFromTheLeastToTheMost() {
    List<Double> values = List.of(5.0, 3.0, 1.0, 4.0, 2.0);
    assertThat(Quantiles.of(values, 0)).isEqualTo(1);
    assertThat(Quantiles.of(values, 0.25)).isEqualTo(2);
    assertThat(Quantiles.of(values, 0.75)).isEqualTo(4);
    assertThat(Quantiles.of(values, 1)).isEqualTo(5);
  }
}
