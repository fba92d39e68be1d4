package io.asyncio4j.examples;

import static io.asyncio4j.Asyncio.limit;
import static io.asyncio4j.Asyncio.map;
import static io.asyncio4j.Asyncio.run;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;

import io.asyncio4j.Retry;
import io.asyncio4j.http.HttpClient;
import io.asyncio4j.http.HttpException;
import java.io.IOException;
import java.util.List;
import java.util.regex.Pattern;

/** Refire in its shortest form: finds in an access log what ended in 5xx, and asks again. */
final class RefireInShort {
  static void main() throws IOException {
    run(RefireInShort::program);
  }

  // region program
  private static final Pattern FAILED = Pattern.compile("\"GET (\\S+) HTTP/[0-9.]+\" 5[0-9]{2} ");
  private static final Retry RETRY =
      Retry.of(3).on(HttpException.class).withBackoff(ofMillis(500), ofSeconds(2));

  static void program() throws IOException {
    try (Site shop = FlakyShop.open();
        HttpClient client = HttpClient.create()) {
      List<String> failed = failed(FlakyShop.ACCESS_LOG);
      IO.println(failed.size() + " requests failed");
      map(limit(10), failed, path -> refire(client, shop.url(""), path)) // ten at a time
          .await()
          .forEach(IO::println);
    }
  }

  private static List<String> failed(String log) {
    return FAILED.matcher(log).results().map(found -> found.group(1)).distinct().toList();
  }

  private static String refire(HttpClient client, String target, String path) {
    try {
      return path + " " + RETRY.run(() -> client.get(target + path).raiseForStatus().status());
    } catch (HttpException e) {
      return path + " still fails: " + e;
    }
  }

  // endregion

  private RefireInShort() {}
}
