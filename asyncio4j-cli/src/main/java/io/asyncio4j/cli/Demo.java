package io.asyncio4j.cli;

import io.asyncio4j.Asyncio;
import io.asyncio4j.http.HttpClient;
import io.asyncio4j.http.HttpException;
import io.asyncio4j.http.HttpRequest;
import io.asyncio4j.http.HttpResponse;
import io.asyncio4j.refire.FailureKind;
import io.asyncio4j.refire.Refire;
import io.asyncio4j.refire.RefireException;
import io.asyncio4j.refire.RefireOptions;
import io.asyncio4j.refire.Summary;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * The demonstration of refire: the real engine on an embedded log and an embedded flaky server,
 * held against the server's own counts, and beside the same work done one request after another.
 */
final class Demo {
  private static final int SAMPLE = 40;
  private static final int CONCURRENCY = 64;

  private final int lines;
  private final boolean json;
  private final Options options;
  private final Shown shown;
  private final PrintStream text;
  private final AtomicBoolean stopped = new AtomicBoolean();

  /** Makes options for a log, of a base and what the command line says. */
  @FunctionalInterface
  interface Options {
    RefireOptions of(List<String> logs, Consumer<RefireOptions.Builder> base);
  }

  /** Does a piece of work while its progress is shown. */
  @FunctionalInterface
  interface Shown {
    <T> T show(RefireCommand.Work<T> work) throws RefireException;
  }

  Demo(int lines, boolean json, Options options, Shown shown) {
    this.lines = lines;
    this.json = json;
    this.options = options;
    this.shown = shown;
    this.text = json ? System.err : System.out;
  }

  /**
   * Runs it; returns 0 if all went as it should (some requests still fail, as they are meant to), 3
   * if it was stopped, 70 if the counts do not agree.
   */
  int run() throws IOException, RefireException {
    Path directory = directory();
    Path log = directory.resolve("access.log");
    DemoLog content = new DemoLog();
    try (BufferedWriter out = Files.newBufferedWriter(log, StandardCharsets.ISO_8859_1)) {
      content.write(out, lines);
    }
    try (DemoServer server = new DemoServer()) {
      RefireOptions refireOptions =
          options.of(
              List.of(log.toString()),
              base ->
                  base.target(server.url())
                      .concurrency(CONCURRENCY)
                      .maxFailuresInARow(0)
                      .results(directory.resolve("results.jsonl"))
                      .overwrite(true));
      text.printf(
          "A flaky server listens at %s.%n"
              + "Its access log of %s is in %s.%n"
              + "Firing again what failed, up to %d at a time:%n",
          server.url(), Format.count(lines, "line"), log, refireOptions.concurrency());
      Refire refire = new Refire(refireOptions);
      StopSignals.onFirst(
          () -> {
            stopped.set(true);
            refire.stop();
          });
      Summary summary = shown.show(refire::run);
      if (json) {
        System.out.println(summary.toJson());
      } else {
        text.println();
        new RefireReport(text).summary(summary);
        text.println();
      }
      if (stopped.get() || summary.stopped().isPresent()) {
        return Main.STOPPED;
      }
      if (!countsAgree(server, summary, refireOptions)) {
        return Main.INTERNAL;
      }
      return compareWithOneAfterAnother(content, summary, refireOptions);
    }
  }

  private static Path directory() throws IOException {
    Path here = Path.of("asyncio4j-demo");
    try {
      return Files.createDirectories(here);
    } catch (IOException e) {
      // The current directory is not ours to write to.
      return Files.createTempDirectory("asyncio4j-demo");
    }
  }

