package io.asyncio4j.examples;

import static io.asyncio4j.Asyncio.gather;
import static io.asyncio4j.Asyncio.sleep;
import static io.asyncio4j.examples.Output.assertText;
import static io.asyncio4j.examples.Output.captured;

import io.asyncio4j.Future;
import io.asyncio4j.ThrowingRunnable;
import io.asyncio4j.http.ClientClosedException;
import io.asyncio4j.http.HttpClient;
import io.asyncio4j.http.HttpResponse;
import io.asyncio4j.testing.TestLoop;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class FetchTest {
  @RegisterExtension private final TestLoop loop = new TestLoop();

  @BeforeEach
  void bothEndsAreHere() {
    loop.clock().jumpsOverTraffic(true);
  }

  /** What is printed, with one date for the real ones that the site sends. */
  private String printed(ThrowingRunnable<IOException> program) throws IOException {
    return captured(() -> loop.run(program))
        .replaceAll(
            "\\w{3}, \\d\\d \\w{3} \\d{4} \\d\\d:\\d\\d:\\d\\d GMT",
            "Wed, 17 Feb 2016 13:10:11 GMT");
  }

  @Test
  void inTurn_takesTheSumOfTheTimes() throws IOException {
    assertText("2a", printed(FetchInTurn::onLoopback));
    loop.assertElapsed(Duration.ofMillis(3 * 513));
  }

  @Test
  void atOnce_takesTheTimeOfOne() throws IOException {
    List<String> lines = new ArrayList<>(printed(FetchAtOnce::onLoopback).lines().toList());
    lines.subList(3, 6).sort(Comparator.naturalOrder()); // they are answered at one time
    assertText("2b", String.join("\n", lines) + "\n");
    loop.assertElapsed(Duration.ofMillis(513));
  }

  @Test
  void asCompleted_printsInTheOrderOfTheAnswers() throws IOException {
    assertText("3a", printed(FetchAsCompleted::onLoopback));
    loop.assertElapsed(Duration.ofMillis(5500));
  }

  // region mistake
  private static Future<List<HttpResponse>> fetchBoth(String url) {
    try (HttpClient client = HttpClient.create()) {
      return gather(() -> client.get(url), () -> client.get(url));
    }
  }

  // endregion

  @Test
  void gatherNotAwaitedInsideTheClient_failsWithClientClosed() throws IOException {
    String said =
        captured(
            () ->
                loop.run(
                    () -> {
                      try (Site site = Site.open()) {
                        site.add("/", _ -> sleep(Duration.ofSeconds(1), Site.Reply.ok("")));
                        fetchBoth(site.url("/")).<IOException>await();
                      } catch (ClientClosedException e) {
                        IO.println(e);
                      }
                    }));
    assertText("2-mistake", said);
  }
}
