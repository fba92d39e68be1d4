package io.asyncio4j.examples;

import static io.asyncio4j.Asyncio.map;
import static io.asyncio4j.Asyncio.run;
import static io.asyncio4j.Asyncio.sleep;
import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;

import com.sun.net.httpserver.HttpExchange;
import io.asyncio4j.examples.Site.Reply;
import io.asyncio4j.http.HttpClient;
import io.asyncio4j.http.HttpResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.TreeMap;

/** More requests at once than the other side can take. */
final class TooManyAtOnce {
  static void main() throws IOException {
    run(TooManyAtOnce::onLoopback);
  }

  static void onLoopback() throws IOException {
    try (Site site = Site.open()) {
      site.add("/", new SmallShop());
      program(Collections.nCopies(200, site.url("/")));
    }
  }

  // region program
  static void program(List<String> urls) {
    try (HttpClient client = HttpClient.builder().maxConnections(200).build()) {
      List<HttpResponse> answers = map(urls, client::get).await();
      IO.println(
          answers.stream().collect(groupingBy(HttpResponse::status, TreeMap::new, counting())));
    }
  }

  // endregion

  // region shop
  /** A page for twenty at a time, each for a while; whoever else comes is turned away. */
  static final class SmallShop implements Site.Page {
    private int inside;

    @Override
    public Reply answer(HttpExchange request) {
      if (inside == 20) {
        return new Reply(503, "too many");
      }
      inside++;
      try {
        return sleep(Duration.ofMillis(300), Reply.ok("welcome"));
      } finally {
        inside--;
      }
    }
  }

  // endregion

  private TooManyAtOnce() {}
}
