package io.asyncio4j;

import static io.asyncio4j.Asyncio.createTask;
import static io.asyncio4j.Asyncio.currentTask;
import static io.asyncio4j.Asyncio.gather;
import static io.asyncio4j.Asyncio.gatherResults;
import static io.asyncio4j.Asyncio.limit;
import static io.asyncio4j.Asyncio.sleep;
import static java.time.Duration.ZERO;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import io.asyncio4j.testing.TestLoop;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Future.State;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Gathering: results in order, the first failure at once, and cancels that go downwards only. */
class GatherTest {
  @RegisterExtension final TestLoop loop = new TestLoop();

  private static <T> Future<T> newFuture() {
    return EventLoop.current().createFuture();
  }

  private static Callable<Integer> after(int millis) {
    return () -> sleep(ofMillis(millis), millis);
  }

  private int sleepAndMark(String name) {
    try {
      return sleep(ofSeconds(10), 1);
    } catch (CancellationException e) {
      loop.mark(name + " cancelled");
      throw e;
    }
  }

  // ---- results

  @Test
  void coroutines_resultsAreInTheOrderOfTheArguments() {
    loop.run(
        () ->
            assertThat(gather(after(30), after(10), after(20)).await())
                .containsExactly(30, 10, 20));
    assertThat(loop.elapsed()).isEqualTo(ofMillis(30));
  }

  @Test
  void collection_resultsAreInItsOrder() {
    loop.run(() -> assertThat(gather(List.of(after(3), after(1))).await()).containsExactly(3, 1));
  }

  @Test
  void futuresAndCoroutines_canBeMixed() {
    loop.run(
        () -> {
          Future<Integer> future = newFuture();
          Task<Integer> task = createTask(after(5));
          EventLoop.current().callLater(ofMillis(1), () -> future.setResult(7));
          assertThat(gather(future, task, after(2)).await()).containsExactly(7, 5, 2);
        });
  }

  @Test
  void resultsOfDifferentTypes_haveTheirCommonType() {
    loop.run(
        () -> {
          List<? extends Comparable<?>> both = gather(() -> 1, () -> "two").await();
          assertThat(both).isEqualTo(List.of(1, "two"));
        });
  }

  @Test
  void voidCoroutines_giveNulls() {
    loop.run(
        () -> {
          List<@Nullable Void> results = gather(() -> loop.mark("a"), () -> loop.mark("b")).await();
          assertThat(results).containsExactly(null, null);
        });
    assertThat(loop.trail()).containsExactly("a", "b");
  }

  @Test
  void results_cannotBeModified() {
    loop.run(
        () -> {
          List<Integer> results = gather(after(1)).await();
          assertThatThrownBy(() -> results.add(2))
              .isInstanceOf(UnsupportedOperationException.class);
        });
  }

  @Test
  void nothing_isDoneAtOnce() {
    loop.run(
        () -> {
          Future<List<Integer>> none = gather(List.<Callable<Integer>>of());
          assertThat(none.state()).isEqualTo(State.SUCCESS);
          assertThat(none.result()).isEmpty();
          assertThat(none.cancel()).isFalse();
          GatheredResults<Integer> results = gatherResults(List.<Callable<Integer>>of()).await();
          assertThat(results.all()).isEmpty();
        });
  }

  @Test
  void futuresDoneAlready_areGatheredAtOnce() {
    loop.run(
        () -> {
          Future<Integer> a = newFuture();
          a.setResult(1);
          Future<Integer> b = newFuture();
          b.setResult(2);
          assertThat(gather(a, b, a).result()).containsExactly(1, 2, 1);
          assertThat(gather(limit(1), List.of(a, b)).result()).containsExactly(1, 2);
          Future<Integer> failed = newFuture();
          failed.setException(new ArithmeticException("bad"));
          assertThatThrownBy(gather(after(1), failed)::result).hasMessage("bad");
          sleep(ofMillis(5));
        });
  }

  @Test
  void someDoneAlready_theOthersAreWaitedFor() {
    loop.run(
        () -> {
          Future<Integer> done = newFuture();
          done.setResult(1);
          assertThat(gather(done, after(5), done, after(2)).await()).containsExactly(1, 5, 1, 2);
          assertThat(gather(limit(2), List.of(after(5), done, after(2), done)).await())
              .containsExactly(5, 1, 2, 1);
        });
    assertThat(loop.elapsed()).isEqualTo(ofMillis(10));
  }

