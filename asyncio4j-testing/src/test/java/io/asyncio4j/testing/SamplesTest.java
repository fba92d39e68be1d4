package io.asyncio4j.testing;

import static io.asyncio4j.Asyncio.createTask;
import static io.asyncio4j.Asyncio.sleep;
import static io.asyncio4j.testing.AsyncAssertions.assertCancelled;
import static io.asyncio4j.testing.AsyncAssertions.assertElapsed;
import static io.asyncio4j.testing.AsyncAssertions.assertFailed;
import static io.asyncio4j.testing.AsyncAssertions.assertPending;
import static java.time.Duration.ZERO;
import static java.time.Duration.ofHours;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.asyncio4j.Task;
import io.asyncio4j.ThrowingCallable;
import io.asyncio4j.testing.PlantedTests.Outcome;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The samples of docs/testing.md. */
class SamplesTest {

  /** A cache such as many programs have. */
  private static final class Cache {
    private final ThrowingCallable<String, IOException> source;
    private final Duration lifetime;
    private @Nullable String value;

    Cache(Duration lifetime, ThrowingCallable<String, IOException> source) {
      this.lifetime = lifetime;
      this.source = source;
    }

    String get() throws IOException {
      String cached = value;
      if (cached == null) {
        cached = source.call();
        value = cached;
        createTask(
            "expiry",
            () -> {
              sleep(lifetime);
              value = null;
            });
      }
      return cached;
    }
  }

  // region first
  @AsyncTest
  void get_afterAnHour_loadsAgain(TestScope scope) throws IOException {
    List<String> answers = new ArrayList<>(List.of("old", "new"));
    Cache cache = new Cache(ofHours(1), () -> sleep(ofSeconds(2), answers.removeFirst()));

    assertEquals("old", cache.get());
    sleep(ofMinutes(59));
    assertEquals("old", cache.get());
    sleep(ofMinutes(1));
    assertEquals("new", cache.get());

    scope.assertElapsed(ofHours(1).plusSeconds(4));
    scope.allowLeftOverTasks(); // the second expiry
  }

  // endregion

  // region advance
  @AsyncTest(autojump = false)
  void ticker_runsEachSecond(VirtualClock clock) {
    List<Duration> ticks = new ArrayList<>();
    Task<Void> ticker =
        createTask(
            () -> {
              while (true) {
                sleep(ofSeconds(1));
                ticks.add(clock.elapsed());
              }
            });
    clock.runUntilIdle(); // it sleeps now
    assertTrue(ticks.isEmpty());
    clock.advance(ofSeconds(3));
    assertEquals(List.of(ofSeconds(1), ofSeconds(2), ofSeconds(3)), ticks);
    ticker.cancel();
  }

  // endregion

  static class Race {
    // region race
    private @Nullable String greeting;

    @AsyncTest(seeds = 100)
    void greet_afterTheSettingsWereRead() {
      Task<String> settings = createTask(() -> greeting = "hello");
      Task<String> greeter = createTask(() -> greeting + " world"); // does not wait for them
      assertEquals("hello world", greeter.await());
      settings.await();
    }
    // endregion
  }

  @Test
  void race_isFoundByASeed() {
    Outcome found = PlantedTests.run(Race.class).getLast();
    assertTrue(found.message().startsWith("with " + found.name() + ": "), found.message());
    assertTrue(found.message().contains("null world"), found.message());
  }

  // region order
  @AsyncTest
  void sleepZero_letsTheOthersRunOnce(TestScope scope) {
    Task<Void> other =
        createTask(
            () -> {
              scope.expect(2);
              sleep(ZERO);
              scope.expect(4);
            });
    scope.expect(1);
    sleep(ZERO);
    scope.expect(3);
    other.await();
    scope.finish(5);
  }

  // endregion

  // region assertions
  @AsyncTest
  void states() {
    Task<String> slow = createTask(() -> sleep(ofSeconds(1), "done"));
    assertPending(slow);
    assertElapsed(ofSeconds(1), slow::await);

    Task<String> failing = createTask(SamplesTest::fail);
    sleep(ZERO);
    assertEquals("disk full", assertFailed(failing, IOException.class).getMessage());

    Task<Void> stopped = createTask(() -> sleep(ofHours(1)));
    stopped.cancel();
    sleep(ZERO);
    assertCancelled(stopped);
  }

  // endregion

  private static String fail() throws IOException {
    throw new IOException("disk full");
  }

  static class ByHand {
    // region byhand
    @RegisterExtension final TestLoop loop = new TestLoop();

    @Test
    void twoRuns_shareTheClock() {
      String first = loop.run(() -> sleep(ofMillis(10), "first"));
      String second = loop.run(() -> sleep(ofMillis(10), "second"));
      assertEquals("first second", first + " " + second);
      loop.assertElapsed(ofMillis(20));
    }
    // endregion
  }

  @Test
  void byHand_passes() {
    assertEquals("", PlantedTests.runOne(ByHand.class).message());
  }
}
