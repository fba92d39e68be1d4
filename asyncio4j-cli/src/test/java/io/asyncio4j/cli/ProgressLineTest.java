package io.asyncio4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.asyncio4j.refire.ProgressListener.Firing;
import io.asyncio4j.refire.ProgressListener.Reading;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProgressLineTest {
  private static final Firing HALF = new Firing(600, 300, 250, 50, 16, 22, 16, 400);

  private final ProgressLine line =
      new ProgressLine(Terminal.of(new PrintStream(new ByteArrayOutputStream()), true));

  @Test
  void firing_inAWideWindow_hasEverything() {
    assertThat(line.firing(HALF, pace(), 140))
        .isEqualTo(
            "[████████████████▒▒▒▒····················]"
                + "  300/600  recovered 250  failing 50  in flight 16  to retry 22  100/s  ETA 4s");
  }

  @Test
  void firing_inANarrowWindow_keepsTheCounts() {
    assertThat(line.firing(HALF, pace(), 44)).isEqualTo("300/600  recovered 250  failing 50");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 10, 40, 79, 80, 81, 120, 500})
  void firing_inAnyWindow_neverReachesItsLastColumn(int width) {
    assertThat(line.firing(HALF, pace(), width).length())
        .isLessThanOrEqualTo(Math.max(1, width - 1));
  }

  @Test
  void firing_withOneFailureOfMany_showsIt() {
    Firing oneFailed = new Firing(100_000, 10, 9, 1, 16, 0, 16, 12);

    assertThat(line.firing(oneFailed, new Pace(), 140)).startsWith("[▒···");
  }

  @Test
  void firing_withNothingToSend_isDone() {
    assertThat(line.firing(new Firing(0, 0, 0, 0, 0, 0, 16, 0), new Pace(), 100)).contains("0/0");
  }

  @Test
  void reading_ofAFile_tellsHowMuchOfIt() {
    assertThat(line.reading(new Reading("access.log", 12_000, 340, 50, 200), 100))
        .isEqualTo("reading access.log  25%  12,000 lines  340 failed");
  }

  @Test
  void reading_ofAStream_tellsNoShare() {
    assertThat(line.reading(new Reading("-", 1, 0, 50, -1), 100))
        .isEqualTo("reading -  1 line  0 failed");
  }

  @Test
  void pace_whenNothingGetsDone_knowsNoTime() {
    Pace pace = new Pace();
    pace.note(0, 10, 5);
    pace.note(Duration.ofSeconds(1).toNanos(), 20, 5);

    assertThat(pace.timeFor(1)).isEmpty();
    assertThat(pace.startedPerSecond()).isEqualTo(10);
  }

  @Test
  void pace_afterAChange_forgetsWhatWasLongAgo() {
    Pace pace = new Pace();
    for (int second = 0; second <= 20; second++) {
      pace.note(Duration.ofSeconds(second).toNanos(), Math.min(second, 10) * 100L, 0);
    }

    assertThat(pace.startedPerSecond()).isZero();
  }

  /** A pace of 100 started and 75 done each second. */
  private static Pace pace() {
    Pace pace = new Pace();
    pace.note(0, 0, 0);
    pace.note(Duration.ofSeconds(4).toNanos(), 400, 300);
    return pace;
  }
}
