package io.asyncio4j;

import static io.asyncio4j.Asyncio.createTask;
import static io.asyncio4j.Asyncio.currentTask;
import static io.asyncio4j.Asyncio.gather;
import static io.asyncio4j.Asyncio.shield;
import static io.asyncio4j.Asyncio.sleep;
import static io.asyncio4j.Asyncio.waitFor;
import static java.time.Duration.ZERO;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.asyncio4j.testing.TestLoop;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What is shielded does not hear of the cancels of those who await it. */
class ShieldTest {
  @RegisterExtension final TestLoop loop = new TestLoop();

  private static <T> Future<T> newFuture() {
    return EventLoop.current().createFuture();
  }

  @Test
  void shield_innerSucceeds_outerHasItsResult() {
    loop.run(
        () -> {
          Future<Integer> inner = newFuture();
          Future<Integer> outer = shield(inner);
          assertThat(outer).isNotSameAs(inner);
          inner.setResult(42);
          assertThat(outer.await()).isEqualTo(42);
        });
  }

  @Test
  void shield_innerFails_outerFailsWithTheSameObject() {
    loop.run(
        () -> {
          IllegalArgumentException failure = new IllegalArgumentException("bad");
          Future<Integer> inner = newFuture();
          Future<Integer> outer = shield(inner);
          inner.setException(failure);
          assertThatThrownBy(outer::await).isSameAs(failure);
        });
  }

  @Test
  void shield_innerCancelled_outerIsCancelled() {
    loop.run(
        () -> {
          Future<Integer> inner = newFuture();
          Future<Integer> outer = shield(inner);
          inner.cancel();
          assertThatThrownBy(outer::await).isInstanceOf(CancellationException.class);
          assertThat(outer.isCancelled()).isTrue();
        });
  }

  @Test
  void shield_outerCancelled_innerGoesOn() {
    loop.run(
        () -> {
          Future<Integer> inner = newFuture();
          Future<Integer> outer = shield(inner);
          sleep(ZERO);
          outer.cancel();
          sleep(ZERO);
          assertThat(outer.isCancelled()).isTrue();
          assertThat(inner.isDone()).isFalse();
          inner.setResult(1);
          sleep(ZERO);
        });
  }

  @Test
  void shield_ofDoneFuture_isTheFuture() {
    loop.run(
        () -> {
          Future<Integer> inner = newFuture();
          inner.setResult(42);
          assertThat(shield(inner)).isSameAs(inner);
        });
  }

  @Test
  void shield_awaiterCancelled_coroutineEnds() {
    loop.run(
        () -> {
          Task<?> awaiter =
              createTask(
                  () ->
                      shield(
                              () -> {
                                sleep(ofMillis(100));
                                loop.mark("inner ended");
                                return 1;
                              })
                          .await());
          sleep(ofMillis(1));
          awaiter.cancel("no more");
          assertThatThrownBy(awaiter::await)
              .isInstanceOf(CancellationException.class)
              .hasMessage("no more");
          assertThat(loop.trail()).isEmpty();
          sleep(ofSeconds(1));
        });
    assertThat(loop.trail()).containsExactly("inner ended");
  }

  @Test
  void shield_inWaitFor_timesOutAndInnerGoesOn() {
    loop.run(
        () -> {
          Task<String> inner = createTask(() -> sleep(ofMillis(200), "inner"));
          assertThatThrownBy(() -> waitFor(shield(inner), ofMillis(100)))
              .isInstanceOf(TimeoutException.class);
          assertThat(loop.elapsed()).isEqualTo(ofMillis(100));
          assertThat(inner.await()).isEqualTo("inner");
        });
  }

  @Test
  void shield_ofGather_cancelLeavesTheChildrenAlone() {
    loop.run(
        () -> {
          Future<Integer> a = newFuture();
          Future<Integer> b = newFuture();
          Future<List<Integer>> both = gather(a, b);
          Future<List<Integer>> outer = shield(both);
          outer.cancel();
          assertThat(both.isDone()).isFalse();
          a.setResult(1);
          b.setResult(2);
          assertThat(both.await()).containsExactly(1, 2);
        });
  }

