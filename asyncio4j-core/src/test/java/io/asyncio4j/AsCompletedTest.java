package io.asyncio4j;

import static io.asyncio4j.Asyncio.asCompleted;
import static io.asyncio4j.Asyncio.createTask;
import static io.asyncio4j.Asyncio.limit;
import static io.asyncio4j.Asyncio.sleep;
import static java.time.Duration.ZERO;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.asyncio4j.testing.TestLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Future.State;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Futures come in the order in which they get done, each once, and as what they are. */
class AsCompletedTest {
  @RegisterExtension final TestLoop loop = new TestLoop();

  private static Callable<Integer> after(int millis) {
    return () -> sleep(ofMillis(millis), millis);
  }

  private static List<Integer> results(Iterable<Future<Integer>> futures) {
    List<Integer> results = new ArrayList<>();
    futures.forEach(future -> results.add(future.result()));
    return results;
  }

  @Test
  void coroutines_comeInTheOrderOfTheirEnds() {
    loop.run(
        () ->
            assertThat(results(asCompleted(List.of(after(30), after(10), after(20)))))
                .containsExactly(10, 20, 30));
    assertThat(loop.elapsed()).isEqualTo(ofMillis(30));
  }

  @Test
  void coroutines_beginBeforeTheIteration() {
    loop.run(
        () -> {
          Iterable<Future<Integer>> futures = asCompleted(List.of(after(10), after(5)));
          sleep(ofMillis(20));
          assertThat(results(futures)).containsExactly(5, 10);
        });
    assertThat(loop.elapsed()).isEqualTo(ofMillis(20));
  }

  @Test
  void futures_comeBackAsTheyWereGiven() {
    loop.run(
        () -> {
          Task<Integer> slow = createTask(after(20));
          Task<Integer> fast = createTask(after(10));
          List<Future<Integer>> came = new ArrayList<>();
          for (Future<Integer> future : asCompleted(List.of(slow, fast))) {
            assertThat(future.isDone()).isTrue();
            came.add(future);
          }
          assertThat(came).hasSize(2);
          assertThat(came.get(0)).isSameAs(fast);
          assertThat(came.get(1)).isSameAs(slow);
        });
  }

  @Test
  void futuresDoneAlready_comeInTheOrderGiven() {
    loop.run(
        () -> {
          Task<Integer> a = createTask(after(2));
          Task<Integer> b = createTask(after(1));
          sleep(ofMillis(5));
          assertThat(results(asCompleted(List.of(a, b)))).containsExactly(2, 1);
        });
  }

  @Test
  void failures_areThrownByTheFutureNotByNext() {
    loop.run(
        () -> {
          IllegalArgumentException failure = new IllegalArgumentException("bad");
          Callable<Integer> bad =
              () -> {
                sleep(ofMillis(5));
                throw failure;
              };
          Iterator<Future<Integer>> futures = asCompleted(List.of(after(10), bad)).iterator();
          Future<Integer> first = futures.next();
          assertThatThrownBy(first::await).isSameAs(failure);
          assertThat(futures.next().await()).isEqualTo(10);
          assertThat(futures.hasNext()).isFalse();
        });
  }

  @Test
  void sameFutureGivenTwice_comesOnce() {
    loop.run(
        () -> {
          Task<Integer> task = createTask(after(5));
          assertThat(results(asCompleted(List.of(task, task, task)))).containsExactly(5);
        });
  }

  @Test
  void sameFutureGivenTwice_withALimit_comesOnce() {
    loop.run(
        () -> {
          Task<Integer> task = createTask(after(5));
          Task<Integer> other = createTask(after(1));
          assertThat(results(asCompleted(limit(1), List.of(task, other, task))))
              .containsExactly(5, 1);
        });
  }

  @Test
  void nothingGiven_endsAtOnce() {
    loop.run(
        () -> {
          Iterator<Future<Integer>> futures =
              AsCompletedTest.<Integer>none(ofSeconds(5)).iterator();
          assertThat(futures.hasNext()).isFalse();
          assertThatThrownBy(futures::next).isInstanceOf(NoSuchElementException.class);
          Task<?> last = createTask(() -> sleep(ofMillis(1)));
          last.await();
        });
    assertThat(loop.elapsed()).isEqualTo(ofMillis(1));
  }

  private static <T> Iterable<Future<T>> none(Duration atMost) {
    return asCompleted(List.<Callable<T>>of(), atMost);
  }

  @Test
  void timePasses_nextThrowsOnceForEachThatIsMissing() {
    loop.run(
        () -> {
          Task<Integer> fast = createTask(after(100));
          Task<Integer> slow = createTask(after(200));
          Task<Integer> slower = createTask(after(300));
          Iterator<Future<Integer>> futures =
              asCompleted(List.of(slow, fast, slower), ofMillis(120)).iterator();
          assertThat(futures.next()).isSameAs(fast);
          assertThatThrownBy(futures::next)
              .isInstanceOf(TimeoutException.class)
              .hasMessageContaining("2 of the futures")
              .hasMessageContaining("PT0.12S");
          assertThat(loop.elapsed()).isEqualTo(ofMillis(120));
          assertThat(futures.hasNext()).isTrue();
          assertThatThrownBy(futures::next).isInstanceOf(TimeoutException.class);
          assertThat(futures.hasNext()).isFalse();
          assertThat(slow.await()).isEqualTo(200); // went on
          assertThat(slower.await()).isEqualTo(300);
        });
  }

