package io.asyncio4j.cli;

import static io.asyncio4j.Asyncio.currentTask;
import static io.asyncio4j.Asyncio.gather;
import static io.asyncio4j.Asyncio.limit;

import io.asyncio4j.Asyncio;
import io.asyncio4j.EventLoop;
import io.asyncio4j.Task;
import io.asyncio4j.http.HttpClient;
import io.asyncio4j.http.HttpException;
import io.asyncio4j.http.HttpRequest;
import io.asyncio4j.http.HttpResponse;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** One run of the command fetch: sends requests, prints a row for each, and a summary. */
final class Fetch {
  private static final int FIRST_BAD_STATUS = 400;
  private static final int DIGITS = 3;

  private final List<HttpRequest> requests;
  private final int concurrency;
  private final Duration timeout;
  private final PrintStream out;

  private final Histogram latencies = new Histogram(DIGITS);
  private final Map<Integer, Long> byStatus = new TreeMap<>();
  private final Map<String, Long> byFailure = new TreeMap<>();
  private int done;
  private int failed;

  /** What came of one request: a response or a failure, and how long that took. */
  private record Outcome(
      HttpRequest request,
      @Nullable HttpResponse response,
      @Nullable HttpException failure,
      Duration time) {}

  Fetch(List<HttpRequest> requests, int concurrency, Duration timeout, PrintStream out) {
    this.requests = requests;
    this.concurrency = concurrency;
    this.timeout = timeout;
    this.out = out;
  }

  /** Fetches and prints everything, or what could be until a signal came; returns the exit code. */
  int run() {
    long begin = System.nanoTime();
    boolean stopped = false;
    try {
      Asyncio.run(this::fetchAll);
    } catch (CancellationException e) {
      stopped = true;
    }
    printSummary(Duration.ofNanos(System.nanoTime() - begin), stopped);
    if (stopped) {
      return Main.STOPPED;
    }
    return failed > 0 ? Main.SOME_FAILED : Main.OK;
  }

  private void fetchAll() {
    EventLoop loop = EventLoop.current();
    Task<?> main = Objects.requireNonNull(currentTask());
    StopSignals.onFirst(() -> cancel(loop, main));
    out.printf("%-6s  %9s  %9s  %s%n", "STATUS", "TIME", "SIZE", "URL");
    try (HttpClient client =
        HttpClient.builder()
            .maxConnections(concurrency)
            .maxConnectionsPerHost(concurrency)
            .totalTimeout(timeout)
            .build()) {
      // Not asCompleted: a gather that is cancelled starts none of those that have not begun.
      List<Callable<@Nullable Void>> bodies = new ArrayList<>();
      for (HttpRequest request : requests) {
        bodies.add(
            () -> {
              note(fetch(client, request));
              if (out.checkError()) {
                main.cancel("nobody reads the results");
              }
              return null;
            });
      }
      gather(limit(concurrency), bodies).await();
    }
  }

  private static void cancel(EventLoop loop, Task<?> main) {
    try {
      loop.callSoonThreadsafe(() -> main.cancel("stopped by a signal"));
    } catch (IllegalStateException e) {
      // The loop has closed meanwhile: everything is fetched, and the summary is being printed.
      return;
    }
  }

  private static Outcome fetch(HttpClient client, HttpRequest request) {
    long begin = System.nanoTime();
    try {
      HttpResponse response = client.send(request);
      return new Outcome(request, response, null, Duration.ofNanos(System.nanoTime() - begin));
    } catch (HttpException e) {
      return new Outcome(request, null, e, Duration.ofNanos(System.nanoTime() - begin));
    }
  }

  private void note(Outcome outcome) {
    done++;
    String url = outcome.request().url();
    String time = Format.time(outcome.time());
    HttpResponse response = outcome.response();
    if (response == null) {
      String kind = kind(Objects.requireNonNull(outcome.failure()));
      failed++;
      byFailure.merge(kind, 1L, Long::sum);
      out.printf("%-6s  %9s  %9s  %s  (%s)%n", "-", time, "-", url, kind);
      return;
    }
    if (response.status() >= FIRST_BAD_STATUS) {
      failed++;
    }
    byStatus.merge(response.status(), 1L, Long::sum);
    latencies.recordValue(outcome.time().toNanos());
    out.printf(
        "%-6d  %9s  %9s  %s%n",
        response.status(), time, Format.size(response.receivedBytes()), url);
  }

  /** Returns the kind of failure in words: {@code connection refused}. */
  private static String kind(HttpException failure) {
    return failure
        .getClass()
        .getSimpleName()
        .replaceFirst("Exception$", "")
        .replaceAll("(?<=[a-z])(?=[A-Z])", " ")
        .toLowerCase(Locale.ROOT);
  }

  private void printSummary(Duration elapsed, boolean stopped) {
    out.println();
    out.printf(
        "%s fetched in %s (%s), %s failed%n",
        Format.count(done, "URL"),
        Format.time(elapsed),
        Format.rate(done / Math.max(1e-9, elapsed.toNanos() / 1e9)),
        Format.count(failed));
    if (!byStatus.isEmpty() || !byFailure.isEmpty()) {
      StringBuilder counts = new StringBuilder("Outcomes ");
      byStatus.forEach(
          (status, count) -> counts.append("  ").append(status).append(": ").append(count));
      byFailure.forEach(
          (kind, count) -> counts.append("  ").append(kind).append(": ").append(count));
      out.println(counts);
    }
    if (latencies.getTotalCount() > 0) {
      out.printf(
          "Latency    min %s  mean %s  p50 %s  p90 %s  p99 %s  max %s%n",
          nanos(latencies.getMinValue()),
          nanos(Math.round(latencies.getMean())),
          nanos(latencies.getValueAtPercentile(50)),
          nanos(latencies.getValueAtPercentile(90)),
          nanos(latencies.getValueAtPercentile(99)),
          nanos(latencies.getMaxValue()));
    }
    if (stopped) {
      out.println("Stopped    with " + Format.count(requests.size() - done, "URL") + " to go");
    }
    out.flush();
  }

  private static String nanos(long nanos) {
    return Format.time(Duration.ofNanos(nanos));
  }
}
