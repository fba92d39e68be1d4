package io.asyncio4j.bench.macro;

import static io.asyncio4j.Asyncio.gather;
import static io.asyncio4j.Asyncio.limit;

import io.asyncio4j.Asyncio;
import io.asyncio4j.bench.Rounds;
import io.asyncio4j.http.HttpClient;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;

/** The row http-fanout with our client: a task for each request, 64 of them at once. */
final class HttpFanOut {
  static final String ROW = "http-fanout";
  static final int AT_ONCE = 64;

  private HttpFanOut() {}

  /** Runs the program. */
  public static void main(String[] args) throws Exception {
    String url = Objects.requireNonNull(System.getenv(WithNginx.URL));
    Asyncio.run(
        () -> {
          try (HttpClient client = HttpClient.builder().maxConnections(AT_ONCE).build()) {
            Callable<Integer> request = () -> client.get(url).raiseForStatus().bytes().length;
            Rounds.Work fanOut =
                (size, _) -> {
                  List<Callable<Integer>> requests = Collections.nCopies(size, request);
                  long bytes = 0;
                  for (int length : gather(limit(AT_ONCE), requests).await()) {
                    bytes += length;
                  }
                  Rounds.check((long) size * WithNginx.BODY_BYTES, bytes);
                };
            Rounds.run("asyncio4j", "JDK " + Runtime.version(), Map.of(ROW, fanOut), args);
          }
        });
  }
}
