package io.asyncio4j;

import static io.asyncio4j.Asyncio.createTask;
import static io.asyncio4j.Asyncio.sleep;
import static io.asyncio4j.Asyncio.timeout;
import static java.time.Duration.ZERO;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.asyncio4j.testing.TestLoop;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Failures are retried as the rule says, cancellations never, and no time passes. */
class RetryTest {
  @RegisterExtension final TestLoop loop = new TestLoop();

  private final Retry plain = Retry.of(4).withJitter(Retry.Jitter.NONE);
  private final List<Duration> calls = new ArrayList<>();

  private int failing(int times) throws IOException {
    calls.add(loop.elapsed());
    if (calls.size() <= times) {
      throw new IOException("failure " + calls.size());
    }
    return calls.size();
  }

  @Test
  void run_succeedsAtLast_returnsTheResultAfterDoublingWaits() throws Exception {
    int result = loop.run(() -> plain.run(() -> failing(3)));
    assertThat(result).isEqualTo(4);
    assertThat(calls).containsExactly(ZERO, ofMillis(100), ofMillis(300), ofMillis(700));
  }

  @Test
  void run_failsTooOften_throwsTheLastFailureAsItWasThrown() {
    assertThatThrownBy(() -> loop.run(() -> plain.run(() -> failing(9))))
        .isExactlyInstanceOf(IOException.class)
        .hasMessage("failure 4");
    assertThat(calls).hasSize(4);
  }

  @Test
  void run_ofOneAttempt_neverWaits() {
    assertThatThrownBy(() -> loop.run(() -> Retry.of(1).run(() -> failing(1))))
        .hasMessage("failure 1");
    assertThat(loop.elapsed()).isZero();
  }

  @Test
  void withBackoff_growsToItsMaximum_howeverManyAttempts() throws Exception {
    Retry retry =
        Retry.of(200).withJitter(Retry.Jitter.NONE).withBackoff(ofSeconds(1), ofSeconds(3));
    loop.run(() -> retry.run(() -> failing(150)));
    assertThat(calls.subList(0, 5))
        .containsExactly(ZERO, ofSeconds(1), ofSeconds(3), ofSeconds(6), ofSeconds(9));
    assertThat(calls.getLast()).isEqualTo(ofSeconds(3 * 149));
  }

  @Test
  void on_otherTypes_areThrownAtOnce() {
    Retry retry = plain.on(FileNotFoundException.class, ArithmeticException.class);
    assertThatThrownBy(() -> loop.run(() -> retry.run(() -> failing(1)))).hasMessage("failure 1");
    assertThat(calls).hasSize(1);
  }

  @Test
  void on_subtypesAndPredicates_areRetried() throws Exception {
    loop.run(() -> plain.on(Exception.class).run(() -> failing(1)));
    assertThat(calls).hasSize(2);
    calls.clear();
    Retry notTheSecond = plain.on(e -> !"failure 2".equals(e.getMessage()));
    assertThatThrownBy(() -> loop.run(() -> notTheSecond.run(() -> failing(9))))
        .hasMessage("failure 2");
  }

  @Test
  void errors_areNeverRetried() {
    assertThatThrownBy(
            () ->
                loop.run(
                    () ->
                        plain.run(
                            () -> {
                              calls.add(ZERO);
                              throw new AssertionError("no");
                            })))
        .isInstanceOf(AssertionError.class);
    assertThat(calls).hasSize(1);
  }

  @Test
  void withTotalTime_noCallBeginsAfterIt() {
    Retry retry = plain.withTotalTime(ofMillis(299));
    assertThatThrownBy(() -> loop.run(() -> retry.run(() -> failing(9)))).hasMessage("failure 2");
    assertThat(loop.elapsed()).isEqualTo(ofMillis(100));
  }

  @Test
  void withDelayOf_theFailureSaysHowLong() throws Exception {
    Retry retry = plain.withDelayOf(e -> "failure 1".equals(e.getMessage()) ? ofSeconds(7) : null);
    loop.run(() -> retry.run(() -> failing(2)));
    assertThat(calls).containsExactly(ZERO, ofSeconds(7), ofMillis(7_200));
  }

  @Test
  void jitter_drawsWithinItsBounds_andAgainTheSameFromTheSameSeed() throws Exception {
    List<Duration> full = delays(Retry.Jitter.FULL, 1);
    assertThat(full).allMatch(d -> !d.isNegative() && d.compareTo(ofSeconds(1)) < 0);
    assertThat(full).anyMatch(d -> d.compareTo(ofMillis(500)) < 0);
    assertThat(delays(Retry.Jitter.FULL, 1)).isEqualTo(full);
    assertThat(delays(Retry.Jitter.FULL, 2)).isNotEqualTo(full);
    assertThat(delays(Retry.Jitter.EQUAL, 1))
        .allMatch(d -> d.compareTo(ofMillis(500)) >= 0 && d.compareTo(ofSeconds(1)) < 0)
        .doesNotHaveDuplicates();
  }

