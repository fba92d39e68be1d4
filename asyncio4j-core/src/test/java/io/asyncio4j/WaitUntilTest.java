package io.asyncio4j;

import static io.asyncio4j.Asyncio.createTask;
import static io.asyncio4j.Asyncio.sleep;
import static io.asyncio4j.Asyncio.waitUntil;
import static io.asyncio4j.ReturnWhen.ALL_COMPLETED;
import static io.asyncio4j.ReturnWhen.FIRST_COMPLETED;
import static io.asyncio4j.ReturnWhen.FIRST_EXCEPTION;
import static java.time.Duration.ZERO;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.asyncio4j.testing.TestLoop;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Waiting for a condition on futures neither throws what they threw nor cancels them. */
class WaitUntilTest {
  @RegisterExtension final TestLoop loop = new TestLoop();

  private static Task<Integer> after(int millis) {
    return createTask(() -> sleep(ofMillis(millis), millis));
  }

  private static Task<Integer> failingAfter(int millis) {
    return createTask(
        () -> {
          sleep(ofMillis(millis));
          throw new ArithmeticException("after " + millis);
        });
  }

  @Test
  void allCompleted_waitsForTheSlowest() {
    loop.run(
        () -> {
          Task<Integer> a = after(100);
          Task<Integer> b = after(150);
          WaitResult<Task<Integer>> result = waitUntil(ALL_COMPLETED, List.of(b, a));
          assertThat(result.done()).containsExactly(b, a);
          assertThat(result.pending()).isEmpty();
          assertThat(a.result()).isEqualTo(100);
        });
    assertThat(loop.elapsed()).isEqualTo(ofMillis(150));
  }

  @Test
  void allCompleted_withFailures_throwsNoneAndTheyStayUnretrieved() {
    loop.run(
        () -> {
          Task<Integer> good = after(150);
          Task<Integer> bad = failingAfter(100);
          WaitResult<Task<Integer>> result = waitUntil(ALL_COMPLETED, List.of(good, bad));
          assertThat(result.done()).containsExactly(good, bad);
          assertThat(bad.exception()).isInstanceOf(ArithmeticException.class);
        });
    assertThat(loop.elapsed()).isEqualTo(ofMillis(150));
    assertThat(loop.takeReports()).isEmpty();
  }

  @Test
  void allCompleted_allDoneAlready_returnsThemInTheNextTurn() {
    loop.run(
        () -> {
          Task<Integer> a = after(1);
          a.await();
          WaitResult<Task<Integer>> result = waitUntil(ALL_COMPLETED, List.of(a));
          assertThat(result.done()).containsExactly(a);
        });
  }

  @Test
  void firstCompleted_returnsAtTheFirst() {
    loop.run(
        () -> {
          Task<Integer> slow = after(10_000);
          Task<Integer> fast = after(100);
          WaitResult<Task<Integer>> result = waitUntil(FIRST_COMPLETED, List.of(slow, fast));
          assertThat(result.done()).containsExactly(fast);
          assertThat(result.pending()).containsExactly(slow);
          assertThat(slow.cancelling()).isZero();
          slow.cancel();
        });
    assertThat(loop.elapsed()).isEqualTo(ofMillis(100));
  }

  @Test
  void firstCompleted_severalInOneTurn_allOfThemAreDone() {
    loop.run(
        () -> {
          Task<String> a = createTask(() -> "a");
          Task<String> b = createTask(() -> "b");
          WaitResult<Task<String>> result = waitUntil(FIRST_COMPLETED, List.of(a, b));
          assertThat(result.done()).containsExactly(a, b);
          assertThat(result.done().getFirst()).isSameAs(a);
        });
  }

  @Test
  void firstException_returnsAtTheFirstFailure() {
    loop.run(
        () -> {
          Task<Integer> slow = after(10_000);
          Task<Integer> fine = after(5);
          Task<Integer> bad = failingAfter(20);
          WaitResult<Task<Integer>> result = waitUntil(FIRST_EXCEPTION, List.of(slow, fine, bad));
          assertThat(result.done()).containsExactly(fine, bad);
          assertThat(result.pending()).containsExactly(slow);
          slow.cancel();
        });
    assertThat(loop.elapsed()).isEqualTo(ofMillis(20));
    assertThat(loop.takeReports()).isEmpty(); // the failure was looked at
  }

  @Test
  void firstException_aCancelledFutureIsNone() {
    loop.run(
        () -> {
          Task<Integer> cancelled = after(10_000);
          EventLoop.current().callLater(ofMillis(5), cancelled::cancel);
          Task<Integer> fine = after(50);
          WaitResult<Task<Integer>> result = waitUntil(FIRST_EXCEPTION, List.of(cancelled, fine));
          assertThat(result.done()).containsExactly(cancelled, fine);
        });
    assertThat(loop.elapsed()).isEqualTo(ofMillis(50));
  }

