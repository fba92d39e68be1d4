package io.asyncio4j.cli;

import java.io.IOException;
import java.io.Writer;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * The access log of a shop that had a bad quarter of an hour, in Combined format, made line by line
 * from a fixed seed: the same lines each time.
 */
final class DemoLog {
  private static final long SEED = 20260317;
  private static final Instant BEGIN = Instant.parse("2026-03-17T09:00:00Z");
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("dd/MMM/yyyy:HH:mm:ss Z", Locale.ROOT).withZone(ZoneOffset.UTC);

  /** Between these parts of the log most requests fail. */
  private static final double OUTAGE_BEGIN = 0.55;

  private static final double OUTAGE_END = 0.68;
  private static final int UNREADABLE_EVERY = 900;

  private static final List<String> WORDS =
      List.of("lamp", "oak+table", "chair", "caf%C3%A9", "rug", "desk", "shelf", "sofa", "vase");
  private static final List<String> AGENTS =
      List.of(
          "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
          "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15",
          "curl/8.14.1",
          "ExampleBot/2.1 (+https://bot.example/about)");
  private static final List<String> UNREADABLE =
      List.of(
          "203.0.113.9 - - [17/Mar/2026:09",
          "== log rotated ==",
          "\u0000\u0000\u0000\u0000\u0000\u0000",
          "198.51.100.77 \"GET / HTTP/1.1\" two hundred");

  private final SplittableRandom random = new SplittableRandom(SEED);
  private final Set<Request> failed = new LinkedHashSet<>();

  /** A method and a target. */
  record Request(String method, String target) {}

  /** Writes so many lines. */
  void write(Writer out, int lines) throws IOException {
    for (int i = 0; i < lines; i++) {
      if (i % UNREADABLE_EVERY == UNREADABLE_EVERY / 2) {
        out.write(UNREADABLE.get(i / UNREADABLE_EVERY % UNREADABLE.size()));
      } else {
        double part = (double) i / lines;
        out.write(line(i, part >= OUTAGE_BEGIN && part < OUTAGE_END));
      }
      out.write('\n');
    }
  }

  /** Returns what was written with a status of 5xx and has no body, each once. */
  List<Request> failedWithoutBody() {
    return List.copyOf(failed);
  }

  private String line(int number, boolean outage) {
    String method = method();
    String target = method.equals("POST") ? postTarget() : target();
    boolean fails = random.nextInt(1000) < (outage ? 900 : 6);
    int status = fails ? List.of(502, 503, 504, 500).get(random.nextInt(4)) : wellStatus(method);
    if (fails && !method.equals("POST")) {
      failed.add(new Request(method, target));
    }
    return "%s.%d - %s [%s] \"%s %s HTTP/1.1\" %d %s \"%s\" \"%s\""
        .formatted(
            random.nextBoolean() ? "203.0.113" : "198.51.100",
            1 + random.nextInt(254),
            random.nextInt(20) == 0 ? "anna" : "-",
            TIME.format(BEGIN.plusMillis(number * 1150L)),
            method,
            target,
            status,
            status == 304 ? "-" : Integer.toString(150 + random.nextInt(30_000)),
            random.nextInt(3) == 0 ? "https://shop.example/" : "-",
            AGENTS.get(random.nextInt(AGENTS.size())));
  }

  private String method() {
    int share = random.nextInt(100);
    return share < 85 ? "GET" : share < 88 ? "HEAD" : share < 89 ? "OPTIONS" : "POST";
  }

  private int wellStatus(String method) {
    int share = random.nextInt(100);
    if (method.equals("POST")) {
      return share < 80 ? 201 : 422;
    }
    return share < 84 ? 200 : share < 92 ? 304 : share < 97 ? 404 : 301;
  }

  private String target() {
    // A few things are asked for again and again, most only now and then.
    int item = Math.min(random.nextInt(2000), random.nextInt(2000));
    return switch (random.nextInt(10)) {
      case 0 -> random.nextBoolean() ? "/" : "/index.html";
      case 1, 2, 3 -> "/products/" + item;
      case 4 -> "/products/" + item + "?ref=mail&utm_source=march";
      case 5 -> "/search?q=" + WORDS.get(item % WORDS.size()) + "&page=" + (1 + item % 40);
      case 6 -> "/api/v1/stock/" + item + "?fields=count,price";
      case 7 -> "/static/app." + Integer.toHexString(0xa000 + item / 50) + ".js";
      case 8 -> "/images/" + item + ".webp";
      default -> "/cart?";
    };
  }

  private String postTarget() {
    return random.nextBoolean() ? "/api/v1/orders" : "/api/v1/cart/" + random.nextInt(300);
  }
}
