package io.asyncio4j.examples;

import static io.asyncio4j.Asyncio.sleep;

import java.io.IOException;
import java.time.Duration;

/** A shop's web site that has recovered from an outage, most of it, and the log of that outage. */
final class FlakyShop {
  /** What the web server wrote while the data base was away. */
  static final String ACCESS_LOG =
      """
      10.0.0.7 - - [21/Nov/2026:03:00:01 +0000] "GET / HTTP/1.1" 200 5120
      10.0.0.7 - - [21/Nov/2026:03:00:02 +0000] "GET /orders/1 HTTP/1.1" 502 173
      10.0.0.9 - - [21/Nov/2026:03:00:02 +0000] "GET /orders/2 HTTP/1.1" 503 173
      10.0.0.9 - - [21/Nov/2026:03:00:03 +0000] "POST /orders HTTP/1.1" 500 173
      10.0.0.8 - - [21/Nov/2026:03:00:04 +0000] "GET /orders/1 HTTP/1.1" 502 173
      10.0.0.8 - - [21/Nov/2026:03:00:05 +0000] "GET /orders/3 HTTP/1.1" 500 173
      10.0.0.7 - - [21/Nov/2026:03:00:06 +0000] "GET /old HTTP/1.1" 404 12
      """;

  private FlakyShop() {}

  /** Opens the shop: order 1 is well, order 2 at the second try, order 3 not at all. */
  static Site open() throws IOException {
    int[] tries = new int[1];
    return Site.open()
        .add("/orders/1", _ -> sleep(Duration.ofMillis(300), Site.Reply.ok("a kettle")))
        .add("/orders/2", _ -> ++tries[0] < 2 ? new Site.Reply(503, "") : Site.Reply.ok("a pan"))
        .add("/orders/3", _ -> new Site.Reply(500, "no such table"));
  }
}