  private boolean countsAgree(DemoServer server, Summary summary, RefireOptions refireOptions)
      throws IOException {
    long written = 0;
    if (Files.exists(refireOptions.outFile())) {
      written = countLines(refireOptions.outFile());
    }
    List<String> differences = new ArrayList<>();
    compare(differences, "requests seen", server.requests(), "attempts made", summary.attempts());
    if (!refireOptions.everyLine()) {
      compare(
          differences,
          "distinct requests seen",
          server.distinctRequests(),
          "lines written",
          written);
    }
    compare(differences, "requests fired", summary.fired(), "lines written", written);
    boolean gaveUpEarly = summary.byFailure().containsKey(FailureKind.READ_TIMEOUT);
    if (!refireOptions.everyLine() && !gaveUpEarly) {
      summary
          .byStatus()
          .forEach(
              (status, count) ->
                  compare(
                      differences,
                      "requests last answered with " + status,
                      server.lastAnswered(status),
                      "in the summary",
                      count));
    }
    if (differences.isEmpty()) {
      text.printf(
          "Counted by the server itself: %s for %s. Attempts made and lines written agree.%n",
          Format.count(server.requests(), "request"),
          Format.count(server.distinctRequests(), "distinct URL"));
      return true;
    }
    System.err.println(
        "asyncio4j refire: THE COUNTS DO NOT AGREE, which is a fault of the program:");
    differences.forEach(System.err::println);
    return false;
  }

  private static long countLines(Path file) throws IOException {
    try (Stream<String> lines = Files.lines(file, StandardCharsets.ISO_8859_1)) {
      return lines.count();
    }
  }

  private static void compare(
      List<String> differences, String what, long seen, String other, long said) {
    if (seen != said) {
      differences.add("  %,d %s, but %,d %s".formatted(seen, what, said, other));
    }
  }

  /** Sends some of the same requests one after another to a server that has forgotten all. */
  private int compareWithOneAfterAnother(
      DemoLog content, Summary summary, RefireOptions refireOptions) throws IOException {
    List<DemoLog.Request> all = content.failedWithoutBody();
    if (all.isEmpty()) {
      return Main.OK;
    }
    List<DemoLog.Request> sample = new ArrayList<>();
    int count = Math.min(SAMPLE, all.size());
    for (int i = 0; i < count; i++) {
      sample.add(all.get((int) ((long) i * all.size() / count)));
    }
    Duration took;
    int sent;
    try (DemoServer server = new DemoServer()) {
      long begin = System.nanoTime();
      sent = Asyncio.run(() -> sendOneAfterAnother(server, sample, refireOptions));
      took = Duration.ofNanos(System.nanoTime() - begin);
    }
    if (stopped.get()) {
      return Main.STOPPED;
    }
    Duration allWouldTake = took.multipliedBy(summary.fired()).dividedBy(sent);
    text.printf(
        Locale.ROOT,
        "One request after another, measured on a sample: %d of them took %s, without any pause before"
            + " a retry;%n"
            + "all %s would take about %s. Together they took %s, pauses included: %.1f times as"
            + " fast.%n",
        sent,
        Format.time(took),
        Format.count(summary.fired()),
        Format.time(allWouldTake),
        Format.time(summary.elapsed()),
        (double) allWouldTake.toNanos() / summary.elapsed().toNanos());
    return Main.OK;
  }

  /** Returns how many of the requests were brought to their end. */
  private int sendOneAfterAnother(
      DemoServer server, List<DemoLog.Request> sample, RefireOptions refireOptions) {
    int sent = 0;
    try (HttpClient client = HttpClient.builder().totalTimeout(refireOptions.timeout()).build()) {
      for (DemoLog.Request request : sample) {
        HttpRequest again =
            HttpRequest.builder(request.method(), server.url() + request.target()).build();
        for (int attempt = 0; attempt <= refireOptions.retries(); attempt++) {
          if (stopped.get()) {
            return sent;
          }
          if (recovers(client, again, refireOptions)) {
            break;
          }
        }
        sent++;
      }
    }
    return sent;
  }

  private static boolean recovers(
      HttpClient client, HttpRequest request, RefireOptions refireOptions) {
    try {
      HttpResponse response = client.send(request);
      return refireOptions.success().contains(response.status());
    } catch (HttpException e) {
      return false; // the connection was cut, as this server does; it counts as an attempt
    }
  }
}