  @Test
  void gather_ofShields_cancelLeavesTheShieldedAlone() {
    loop.run(
        () -> {
          Future<Integer> a = newFuture();
          Future<Integer> b = newFuture();
          Future<List<Integer>> both = gather(shield(a), shield(b));
          both.cancel();
          assertThatThrownBy(both::await).isInstanceOf(CancellationException.class);
          assertThat(a.isDone()).isFalse();
          a.setResult(1);
          b.setResult(2);
          sleep(ZERO);
        });
  }

  // ---- failures after the shield was given up

  @Test
  void shield_outerCancelledThenInnerFails_theFailureIsReportedOnce() {
    loop.run(
        () -> {
          IllegalArgumentException failure = new IllegalArgumentException("later");
          Future<Integer> inner = newFuture();
          Future<Integer> first = shield(inner);
          Future<Integer> second = shield(inner);
          first.cancel();
          second.cancel();
          sleep(ZERO);
          inner.setException(failure);
          sleep(ZERO);
          assertThat(loop.takeReports())
              .singleElement()
              .satisfies(
                  report -> {
                    assertThat(report.message()).contains("exception in shielded future");
                    assertThat(report.exception()).isSameAs(failure);
                  });
        });
  }

  @Test
  void shield_outerCancelledInTheTurnOfTheFailure_theFailureIsReported() {
    loop.run(
        () -> {
          Future<Integer> inner = newFuture();
          Future<Integer> outer = shield(inner);
          inner.setException(new IllegalArgumentException("now"));
          outer.cancel();
          sleep(ZERO);
          assertThat(loop.takeReports()).hasSize(1);
        });
  }

  @Test
  void shield_oneOuterCancelledAndAnotherAwaited_theFailureIsReportedAndThrown() {
    loop.run(
        () -> {
          IllegalArgumentException failure = new IllegalArgumentException("later");
          Future<Integer> inner = newFuture();
          Future<Integer> givenUp = shield(inner);
          Future<Integer> awaited = shield(inner);
          givenUp.cancel();
          sleep(ZERO);
          inner.setException(failure);
          assertThatThrownBy(awaited::await).isSameAs(failure);
          assertThat(loop.takeReports()).hasSize(1);
        });
  }

  @Test
  void shield_outerCancelledThenInnerCancelled_reportsNothing() {
    loop.run(
        () -> {
          Future<Integer> inner = newFuture();
          shield(inner).cancel();
          sleep(ZERO);
          inner.cancel();
          sleep(ZERO);
        });
    assertThat(loop.takeReports()).isEmpty();
  }

  @Test
  void shield_outerFailsAndNobodyAsks_isReportedOnceAtTheClose() {
    loop.run(
        () -> {
          Future<Integer> inner = newFuture();
          shield(inner);
          inner.setException(new IllegalArgumentException("bad"));
          sleep(ZERO);
        });
    assertThat(loop.takeReports())
        .singleElement()
        .extracting(LoopErrorContext::message)
        .asString()
        .contains("never retrieved");
  }

  @Test
  void shield_coroutineFailsAfterTheShieldWasGivenUp_isReported() {
    loop.run(
        () -> {
          Future<Integer> outer =
              shield(
                  () -> {
                    sleep(ofMillis(1));
                    throw new IllegalArgumentException("bad");
                  });
          sleep(ZERO);
          outer.cancel();
          sleep(ofSeconds(1));
        });
    assertThat(loop.takeReports())
        .singleElement()
        .extracting(LoopErrorContext::message)
        .asString()
        .contains("exception in shielded future");
  }

  @Test
  void shield_coroutine_isCreatedAtTheLineThatShielded() {
    loop.run(
        () -> {
          Task<?> inner = shield(() -> requireNonNull(currentTask())).await();
          assertThat(inner.createdAt()).asString().contains("ShieldTest.java");
        });
  }
}
