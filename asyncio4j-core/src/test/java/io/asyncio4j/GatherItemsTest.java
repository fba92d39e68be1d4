package io.asyncio4j;

import static io.asyncio4j.Asyncio.asCompleted;
import static io.asyncio4j.Asyncio.createTask;
import static io.asyncio4j.Asyncio.gather;
import static io.asyncio4j.Asyncio.gatherResults;
import static io.asyncio4j.Asyncio.limit;
import static io.asyncio4j.Asyncio.map;
import static io.asyncio4j.Asyncio.sleep;
import static java.time.Duration.ZERO;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.asyncio4j.testing.TestLoop;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A function over many items, and the forms for coroutines that are given one by one. */
class GatherItemsTest {
  @RegisterExtension final TestLoop loop = new TestLoop();

  private static int slowly(int seconds) throws IOException {
    sleep(ofSeconds(seconds));
    if (seconds == 3) {
      throw new IOException("three");
    }
    return seconds * 10;
  }

  @Test
  void map_ofAFunctionAndItems_givesTheResultsInTheOrderOfTheItems() {
    loop.run(
        () ->
            assertThat(map(List.of(4, 2, 1), item -> slowly(item)).await())
                .containsExactly(40, 20, 10));
    assertThat(loop.elapsed()).isEqualTo(ofSeconds(4));
  }

  @Test
  void map_ofItemsWithALimit_runsSoManyAtOnce() {
    loop.run(
        () ->
            assertThat(map(limit(2), List.of(4, 2, 1, 1), item -> slowly(item)).await())
                .containsExactly(40, 20, 10, 10));
    assertThat(loop.elapsed()).isEqualTo(ofSeconds(4));
  }

  @Test
  void map_ofAFunctionThatFails_failsWithItsException() {
    loop.run(
        () ->
            assertThatThrownBy(() -> map(List.of(1, 3), item -> slowly(item)).await())
                .isInstanceOf(IOException.class)
                .hasMessage("three"));
  }

  @Test
  void gatherResults_ofAFunctionAndItems_hasTheOutcomesInTheOrderOfTheItems() {
    loop.run(
        () -> {
          GatheredResults<Integer> results =
              gatherResults(List.of(3, 2, 1), GatherItemsTest::slowly).await();
          assertThat(results.successes()).containsExactly(20, 10);
          assertThat(results.exceptionsOfType(IOException.class)).hasSize(1);
          assertThat(results.all().getFirst()).isInstanceOf(Result.Failure.class);
        });
    assertThat(loop.elapsed()).isEqualTo(ofSeconds(3));
  }

  @Test
  void gatherResults_ofItemsWithALimit_runsSoManyAtOnce() {
    loop.run(
        () ->
            assertThat(
                    gatherResults(limit(1), List.of(3, 2, 1), item -> slowly(item))
                        .await()
                        .successes())
                .containsExactly(20, 10));
    assertThat(loop.elapsed()).isEqualTo(ofSeconds(6));
  }

  @Test
  void map_ofNoItems_isDoneAtOnce() {
    loop.run(() -> assertThat(map(List.<Integer>of(), item -> slowly(item)).isDone()).isTrue());
  }

  @Test
  void asCompleted_ofAFunctionAndItems_givesTasksAsTheyEnd() {
    List<Integer> values = new ArrayList<>();
    loop.run(
        () -> {
          for (Future<Integer> done : asCompleted(List.of(4, 1, 2), item -> slowly(item))) {
            values.add(done.result());
          }
        });
    assertThat(values).containsExactly(10, 20, 40);
    assertThat(loop.elapsed()).isEqualTo(ofSeconds(4));
  }

  @Test
  void asCompleted_ofItemsWithALimit_givesTasksAsTheyEnd() {
    List<Integer> values = new ArrayList<>();
    loop.run(
        () -> {
          for (Future<Integer> done : asCompleted(limit(2), List.of(4, 1, 2), i -> slowly(i))) {
            values.add(done.result());
          }
        });
    assertThat(values).containsExactly(10, 20, 40);
  }

  @Test
  void asCompleted_withALimitAndATime_throwsForEachThatIsMissing_andBeginsNoMore() {
    List<Integer> begun = new ArrayList<>();
    loop.run(
        () -> {
          List<Callable<Integer>> work = new ArrayList<>();
          for (int seconds : new int[] {1, 5, 5}) {
            work.add(
                () -> {
                  begun.add(seconds);
                  return slowly(seconds);
                });
          }
          Iterator<Future<Integer>> done =
              asCompleted(limit(1), work, Duration.ofSeconds(3)).iterator();
          assertThat(done.next().result()).isEqualTo(10);
          assertThatThrownBy(done::next).isInstanceOf(TimeoutException.class);
          assertThatThrownBy(done::next).isInstanceOf(TimeoutException.class);
          assertThat(done.hasNext()).isFalse();
          sleep(ofSeconds(20));
        });
    assertThat(begun).containsExactly(1, 5);
  }

  @Test
  void coroutinesOneByOne_withALimit_andWithoutResults() {
    loop.run(
        () -> {
          assertThat(gather(limit(1), () -> slowly(1), () -> slowly(2)).await())
              .containsExactly(10, 20);
          gather(limit(1), () -> loop.mark("a"), () -> loop.mark("b")).await();
          assertThat(gatherResults(limit(1), () -> slowly(1), () -> slowly(3)).await().successes())
              .containsExactly(10);
          assertThat(gatherResults(() -> loop.mark("c"), () -> failing()).await().exceptionCount())
              .isEqualTo(1);
          gatherResults(limit(1), () -> loop.mark("d"), () -> loop.mark("e")).await();
          asCompleted(() -> loop.mark("f")).forEach(Future::result);
          asCompleted(limit(1), () -> loop.mark("g"), () -> loop.mark("h")).forEach(Future::result);
          for (Future<Integer> done : asCompleted(() -> slowly(1), () -> slowly(1))) {
            assertThat(done.result()).isEqualTo(10);
          }
          for (Future<Integer> done : asCompleted(limit(1), () -> slowly(1), () -> slowly(1))) {
            assertThat(done.result()).isEqualTo(10);
          }
        });
    assertThat(loop.trail()).containsExactly("a", "b", "c", "d", "e", "f", "g", "h");
    assertThat(loop.elapsed()).isEqualTo(ofSeconds(3 + 4 + 1 + 2));
  }

  private static void failing() throws IOException {
    sleep(ofMillis(0));
    throw new IOException("failed");
  }

  @Test
  void taskName_changedWhileItRuns_isTheThreadsNameToo() {
    loop.run(
        () -> {
          Task<String> task =
              createTask(
                  () -> {
                    sleep(ofSeconds(1));
                    return Thread.currentThread().getName();
                  });
          sleep(ZERO);
          task.name("renamed");
          assertThat(task.name()).isEqualTo("renamed");
          assertThat(task.await()).isEqualTo("renamed");
        });
  }
}
