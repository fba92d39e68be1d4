package io.asyncio4j.bench.macro;

import io.asyncio4j.bench.Rounds;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.Semaphore;

/**
 * The row http-fanout with the JDK's client: a virtual thread for each request, 64 of them at once.
 */
final class JdkHttpFanOut {
  private JdkHttpFanOut() {}

  /** Runs the program. */
  public static void main(String[] args) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(Objects.requireNonNull(System.getenv(WithNginx.URL))))
            .build();
    Semaphore atOnce = new Semaphore(HttpFanOut.AT_ONCE);
    try (Tasks tasks = new Tasks.JdkThreads();
        HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
      Callable<Long> send =
          () -> {
            atOnce.acquire();
            try {
              return (long) client.send(request, BodyHandlers.ofByteArray()).body().length;
            } finally {
              atOnce.release();
            }
          };
      Rounds.Work fanOut =
          (size, _) ->
              Rounds.check(
                  (long) size * WithNginx.BODY_BYTES, tasks.sum(Collections.nCopies(size, send)));
      Rounds.run(
          "JDK virtual threads",
          "java.net.http, JDK " + Runtime.version(),
          Map.of(HttpFanOut.ROW, fanOut),
          args);
    }
  }
}