  private List<Duration> delays(Retry.Jitter jitter, long seed) throws Exception {
    List<Duration> delays = new ArrayList<>();
    Retry retry =
        Retry.of(50)
            .withBackoff(ofSeconds(1), ofSeconds(1))
            .withJitter(jitter)
            .withRandom(new Random(seed))
            .onRetry(attempt -> delays.add(attempt.delay()));
    calls.clear();
    loop.run(() -> retry.run(() -> failing(40)));
    return delays;
  }

  @Test
  void onRetry_isToldBeforeEachWait() throws Exception {
    List<Retry.Attempt> told = new ArrayList<>();
    loop.run(() -> plain.onRetry(told::add).run(() -> failing(2)));
    assertThat(told).extracting(Retry.Attempt::number).containsExactly(1, 2);
    assertThat(told).extracting(Retry.Attempt::delay).containsExactly(ofMillis(100), ofMillis(200));
    assertThat(told).extracting(Retry.Attempt::elapsed).containsExactly(ZERO, ofMillis(100));
    assertThat(told.get(0).failure()).hasMessage("failure 1");
  }

  @Test
  void onRetry_throws_endsTheRetryingWithBothFailures() {
    Retry retry =
        plain.onRetry(
            _ -> {
              throw new ArithmeticException("listener");
            });
    assertThatThrownBy(() -> loop.run(() -> retry.run(() -> failing(2))))
        .hasMessage("listener")
        .satisfies(e -> assertThat(e.getSuppressed()[0]).hasMessage("failure 1"));
  }

  // ---- cancellation

  @Test
  void cancelledInTheCallOrInTheWait_endsAtOnce() {
    loop.run(
        () -> {
          Task<Integer> inCall =
              createTask(
                  () ->
                      plain.run(
                          () -> {
                            sleep(ofSeconds(9));
                            return failing(0);
                          }));
          Task<Integer> inWait =
              createTask(() -> plain.withBackoff(ofSeconds(9), ofSeconds(9)).run(() -> failing(9)));
          sleep(ofSeconds(1));
          inCall.cancel("stop");
          inWait.cancel("stop");
          for (Task<Integer> task : List.of(inCall, inWait)) {
            assertThatThrownBy(task::await)
                .isInstanceOf(CancellationException.class)
                .hasMessage("stop");
            assertThat(task.isCancelled()).isTrue();
          }
        });
    assertThat(calls).hasSize(1);
    assertThat(loop.elapsed()).isEqualTo(ofSeconds(1));
  }

  @Test
  void cancellationWrappedByTheCall_isNotRetried() {
    loop.run(
        () -> {
          Task<Object> task =
              createTask(
                  () ->
                      plain.run(
                          () -> {
                            calls.add(loop.elapsed());
                            try {
                              sleep(ofSeconds(9));
                            } catch (CancellationException e) {
                              throw new IOException("connection lost", e);
                            }
                            return null;
                          }));
          sleep(ofSeconds(1));
          task.cancel();
          assertThatThrownBy(task::await).isInstanceOf(CancellationException.class);
          assertThat(calls).hasSize(1);
        });
  }

  @Test
  void interruptedException_isNotRetried() {
    assertThatThrownBy(
            () ->
                loop.run(
                    () ->
                        plain.run(
                            () -> {
                              calls.add(ZERO);
                              throw new InterruptedException("foreign");
                            })))
        .isInstanceOf(InterruptedException.class);
    assertThat(calls).hasSize(1);
  }

  @Test
  void timeoutInsideTheCall_isRetried_outsideItEndsAll() {
    loop.run(
        () -> {
          assertThatThrownBy(
                  () ->
                      plain.run(
                          () -> {
                            calls.add(loop.elapsed());
                            timeout(ofSeconds(1), () -> sleep(ofSeconds(9)));
                          }))
              .isInstanceOf(TimeoutException.class);
          assertThat(calls).hasSize(4);
          calls.clear();
          assertThatThrownBy(() -> timeout(ofMillis(250), () -> plain.run(() -> failing(9))))
              .isInstanceOf(TimeoutException.class);
          assertThat(calls).hasSize(2);
        });
  }

  // ---- misuse

  @Test
  void impossibleRules_areRefused() {
    assertThatThrownBy(() -> Retry.of(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("0");
    assertThatThrownBy(() -> plain.withBackoff(ofSeconds(2), ofSeconds(1)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> plain.withBackoff(ofSeconds(-1), ofSeconds(1)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void run_outsideATask_throws() {
    assertThatThrownBy(() -> plain.run(() -> failing(0)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("no task");
    assertThat(calls).isEmpty();
  }
}
