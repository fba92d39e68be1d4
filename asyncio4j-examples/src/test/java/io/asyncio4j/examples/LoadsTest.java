package io.asyncio4j.examples;

import static io.asyncio4j.Asyncio.gatherResults;
import static io.asyncio4j.examples.Output.assertPrints;

import io.asyncio4j.examples.TooManyAtOnce.SmallShop;
import io.asyncio4j.http.HttpClient;
import io.asyncio4j.http.HttpResponse;
import io.asyncio4j.testing.TestLoop;
import java.io.IOException;
import java.time.Duration;
import java.util.Collections;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class LoadsTest {
  @RegisterExtension private final TestLoop loop = new TestLoop();

  @BeforeEach
  void bothEndsAreHere() {
    loop.clock().jumpsOverTraffic(true);
  }

  @Test
  void loadTest_allAnswer200() throws IOException {
    assertPrints("8a", () -> loop.run(LoadTest::onLoopback));
  }

  @Test
  void tooManyAtOnce_mostAreTurnedAway() throws IOException {
    assertPrints("8b", () -> loop.run(TooManyAtOnce::onLoopback));
  }

  @Test
  void twentyAtOnce_allAreServed() throws IOException {
    assertPrints("8c", () -> loop.run(TwentyAtOnce::onLoopback));
    loop.assertElapsed(Duration.ofSeconds(3));
  }

  @Test
  void poolTimeout_failsWhoWaitsTooLong() throws IOException {
    assertPrints("8-mistake", () -> loop.run(LoadsTest::impatient));
  }

  private static void impatient() throws IOException {
    try (Site site = Site.open()) {
      String url = site.add("/", new SmallShop()).url("/");
      // region mistake
      var settings = HttpClient.builder().maxConnections(20).poolTimeout(Duration.ofSeconds(1));
      try (HttpClient client = settings.build()) {
        Callable<HttpResponse> get = () -> client.get(url);
        var results = gatherResults(Collections.nCopies(200, get)).await();
        IO.println(
            results.successes().size() + " answers, " + results.exceptionCount() + " failed");
        IO.println(results.exceptions().getFirst());
      }
      // endregion
    }
  }
}