  @Test
  void sameFutureTwice_hasTwoPlaces() {
    loop.run(
        () -> {
          Task<Integer> task = createTask(after(5));
          assertThat(gather(task, after(1), task).await()).containsExactly(5, 1, 5);
        });
  }

  @Test
  void sameCallableTwice_runsTwice() {
    loop.run(
        () -> {
          int[] count = {0};
          Callable<Integer> counting = () -> ++count[0];
          assertThat(gather(counting, counting).await()).containsExactly(1, 2);
        });
  }

  // ---- failures

  @Test
  void oneFails_isPassedOnAtOnceAndTheOthersGoOn() {
    loop.run(
        () -> {
          IOException failure = new IOException("bad");
          Callable<Integer> bad =
              () -> {
                sleep(ofMillis(10));
                throw failure;
              };
          Task<Integer> other = createTask(after(20));
          Future<List<Integer>> gathered = gather(other, bad);
          try {
            gathered.<IOException>await();
            fail("no exception");
          } catch (IOException e) {
            assertThat(e).isSameAs(failure);
          }
          assertThat(loop.elapsed()).isEqualTo(ofMillis(10));
          assertThat(gathered.state()).isEqualTo(State.FAILED);
          assertThat(gathered.cancel()).isFalse(); // done: it does nothing to the rest
          assertThat(other.cancelling()).isZero();
          assertThat(other.await()).isEqualTo(20);
        });
  }

  @Test
  void severalFail_theFirstIsThrownAndTheLaterAreNotReported() {
    loop.run(
        () -> {
          Callable<Integer> first =
              () -> {
                sleep(ofMillis(1));
                throw new IllegalArgumentException("first");
              };
          Callable<Integer> later =
              () -> {
                sleep(ofMillis(2));
                throw new IllegalArgumentException("later");
              };
          assertThatThrownBy(gather(later, first)::await).hasMessage("first");
          sleep(ofMillis(5));
        });
    assertThat(loop.takeReports()).isEmpty();
  }

  @Test
  void oneFails_andNobodyAwaits_theGatherIsReportedAndNotTheCoroutine() {
    loop.run(
        () -> {
          gather(
              () -> {
                throw new IllegalArgumentException("bad");
              });
          sleep(ofMillis(1));
        });
    assertThat(loop.takeReports())
        .singleElement()
        .extracting(LoopErrorContext::message)
        .asString()
        .contains("gather of 1");
  }

  @Test
  void errors_passAsTheyAre() {
    loop.run(
        () -> {
          AssertionError error = new AssertionError("no");
          assertThatThrownBy(
                  () ->
                      gather(
                              () -> {
                                throw error;
                              })
                          .await())
              .isSameAs(error);
        });
  }

  // ---- cancels

  @Test
  void oneIsCancelledByItself_isAFailureAndDoesNotCancelTheGather() {
    loop.run(
        () -> {
          Task<Integer> cancelled = createTask(after(1000));
          Task<Integer> other = createTask(after(20));
          Future<List<Integer>> gathered = gather(cancelled, other);
          sleep(ofMillis(1));
          cancelled.cancel("by itself");
          assertThatThrownBy(gathered::await)
              .isInstanceOf(CancellationException.class)
              .hasMessage("by itself");
          assertThat(gathered.isCancelled()).isFalse();
          assertThat(gathered.exception()).isInstanceOf(CancellationException.class);
          assertThat(requireNonNull(currentTask()).cancelling()).isZero();
          assertThat(other.await()).isEqualTo(20);
        });
  }

  @Test
  void gatherCancelled_cancelsAll() {
    loop.run(
        () -> {
          Future<List<Integer>> gathered = gather(() -> sleepAndMark("a"), () -> sleepAndMark("b"));
          sleep(ofMillis(1));
          assertThat(gathered.cancel("enough")).isTrue();
          assertThat(gathered.isDone()).isFalse(); // not before they have ended
          assertThatThrownBy(gathered::await)
              .isInstanceOf(CancellationException.class)
              .hasMessage("enough");
          assertThat(gathered.cancel()).isFalse();
        });
    assertThat(loop.trail()).containsExactly("a cancelled", "b cancelled");
    assertThat(loop.elapsed()).isEqualTo(ofMillis(1));
  }

