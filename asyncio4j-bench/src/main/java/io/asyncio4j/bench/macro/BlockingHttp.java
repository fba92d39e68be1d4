package io.asyncio4j.bench.macro;

import io.asyncio4j.bench.Rounds;
import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.core5.http.io.entity.EntityUtils;

/**
 * The row blocking-http: Apache HttpClient as it is, in 64 tasks, each of which sends one request
 * after the other. The first argument names the {@link Tasks}.
 */
final class BlockingHttp {
  private BlockingHttp() {}

  /** Runs the program. */
  public static void main(String[] args) throws Exception {
    String url = Objects.requireNonNull(System.getenv(WithNginx.URL));
    var connections =
        PoolingHttpClientConnectionManagerBuilder.create()
            .setMaxConnTotal(HttpFanOut.AT_ONCE)
            .setMaxConnPerRoute(HttpFanOut.AT_ONCE)
            .build();
    try (Tasks tasks = Tasks.named(args[0]);
        CloseableHttpClient client =
            HttpClients.custom().setConnectionManager(connections).build()) {
      Rounds.Work requests =
          (size, _) ->
              Rounds.check(
                  (long) size * WithNginx.BODY_BYTES,
                  tasks.sum(
                      Tasks.divided(
                          size, HttpFanOut.AT_ONCE, (_, count) -> send(client, url, count))));
      Rounds.run(
          tasks.name(),
          "Apache HttpClient, JDK " + Runtime.version(),
          Map.of("blocking-http", requests),
          Arrays.copyOfRange(args, 1, args.length));
    }
  }

  private static long send(CloseableHttpClient client, String url, int count) throws IOException {
    long bytes = 0;
    for (int i = 0; i < count; i++) {
      bytes +=
          client.execute(
              new HttpGet(url), response -> EntityUtils.toByteArray(response.getEntity()).length);
    }
    return bytes;
  }
}
