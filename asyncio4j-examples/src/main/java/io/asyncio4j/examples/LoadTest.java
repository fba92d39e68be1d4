package io.asyncio4j.examples;

import static io.asyncio4j.Asyncio.map;
import static io.asyncio4j.Asyncio.run;
import static io.asyncio4j.Asyncio.sleep;
import static java.util.Comparator.naturalOrder;

import io.asyncio4j.examples.Site.Reply;
import io.asyncio4j.http.HttpClient;
import io.asyncio4j.http.HttpResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.List;

/** A load test: six endpoints, one client, and every answer has to be 200. */
final class LoadTest {
  private static final List<String> PATHS =
      List.of("/", "/login", "/search", "/basket", "/orders", "/health");

  static void main() throws IOException {
    run(LoadTest::onLoopback);
  }

  static void onLoopback() throws IOException {
    try (Site site = Site.open()) {
      for (int i = 0; i < PATHS.size(); i++) {
        Duration delay = Duration.ofMillis(50L * (i + 1));
        site.add(PATHS.get(i), _ -> sleep(delay, Reply.ok("hello")));
      }
      program(PATHS.stream().map(site::url).toList());
    }
  }

  // region program
  static void program(List<String> endpoints) {
    var requests = Collections.nCopies(50, endpoints).stream().flatMap(Collection::stream).toList();
    Stopwatch watch = Stopwatch.start();
    try (HttpClient client = HttpClient.builder().totalTimeout(Duration.ofSeconds(30)).build()) {
      List<HttpResponse> answers = map(requests, client::get).await();
      IO.println(answers.size() + " answers after " + watch + " s");

      for (HttpResponse answer : answers) {
        if (answer.status() != 200) {
          throw new AssertionError(answer + ", and not 200");
        }
      }
      for (String endpoint : endpoints) {
        var times = answers.stream().filter(a -> a.url().equals(endpoint)).map(a -> a.elapsed());
        long slowest = times.max(naturalOrder()).orElseThrow().toMillis();
        IO.println(endpoint + " always 200, the slowest answer took " + slowest + " ms");
      }
    }
  }

  // endregion

  private LoadTest() {}
}