  @Test
  void awaiterCancelled_cancelsAll() {
    loop.run(
        () -> {
          Task<?> awaiter =
              createTask(() -> gather(() -> sleepAndMark("a"), () -> sleepAndMark("b")).await());
          sleep(ofMillis(1));
          awaiter.cancel();
          assertThatThrownBy(awaiter::await).isInstanceOf(CancellationException.class);
          assertThat(awaiter.isCancelled()).isTrue();
        });
    assertThat(loop.trail()).containsExactly("a cancelled", "b cancelled");
  }

  @Test
  void awaiterCancelled_beforeTheyBegan_noneBegins() {
    loop.run(
        () -> {
          Task<?> awaiter =
              createTask(() -> gather(() -> loop.mark("a"), () -> loop.mark("b")).await());
          // Runs after the awaiter made its gather, before the gathered tasks begin.
          EventLoop.current().callSoon(awaiter::cancel);
          assertThatThrownBy(awaiter::await).isInstanceOf(CancellationException.class);
        });
    assertThat(loop.trail()).isEmpty();
  }

  @Test
  void gatherCancelled_oneSwallowsIt_theGatherStillEndsCancelled() {
    loop.run(
        () -> {
          Callable<Integer> swallowing =
              () -> {
                assertThatThrownBy(() -> sleep(ofSeconds(10)))
                    .isInstanceOf(CancellationException.class);
                return sleep(ofMillis(50), 1);
              };
          Future<List<Integer>> gathered = gather(swallowing, swallowing);
          sleep(ofMillis(1));
          gathered.cancel();
          assertThatThrownBy(gathered::await).isInstanceOf(CancellationException.class);
        });
    assertThat(loop.elapsed()).isEqualTo(ofMillis(51));
  }

  @Test
  void gatherResultsCancelled_isCancelledOnceAllHaveEnded() {
    loop.run(
        () -> {
          Task<Integer> slow =
              createTask(
                  () -> {
                    try {
                      return sleep(ofSeconds(10), 1);
                    } finally {
                      sleep(ofMillis(50));
                    }
                  });
          Task<Integer> done = createTask(after(1));
          Future<GatheredResults<Integer>> gathered = gatherResults(slow, done);
          sleep(ofMillis(10));
          gathered.cancel("enough");
          assertThatThrownBy(gathered::await)
              .isInstanceOf(CancellationException.class)
              .hasMessage("enough");
          assertThat(slow.isCancelled()).isTrue();
          assertThat(done.result()).isEqualTo(1);
        });
    assertThat(loop.elapsed()).isEqualTo(ofMillis(60));
  }

  @Test
  void gatherResultsCancelled_failuresOfItsCoroutinesAreNotReported() {
    loop.run(
        () -> {
          Callable<Integer> failing =
              () -> {
                try {
                  return sleep(ofSeconds(10), 1);
                } catch (CancellationException e) {
                  throw new IllegalArgumentException("clean-up");
                }
              };
          Future<GatheredResults<Integer>> gathered = gatherResults(failing, failing);
          sleep(ofMillis(1));
          gathered.cancel();
          assertThatThrownBy(gathered::await).isInstanceOf(CancellationException.class);
        });
    assertThat(loop.takeReports()).isEmpty();
  }

  @Test
  void cancelWhenAllAreDoneButNotGathered_isRefused() {
    loop.run(
        () -> {
          Future<Integer> a = newFuture();
          Future<List<Integer>> gathered = gather(a);
          a.setResult(1);
          assertThat(gathered.cancel()).isFalse();
          assertThat(gathered.await()).containsExactly(1);
        });
  }

  @Test
  void awaiterCancelled_whenAllAreDoneButNotGathered_isCancelledAndTheResultsAreThere() {
    loop.run(
        () -> {
          Future<Integer> a = newFuture();
          Future<List<Integer>> gathered = gather(a);
          Task<List<Integer>> awaiter = createTask(() -> gathered.await());
          sleep(ZERO);
          a.setResult(1);
          awaiter.cancel();
          assertThatThrownBy(awaiter::await).isInstanceOf(CancellationException.class);
          assertThat(gathered.result()).containsExactly(1);
        });
  }

