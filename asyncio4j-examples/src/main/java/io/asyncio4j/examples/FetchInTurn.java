package io.asyncio4j.examples;

import static io.asyncio4j.Asyncio.run;
import static io.asyncio4j.Asyncio.sleep;
import static java.time.Duration.ofMillis;

import io.asyncio4j.http.HttpClient;
import io.asyncio4j.http.HttpException;
import io.asyncio4j.http.HttpResponse;
import java.io.IOException;
import java.util.List;

/** Fetches the same URL three times, one after another. */
final class FetchInTurn {
  static void main(String... args) throws IOException {
    if (Args.of(args, "--real").has("--real")) {
      run(() -> program("https://api.github.com/events"));
    } else {
      run(FetchInTurn::onLoopback);
    }
  }

  static void onLoopback() throws IOException {
    try (Site site = Site.open()) {
      site.add("/events", _ -> sleep(ofMillis(513), Site.Reply.ok("[]")));
      program(site.url("/events"));
    }
  }

  // region program
  static void program(String url) throws HttpException {
    try (HttpClient client = HttpClient.create()) {
      Stopwatch watch = Stopwatch.start();
      for (int pid : List.of(1, 2, 3)) {
        fetch(client, url, pid);
      }
      IO.println("Process took: " + watch + " seconds");
    }
  }

  private static HttpResponse fetch(HttpClient client, String url, int pid) throws HttpException {
    IO.println("Fetch process " + pid + " started");
    Stopwatch watch = Stopwatch.start();
    HttpResponse response = client.get(url);
    String date = response.headers().get("Date");
    IO.println("Process " + pid + ": " + date + ", took: " + watch + " seconds");
    return response;
  }

  // endregion

  private FetchInTurn() {}
}
