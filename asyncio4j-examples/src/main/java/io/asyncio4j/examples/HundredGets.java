package io.asyncio4j.examples;

import static io.asyncio4j.Asyncio.map;
import static io.asyncio4j.Asyncio.run;
import static io.asyncio4j.Asyncio.sleep;

import io.asyncio4j.examples.Site.Reply;
import io.asyncio4j.http.HttpClient;
import io.asyncio4j.http.HttpException;
import java.io.IOException;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/** A hundred GETs one after another, and at once. */
final class HundredGets {
  static void main(String... args) throws IOException {
    if (Args.of(args, "--real").has("--real")) {
      run(() -> program(Collections.nCopies(100, "https://www.python.org/")));
    } else {
      run(HundredGets::onLoopback);
    }
  }

  static void onLoopback() throws IOException {
    try (Site site = Site.open()) {
      site.add("/page", _ -> sleep(Duration.ofMillis(40), Reply.ok("a page")));
      IO.println("Each answer takes 0.04 s, a tenth of the article's.");
      program(Collections.nCopies(100, site.url("/page")));
    }
  }

  // region program
  static void program(List<String> urls) throws HttpException {
    try (HttpClient client = HttpClient.create()) {
      Stopwatch inTurn = Stopwatch.start();
      for (String url : urls) {
        client.get(url);
      }
      double slow = inTurn.seconds();

      Stopwatch together = Stopwatch.start();
      map(urls, client::get).await();
      double fast = together.seconds();

      IO.println(String.format(Locale.ROOT, "100 GETs one after another took %.2f s.", slow));
      IO.println(
          String.format(
              Locale.ROOT, "100 GETs at once took %.2f s: %.1f times as fast.", fast, slow / fast));
    }
  }

  // endregion

  private HundredGets() {}
}