  @Test
  void timePassed_whatIsDoneByThenIsStillGiven() {
    loop.run(
        () -> {
          Iterator<Future<Integer>> futures =
              asCompleted(List.of(after(10), after(20)), ofMillis(15)).iterator();
          sleep(ofMillis(50));
          assertThat(futures.next().result()).isEqualTo(10);
          assertThatThrownBy(futures::next).isInstanceOf(TimeoutException.class);
        });
  }

  @Test
  void allDoneInTime_noTimerIsLeft() {
    loop.run(
        () -> {
          assertThat(results(asCompleted(List.of(after(10)), ofSeconds(9)))).containsExactly(10);
          sleep(ofMillis(1));
        });
    assertThat(loop.elapsed()).isEqualTo(ofMillis(11));
  }

  @Test
  void breakEarly_theRestGoesOn() {
    loop.run(
        () -> {
          Task<Integer> fast = createTask(after(10));
          Task<Integer> slow = createTask(after(20));
          for (Future<Integer> future : asCompleted(List.of(fast, slow))) {
            assertThat(future).isSameAs(fast);
            break;
          }
          assertThat(slow.isDone()).isFalse();
          assertThat(slow.await()).isEqualTo(20);
        });
  }

  @Test
  void iteratorKept_goesOnWhereItWas() {
    loop.run(
        () -> {
          Iterator<Future<Integer>> futures =
              asCompleted(IntStream.range(1, 11).mapToObj(AsCompletedTest::after).toList())
                  .iterator();
          for (int i = 1; i <= 5; i++) {
            assertThat(futures.next().result()).isEqualTo(i);
          }
          sleep(ofMillis(50));
          for (int i = 6; i <= 10; i++) {
            assertThat(futures.next().result()).isEqualTo(i);
          }
          assertThat(futures.hasNext()).isFalse();
        });
  }

  @Test
  void iteratedTwice_throws() {
    loop.run(
        () -> {
          Iterable<Future<Integer>> futures = asCompleted(List.of(after(1)));
          assertThat(results(futures)).containsExactly(1);
          assertThatThrownBy(futures::iterator).isInstanceOf(IllegalStateException.class);
        });
  }

  @Test
  void next_cancelled_losesNoFuture() {
    loop.run(
        () -> {
          Iterator<Future<Integer>> futures = asCompleted(List.of(after(10))).iterator();
          Task<Future<Integer>> consumer = createTask(futures::next);
          sleep(ofMillis(1));
          consumer.cancel();
          assertThatThrownBy(consumer::await).isInstanceOf(CancellationException.class);
          assertThat(futures.next().result()).isEqualTo(10);
          assertThat(futures.hasNext()).isFalse();
        });
  }

  @Test
  void next_byTwoTasksAtOnce_throwsInsteadOfHanging() {
    loop.run(
        () -> {
          Iterator<Future<Integer>> futures = asCompleted(List.of(after(10), after(20))).iterator();
          Task<Future<Integer>> one = createTask(futures::next);
          sleep(ZERO);
          assertThatThrownBy(futures::next)
              .isInstanceOf(IllegalStateException.class)
              .hasMessageContaining("another task waits");
          assertThat(one.await().result()).isEqualTo(10);
          assertThat(futures.next().result()).isEqualTo(20);
        });
  }

  // ---- with a limit

  @Test
  void limit_keepsSoManyRunning() {
    loop.run(
        () -> {
          int[] running = {0, 0};
          List<Callable<Integer>> coroutines = new ArrayList<>();
          for (int i = 0; i < 100; i++) {
            int n = i;
            coroutines.add(
                () -> {
                  running[1] = Math.max(running[1], ++running[0]);
                  sleep(ofMillis(1 + n % 7));
                  running[0]--;
                  return n;
                });
          }
          assertThat(results(asCompleted(limit(10), coroutines)))
              .containsExactlyInAnyOrderElementsOf(IntStream.range(0, 100).boxed().toList());
          assertThat(running).containsExactly(0, 10);
        });
  }

  @Test
  void limit_afterAFailure_theNextBegins() {
    loop.run(
        () -> {
          Callable<Integer> bad =
              () -> {
                throw new IllegalArgumentException("bad");
              };
          List<State> states = new ArrayList<>();
          for (Future<Integer> future : asCompleted(limit(1), List.of(bad, after(5), bad))) {
            states.add(future.state());
            if (future.state() == State.FAILED) {
              assertThat(future.exception()).hasMessage("bad");
            }
          }
          assertThat(states).containsExactly(State.FAILED, State.SUCCESS, State.FAILED);
        });
  }

  @Test
  void limit_futureOfAnotherLoop_throwsBeforeAnythingBegins() {
    try (EventLoop other =
        EventLoop.create(LoopOptions.defaults().withName("other").withClock(loop.clock()))) {
      Future<Integer> foreign = other.createFuture();
      loop.run(
          () -> {
            Callable<Integer> marking =
                () -> {
                  loop.mark("began");
                  return 1;
                };
            assertThatThrownBy(() -> asCompleted(limit(1), List.of(marking, foreign)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("belongs to loop other");
            sleep(ofMillis(1));
          });
    }
    assertThat(loop.trail()).isEmpty();
  }
}
