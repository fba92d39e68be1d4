package io.asyncio4j;

import static io.asyncio4j.Asyncio.createTask;
import static io.asyncio4j.Asyncio.gather;
import static io.asyncio4j.Asyncio.sleep;
import static java.time.Duration.ZERO;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.asyncio4j.testing.TestLoop;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Sleeping is time on the loop's clock, and nothing else. */
class SleepTest {
  @RegisterExtension final TestLoop loop = new TestLoop();

  @Test
  void sleep_withValue_givesItAfterTheTime() {
    String value = loop.run(() -> sleep(ofMillis(150), "yeah"));
    assertThat(value).isEqualTo("yeah");
    assertThat(loop.elapsed()).isEqualTo(ofMillis(150));
  }

  @Test
  void sleep_manyTasks_wakeByDeadlineThenByAge() {
    loop.run(
        () ->
            gather(
                    () -> sleepAndMark(30, "30"),
                    () -> sleepAndMark(10, "10a"),
                    () -> sleepAndMark(20, "20"),
                    () -> sleepAndMark(10, "10b"))
                .await());
    assertThat(loop.trail()).containsExactly("10a", "10b", "20", "30");
  }

  private void sleepAndMark(int millis, String name) {
    sleep(ofMillis(millis));
    loop.mark(name);
  }

  @Test
  void sleep_zeroOrNegative_letsTheOthersThatAreReadyRunOnce() {
    loop.run(
        () -> {
          EventLoop current = EventLoop.current();
          current.callSoon(
              () -> {
                loop.mark("first");
                current.callSoon(() -> loop.mark("second"));
              });
          sleep(ofSeconds(-1));
          loop.mark("main");
          sleep(ZERO);
        });
    assertThat(loop.trail()).containsExactly("first", "main", "second");
    assertThat(loop.elapsed()).isZero();
  }

  @Test
  void sleep_cancelled_endsAtOnceAndLeavesNoTimer() {
    loop.run(
        () -> {
          Task<?> sleeper = createTask(() -> sleep(ofSeconds(99)));
          sleep(ofMillis(1));
          sleeper.cancel();
          assertThatThrownBy(sleeper::await).isInstanceOf(CancellationException.class);
        });
    assertThat(loop.elapsed()).isEqualTo(ofMillis(1));
  }

  @Test
  void sleep_cancelledInTheTurnOfItsEnd_isCancelled() {
    loop.run(
        () -> {
          Task<?> sleeper = createTask(() -> sleep(ofMillis(10)));
          sleep(ZERO);
          EventLoop.current().callLater(ofMillis(10), sleeper::cancel);
          assertThatThrownBy(sleeper::await).isInstanceOf(CancellationException.class);
        });
  }

  @Test
  void sleep_zero_cancelledMeanwhile_throws() {
    loop.run(
        () -> {
          Task<?> yielding =
              createTask(
                  () -> {
                    sleep(ZERO);
                    loop.mark("went on");
                  });
          sleep(ZERO);
          yielding.cancel();
          assertThatThrownBy(yielding::await).isInstanceOf(CancellationException.class);
        });
    assertThat(loop.trail()).isEmpty();
  }

  @Test
  void sleep_longerThanAnyClock_isATimerLikeAnyOther() {
    loop.run(
        () -> {
          Task<?> sleeper = createTask(() -> sleep(Duration.ofSeconds(Long.MAX_VALUE)));
          sleep(ofMillis(1));
          assertThat(sleeper.isDone()).isFalse();
          sleeper.cancel();
          assertThatThrownBy(sleeper::await).isInstanceOf(CancellationException.class);
        });
  }

  @Test
  void sleep_inACallback_throws() {
    loop.run(
        () -> {
          EventLoop.current()
              .callSoon(
                  () ->
                      assertThatThrownBy(() -> sleep(ofMillis(1)))
                          .isInstanceOf(IllegalStateException.class)
                          .hasMessageContaining("no task"));
          sleep(ZERO);
        });
    assertThat(loop.takeReports()).isEmpty();
  }
}
