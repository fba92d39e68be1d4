package io.asyncio4j;

import static io.asyncio4j.Asyncio.createTask;
import static io.asyncio4j.Asyncio.gatherResults;
import static io.asyncio4j.Asyncio.limit;
import static io.asyncio4j.Asyncio.sleep;
import static java.time.Duration.ofMillis;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.asyncio4j.testing.TestLoop;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Outcomes as data, failures among them. */
class GatheredResultsTest {
  @RegisterExtension final TestLoop loop = new TestLoop();

  private static Callable<String> failing(Exception failure) {
    return () -> {
      sleep(ofMillis(1));
      throw failure;
    };
  }

  private static Callable<String> giving(String value) {
    return () -> sleep(ofMillis(2), value);
  }

  @Test
  void all_hasEveryOutcomeInOrder() {
    loop.run(
        () -> {
          IOException failure = new IOException("io");
          GatheredResults<String> results =
              gatherResults(giving("a"), failing(failure), giving("b")).await();
          assertThat(results.all())
              .containsExactly(
                  new Result.Success<>("a"),
                  new Result.Failure<>(failure),
                  new Result.Success<>("b"));
        });
  }

  @Test
  void outcomes_areWaitedForThoughOneFails() {
    loop.run(() -> gatherResults(failing(new IOException("io")), giving("late")).await());
    assertThat(loop.elapsed()).isEqualTo(ofMillis(2));
    assertThat(loop.takeReports()).isEmpty();
  }

  @Test
  void successesAndExceptions_areInOrderWithTheirCounts() {
    loop.run(
        () -> {
          IOException io = new IOException("io");
          IllegalArgumentException bad = new IllegalArgumentException("bad");
          GatheredResults<String> results =
              gatherResults(List.of(failing(io), giving("a"), failing(bad), giving("b"))).await();
          assertThat(results.successes()).containsExactly("a", "b");
          assertThat(results.successCount()).isEqualTo(2);
          assertThat(results.exceptions()).containsExactly(io, bad);
          assertThat(results.exceptionCount()).isEqualTo(2);
        });
  }

  @Test
  void exceptionTypes_isOneForEachException() {
    loop.run(
        () -> {
          GatheredResults<String> results =
              gatherResults(
                      failing(new IOException("1")),
                      failing(new ArithmeticException("2")),
                      failing(new IOException("3")))
                  .await();
          assertThat(results.exceptionTypes())
              .isEqualTo(List.of(IOException.class, ArithmeticException.class, IOException.class));
        });
  }

  @Test
  void exceptionsOfType_includesSubtypes() {
    loop.run(
        () -> {
          IOException io = new IOException("1");
          FileNotFoundException notFound = new FileNotFoundException("2");
          GatheredResults<String> results =
              gatherResults(failing(io), failing(new ArithmeticException("x")), failing(notFound))
                  .await();
          List<IOException> ofType = results.exceptionsOfType(IOException.class);
          assertThat(ofType).containsExactly(io, notFound);
          assertThat(results.exceptionsOfType(IllegalStateException.class)).isEmpty();
        });
  }

  @Test
  void cancelledCoroutine_isAnExceptionAndNoSuccess() {
    loop.run(
        () -> {
          Task<String> cancelled = createTask(giving("never"));
          cancelled.cancel("not wanted");
          GatheredResults<String> results = gatherResults(cancelled, giving("a")).await();
          assertThat(results.successes()).containsExactly("a");
          assertThat(results.exceptions())
              .singleElement()
              .isInstanceOf(CancellationException.class)
              .hasToString("java.util.concurrent.CancellationException: not wanted");
          assertThat(results.exceptionTypes()).isEqualTo(List.of(CancellationException.class));
          assertThat(results.exceptionsOfType(CancellationException.class)).hasSize(1);
        });
  }

  @Test
  void nullValues_areSuccesses() {
    loop.run(
        () -> {
          GatheredResults<@Nullable String> results =
              Asyncio.<@Nullable String>gatherResults(() -> null, () -> "a").await();
          assertThat(results.successes()).containsExactly(null, "a");
          assertThat(results.successCount()).isEqualTo(2);
        });
  }

  @Test
  void lists_cannotBeModified() {
    loop.run(
        () -> {
          GatheredResults<String> results =
              gatherResults(giving("a"), failing(new IOException("io"))).await();
          for (List<?> list :
              List.of(
                  results.all(),
                  results.successes(),
                  results.exceptions(),
                  results.exceptionTypes(),
                  results.exceptionsOfType(IOException.class))) {
            assertThatThrownBy(list::removeFirst).isInstanceOf(UnsupportedOperationException.class);
          }
        });
  }

  @Test
  void limit_outcomesAreInOrder() {
    loop.run(
        () -> {
          GatheredResults<String> results =
              gatherResults(
                      limit(1), List.of(giving("a"), failing(new IOException("io")), giving("b")))
                  .await();
          assertThat(results.successes()).containsExactly("a", "b");
          assertThat(results.exceptionCount()).isEqualTo(1);
        });
    assertThat(loop.elapsed()).isEqualTo(ofMillis(5));
  }

  @Test
  void toString_tellsEachOutcome() {
    loop.run(
        () ->
            assertThat(gatherResults(giving("a")).await())
                .hasToString("GatheredResults[Success[value=a]]"));
  }

  // ---- the compound exception

  @Test
  void compoundException_mergesTheMessages() {
    loop.run(
        () -> {
          IOException io = new IOException("disk");
          ArithmeticException arithmetic = new ArithmeticException("zero");
          GatheredResults<String> results =
              gatherResults(failing(io), giving("a"), failing(arithmetic)).await();
          CompoundException compound = results.compoundException().orElseThrow();
          assertThat(compound)
              .hasMessage("2 errors [IOException: disk; ArithmeticException: zero]")
              .hasCause(io);
          assertThat(compound.getSuppressed()).containsExactly(arithmetic);
          assertThat(compound.exceptions()).containsExactly(io, arithmetic);
          assertThat(compound.exceptionTypes())
              .isEqualTo(List.of(IOException.class, ArithmeticException.class));
        });
  }

  @Test
  void compoundException_ofOne_isStillCompound() {
    loop.run(
        () -> {
          GatheredResults<String> results = gatherResults(failing(new IOException("disk"))).await();
          assertThat(results.compoundException().orElseThrow())
              .hasMessage("1 error [IOException: disk]");
        });
  }

  @Test
  void compoundException_withoutMessages_hasTheNames() {
    loop.run(
        () -> {
          Task<String> cancelled = createTask(giving("never"));
          cancelled.cancel();
          GatheredResults<String> results =
              gatherResults(failing(new IOException()), cancelled).await();
          CompoundException compound = results.compoundException().orElseThrow();
          assertThat(compound).hasMessage("2 errors [IOException; CancellationException]");
          assertThat(compound.exceptionTypes())
              .isEqualTo(List.of(IOException.class, CancellationException.class));
        });
  }

  @Test
  void compoundException_theSameObjectTwice_isCountedTwice() {
    loop.run(
        () -> {
          IOException shared = new IOException("shared");
          GatheredResults<String> results = gatherResults(failing(shared), failing(shared)).await();
          CompoundException compound = results.compoundException().orElseThrow();
          assertThat(compound.exceptions()).containsExactly(shared, shared);
          assertThat(compound).hasStackTraceContaining("2 errors");
        });
  }

  @Test
  void compoundException_withoutFailures_isNone() {
    loop.run(() -> assertThat(gatherResults(giving("a")).await().compoundException()).isEmpty());
  }
}
