package io.asyncio4j.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Objects;

/**
 * A program that does selects as {@link SqlBench} tells it to on standard input, so that the rounds
 * of all peers take turns. Its argument names the library.
 *
 * <p>{@code select N} is N at once over ten connections, which the first one opens; the answer is
 * nanoseconds, sum, errors. {@code loop TASKS MILLIS} is tasks on two connections that do one after
 * the other; the answer is the least and the most that one of them has done.
 */
final class SqlPeer {
  private static final int CONNECTIONS = 10;
  private static final int FEW_CONNECTIONS = 2;

  private SqlPeer() {}

  /** Runs the program. */
  public static void main(String[] args) throws Exception {
    String url = Objects.requireNonNull(System.getenv("ASYNCIO4J_BENCH_URL"));
    System.out.println("JDK " + Runtime.version());
    BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, UTF_8));
    String line = commands.readLine();
    long begin = System.nanoTime();
    try (Selects selects = open(args[0], url, CONNECTIONS)) {
      while (line != null) {
        String[] words = line.split(" ", -1);
        if (words[0].equals("select")) {
          Tally tally = new Tally();
          selects.atOnce(Integer.parseInt(words[1]), tally);
          long nanos = System.nanoTime() - begin;
          System.out.println(nanos + " " + tally.sum() + " " + tally.errors());
        } else {
          try (Selects few = open(args[0], url, FEW_CONNECTIONS)) {
            List<Integer> done =
                few.looping(
                    Integer.parseInt(words[1]), Duration.ofMillis(Long.parseLong(words[2])));
            System.out.println(Collections.min(done) + " " + Collections.max(done));
          }
        }
        line = commands.readLine();
        begin = System.nanoTime();
      }
    }
  }

  private static Selects open(String library, String url, int connections) {
    return switch (library) {
      case "records" -> BlockingSelects.records(url, connections);
      case "jdbc" -> BlockingSelects.jdbc(url, connections);
      case "hikari" -> BlockingSelects.hikari(url, connections);
      case "vertx" -> new VertxSelects(url, connections, false);
      case "vertx-pipelined" -> new VertxSelects(url, connections, true);
      default -> throw new IllegalArgumentException("no library " + library);
    };
  }
}
