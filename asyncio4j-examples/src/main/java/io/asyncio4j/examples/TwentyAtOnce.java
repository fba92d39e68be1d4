package io.asyncio4j.examples;

import static io.asyncio4j.Asyncio.limit;
import static io.asyncio4j.Asyncio.map;
import static io.asyncio4j.Asyncio.run;
import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;

import io.asyncio4j.http.HttpClient;
import io.asyncio4j.http.HttpResponse;
import java.io.IOException;
import java.util.Collections;
import java.util.List;
import java.util.TreeMap;

/** As many requests as before, but only so many at once as the other side can take. */
final class TwentyAtOnce {
  static void main() throws IOException {
    run(TwentyAtOnce::onLoopback);
  }

  static void onLoopback() throws IOException {
    try (Site site = Site.open()) {
      site.add("/", new TooManyAtOnce.SmallShop());
      program(Collections.nCopies(200, site.url("/")));
    }
  }

  // region program
  static void program(List<String> urls) {
    Stopwatch watch = Stopwatch.start();
    try (HttpClient client = HttpClient.create()) {
      List<HttpResponse> answers = map(limit(20), urls, client::get).await();
      IO.println(
          answers.stream().collect(groupingBy(HttpResponse::status, TreeMap::new, counting())));
      IO.println("It took " + watch + " s.");
    }
  }

  // endregion

  private TwentyAtOnce() {}
}
