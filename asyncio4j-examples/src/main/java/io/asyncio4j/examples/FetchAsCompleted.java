package io.asyncio4j.examples;

import static io.asyncio4j.Asyncio.asCompleted;
import static io.asyncio4j.Asyncio.run;
import static io.asyncio4j.Asyncio.sleep;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;

import io.asyncio4j.http.HttpClient;
import io.asyncio4j.http.HttpException;
import java.io.IOException;

/** Fetches the same URL three times at once, and prints each answer when it comes. */
final class FetchAsCompleted {
  static void main(String... args) throws IOException {
    if (Args.of(args, "--real").has("--real")) {
      run(() -> program("https://api.github.com/events"));
    } else {
      run(FetchAsCompleted::onLoopback);
    }
  }

  static void onLoopback() throws IOException {
    try (Site site = Site.open()) {
      site.add("/events", _ -> sleep(ofMillis(500), Site.Reply.ok("[]")));
      program(site.url("/events"));
    }
  }

  // region program
  static void program(String url) throws HttpException {
    try (HttpClient client = HttpClient.create()) {
      Stopwatch watch = Stopwatch.start();
      var fetches =
          asCompleted(
              () -> fetch(client, url, 1, 4),
              () -> fetch(client, url, 2, 5),
              () -> fetch(client, url, 3, 3));
      int i = 0;
      for (var next : fetches) {
        IO.println(">>".repeat(++i) + " " + next.result());
      }
      IO.println("Process took: " + watch + " seconds");
    }
  }

  private static String fetch(HttpClient client, String url, int pid, int seconds)
      throws HttpException {
    Stopwatch watch = Stopwatch.start();
    IO.println("Fetch process " + pid + " started, sleeping for " + seconds + " seconds");
    sleep(ofSeconds(seconds));
    var date = client.get(url).headers().get("Date");
    return "Process " + pid + ": " + date + ", took: " + watch + " seconds";
  }

  // endregion

  private FetchAsCompleted() {}
}