  @Test
  void firstException_noneFails_waitsForAll() {
    loop.run(
        () -> {
          WaitResult<Task<Integer>> result =
              waitUntil(FIRST_EXCEPTION, List.of(after(10), after(20)));
          assertThat(result.done()).hasSize(2);
        });
    assertThat(loop.elapsed()).isEqualTo(ofMillis(20));
  }

  @Test
  void timePasses_throwsNothingAndCancelsNothing() {
    loop.run(
        () -> {
          Task<Integer> fast = after(100);
          Task<Integer> slow = after(150);
          WaitResult<Task<Integer>> result =
              waitUntil(ALL_COMPLETED, List.of(fast, slow), ofMillis(110));
          assertThat(result.done()).containsExactly(fast);
          assertThat(result.pending()).containsExactly(slow);
          assertThat(loop.elapsed()).isEqualTo(ofMillis(110));
          assertThat(slow.await()).isEqualTo(150);
        });
  }

  @Test
  void timeAndCompletionInOneTurn_theFutureIsDone() {
    loop.run(
        () -> {
          Future<String> future = EventLoop.current().createFuture();
          EventLoop.current().callLater(ofMillis(100), () -> future.setResult("x"));
          WaitResult<Future<String>> result =
              waitUntil(ALL_COMPLETED, List.of(future), ofMillis(100));
          assertThat(result.done()).containsExactly(future);
        });
  }

  @Test
  void noTime_tellsHowThingsStand() {
    loop.run(
        () -> {
          Future<String> done = EventLoop.current().createFuture();
          done.setResult("x");
          Future<String> open = EventLoop.current().createFuture();
          WaitResult<Future<String>> result = waitUntil(ALL_COMPLETED, List.of(done, open), ZERO);
          assertThat(result.done()).containsExactly(done);
          assertThat(result.pending()).containsExactly(open);
        });
  }

  @Test
  void enoughBeforeTheTimePassed_leavesNoTimer() {
    loop.run(
        () -> {
          waitUntil(ALL_COMPLETED, List.of(after(10)), ofSeconds(99));
          sleep(ofMillis(1));
        });
    assertThat(loop.elapsed()).isEqualTo(ofMillis(11));
  }

  @Test
  void sameFutureTwice_isOne() {
    loop.run(
        () -> {
          Task<Integer> a = after(10);
          WaitResult<Task<Integer>> result = waitUntil(ALL_COMPLETED, List.of(a, a));
          assertThat(result.done()).containsExactly(a);
        });
  }

  @Test
  void waiterCancelled_theFuturesGoOn() {
    loop.run(
        () -> {
          Task<Integer> a = after(100);
          Task<?> waiter = createTask(() -> waitUntil(ALL_COMPLETED, List.of(a)));
          sleep(ZERO);
          waiter.cancel();
          assertThatThrownBy(waiter::await).isInstanceOf(CancellationException.class);
          assertThat(a.cancelling()).isZero();
          assertThat(a.await()).isEqualTo(100);
        });
  }

  @Test
  void severalWaiters_ofTheSameFutures_allReturn() {
    loop.run(
        () -> {
          Task<Integer> a = after(10);
          Task<Integer> b = after(20);
          Task<WaitResult<Task<Integer>>> first =
              createTask(() -> waitUntil(FIRST_COMPLETED, List.of(a, b)));
          Task<WaitResult<Task<Integer>>> all =
              createTask(() -> waitUntil(ALL_COMPLETED, List.of(a, b)));
          assertThat(first.await().done()).containsExactly(a);
          assertThat(loop.elapsed()).isEqualTo(ofMillis(10));
          assertThat(all.await().done()).containsExactly(a, b);
        });
  }

  @Test
  void noFutures_throws() {
    loop.run(
        () ->
            assertThatThrownBy(() -> waitUntil(ALL_COMPLETED, Set.<Future<?>>of()))
                .isInstanceOf(IllegalArgumentException.class));
  }

  @Test
  void futureOfAnotherLoop_throwsAndSaysWhose() {
    try (EventLoop other =
        EventLoop.create(LoopOptions.defaults().withName("other").withClock(loop.clock()))) {
      Future<String> foreign = other.createFuture();
      loop.run(
          () ->
              assertThatThrownBy(() -> waitUntil(ALL_COMPLETED, List.of(foreign)))
                  .isInstanceOf(IllegalStateException.class)
                  .hasMessageContaining("belongs to loop other"));
    }
  }
}