  @Test
  void nestedGathers_cancelGoesDown() {
    loop.run(
        () -> {
          Future<List<List<Integer>>> outer =
              gather(
                  gather(() -> sleepAndMark("a"), () -> sleepAndMark("b")),
                  gather(() -> sleepAndMark("c")));
          sleep(ofMillis(1));
          outer.cancel();
          assertThatThrownBy(outer::await).isInstanceOf(CancellationException.class);
        });
    assertThat(loop.trail()).containsExactly("a cancelled", "b cancelled", "c cancelled");
  }

  // ---- many, with a limit

  @Test
  void tenThousandWithALimit_neverMoreAtOnce() {
    loop.run(
        () -> {
          int[] running = {0, 0};
          List<Callable<Integer>> coroutines = new ArrayList<>();
          for (int i = 0; i < 10_000; i++) {
            int n = i;
            coroutines.add(
                () -> {
                  running[1] = Math.max(running[1], ++running[0]);
                  sleep(ofMillis(1 + n % 10));
                  running[0]--;
                  return n;
                });
          }
          List<Integer> results = gather(limit(100), coroutines).await();
          assertThat(results).isEqualTo(IntStream.range(0, 10_000).boxed().toList());
          assertThat(running).containsExactly(0, 100);
        });
  }

  @Test
  void tenThousandWithoutALimit_runAtOnce() {
    loop.run(
        () -> {
          List<Integer> results = gather(Collections.nCopies(10_000, after(100))).await();
          assertThat(results).hasSize(10_000).containsOnly(100);
        });
    assertThat(loop.elapsed()).isEqualTo(ofMillis(100));
  }

  @Test
  void limit_nextBeginsWhenOneHasEnded() {
    loop.run(
        () ->
            gather(limit(2), List.of(after(10), after(30), after(10), after(10)))
                .await()); // 10 | 30, then 10, 10
    assertThat(loop.elapsed()).isEqualTo(ofMillis(30));
  }

  @Test
  void limit_afterAFailure_theOthersStillBegin() {
    loop.run(
        () -> {
          Callable<Integer> bad =
              () -> {
                throw new IllegalArgumentException("bad");
              };
          Callable<Integer> marking =
              () -> {
                loop.mark("ran");
                return 1;
              };
          assertThatThrownBy(gather(limit(1), List.of(bad, marking, marking))::await)
              .hasMessage("bad");
          sleep(ofMillis(1));
        });
    assertThat(loop.trail()).containsExactly("ran", "ran");
  }

  @Test
  void limit_gatherCancelled_whatHasNotBegunNeverDoes() {
    loop.run(
        () -> {
          Future<GatheredResults<Integer>> gathered =
              gatherResults(limit(1), List.of(() -> sleepAndMark("a"), () -> sleepAndMark("b")));
          sleep(ofMillis(1));
          gathered.cancel();
          assertThatThrownBy(gathered::await).isInstanceOf(CancellationException.class);
          sleep(ofMillis(1));
        });
    assertThat(loop.trail()).containsExactly("a cancelled");
  }

  @Test
  void limit_sameFutureTwice_hasTwoPlaces() {
    loop.run(
        () -> {
          Task<Integer> task = createTask(after(5));
          assertThat(gather(limit(1), List.of(task, task, after(1), task)).await())
              .containsExactly(5, 5, 1, 5);
        });
  }

  @Test
  void limit_belowOne_isRefused() {
    assertThatThrownBy(() -> limit(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("limit is 0");
  }

  // ---- bad input

  @Test
  void futureOfAnotherLoop_throwsBeforeAnythingBegins() {
    try (EventLoop other =
        EventLoop.create(LoopOptions.defaults().withName("other").withClock(loop.clock()))) {
      Future<Integer> foreign = other.createFuture();
      Callable<Integer> marking =
          () -> {
            loop.mark("began");
            return 1;
          };
      loop.run(
          () -> {
            assertThatThrownBy(() -> gather(marking, foreign))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("belongs to loop other");
            assertThatThrownBy(() -> gather(limit(1), List.of(marking, foreign)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("belongs to loop other");
            sleep(ofMillis(1));
          });
    }
    assertThat(loop.trail()).isEmpty();
  }

  @Test
  void outsideALoop_throws() {
    assertThatThrownBy(() -> gather(after(1)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("no running event loop");
  }
}
