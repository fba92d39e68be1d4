package io.asyncio4j.refire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.asyncio4j.Asyncio;
import io.asyncio4j.EventLoop;
import io.asyncio4j.Task;
import io.asyncio4j.testing.TestLoop;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The engine on virtual time, with a sender that no network is behind. */
class EngineTest {
  private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");

  /** The longest of all random waits, so that times are exact. */
  private static final RandomGenerator LONGEST =
      new RandomGenerator() {
        @Override
        public long nextLong() {
          throw new UnsupportedOperationException("only bounded numbers are asked for");
        }

        @Override
        public long nextLong(long bound) {
          return bound - 1;
        }
      };

  @RegisterExtension final TestLoop loop = new TestLoop();
  @TempDir Path directory;

  private RefireOptions.Builder options = RefireOptions.builder("unset");
  private final List<String> notes = new ArrayList<>();
  private final Map<String, Integer> seen = new HashMap<>();
  private int inFlight;
  private int mostInFlight;
  private Runnable onFiring = () -> {};

  @BeforeEach
  void setUp() {
    options = log("");
  }

  private RefireOptions.Builder log(String text) {
    Path file = directory.resolve("access.log");
    try {
      Files.writeString(file, text, StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return RefireOptions.builder(file.toString())
        .target(URI.create("http://h"))
        .results(directory.resolve("results.jsonl"));
  }

  private static String line(String path) {
    return "1.1.1.1 - - [02/Oct/2017:20:22:07 +0000] \"GET " + path + " HTTP/1.1\" 500 7\n";
  }

  private static String lines(int count) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < count; i++) {
      text.append(line("/" + i));
    }
    return text.toString();
  }

  private Summary fire(Sender sender) throws Exception {
    return fire(sender, null);
  }

  private Summary fire(Sender sender, @Nullable OutFile out) throws Exception {
    RefireOptions built = options.build();
    Sender counting =
        request -> {
          seen.merge(request.target(), 1, Integer::sum);
          mostInFlight = Math.max(mostInFlight, ++inFlight);
          try {
            return sender.send(request);
          } finally {
            inFlight--;
          }
        };
    ProgressListener listener =
        new ProgressListener() {
          @Override
          public void firing(Firing firing) {
            onFiring.run();
            assertThat(firing.inFlight()).isBetween(0, built.concurrency());
          }

          @Override
          public void note(String message) {
            notes.add(message);
          }
        };
    try (FailedRequests requests = new FailedRequests(directory, 4096);
        UnreadableLines unreadable = UnreadableLines.none()) {
      Plan plan =
          new Intake(
                  built, InputStream.nullInputStream(), unreadable, requests, listener, () -> false)
              .read();
      try (Records records =
          out == null
              ? Records.create(built, requests, plan.sendable() > 0)
              : new Records(built, requests, out, null)) {
        InstantSource clock = () -> NOON.plus(loop.elapsed());
        Summary summary =
            loop.run(
                () -> {
                  engine =
                      new Engine(
                          built,
                          plan,
                          requests,
                          records,
                          listener,
                          new Engine.World(counting, clock, LONGEST),
                          built.concurrency());
                  return engine.run();
                });
        checkCounts(summary);
        return summary;
      }
    }
  }

  private @Nullable Engine engine;

  private void checkCounts(Summary summary) throws IOException {
    assertThat(summary.fired() + summary.notSent() + summary.unwritten())
        .isEqualTo(summary.plan().sendable());
    assertThat(summary.recovered() + summary.failing() + summary.interrupted())
        .isEqualTo(summary.fired());
    assertThat(sum(summary.byStatus()) + sum(summary.byFailure())).isEqualTo(summary.fired());
    assertThat(seen.values().stream().mapToInt(Integer::intValue).sum())
        .isEqualTo((int) summary.attempts());
    assertThat(seen).hasSize((int) (summary.fired() + summary.unwritten()));
    if (summary.files().contains(outFile())) {
      assertThat(outLines()).hasSize((int) summary.fired());
    }
    if (summary.files().contains(directory.resolve("results.jsonl"))) {
      assertThat(results()).hasSize((int) summary.plan().distinct());
    }
  }

  private static long sum(Map<?, Long> counts) {
    return counts.values().stream().mapToLong(Long::longValue).sum();
  }

  private Path outFile() {
    return directory.resolve("access.log.retry.log");
  }

  private List<String> outLines() throws IOException {
    return Files.readAllLines(outFile(), StandardCharsets.ISO_8859_1);
  }

  private List<String> results() throws IOException {
    return Files.readAllLines(directory.resolve("results.jsonl"));
  }

  private static Attempt ok() {
    return new Attempt.Answered(200, 5, null);
  }

  private static Attempt status(int status) {
    return new Attempt.Answered(status, 0, null);
  }

  private static Sender after(Duration latency, Sender then) {
    return request -> {
      Asyncio.sleep(latency);
      return then.send(request);
    };
  }

  @Test
  void run_everythingRecovers_writesALineForEachRequest() throws Exception {
    options = log(line("/a") + line("/b?x") + line("/a"));
    Summary summary = fire(after(Duration.ofMillis(250), _ -> ok()));
    assertThat(summary.exitCode()).isZero();
    assertThat(summary.fired()).isEqualTo(2);
    assertThat(summary.recovered()).isEqualTo(2);
    assertThat(summary.attempts()).isEqualTo(2);
    assertThat(outLines())
        .containsExactly(
            "1.1.1.1 - - [21/Nov/2026:12:00:00 +0000] \"GET /a?retry=True HTTP/1.1\" 200 5",
            "1.1.1.1 - - [21/Nov/2026:12:00:00 +0000] \"GET /b?x&retry=True HTTP/1.1\" 200 5");
    assertThat(results().getFirst())
        .isEqualTo(
            "{\"method\":\"GET\",\"url\":\"http://h/a\",\"outcome\":\"recovered\",\"old_status\":500,"
                + "\"status\":200,\"failure\":null,\"reason\":null,\"attempts\":1,\"latency_ms\":250.0,"
                + "\"count\":2,\"lines\":[{\"file\":\""
                + directory.resolve("access.log")
                + "\",\"numbers\":[1,3]}]}");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(outFile())))
        .isEqualTo("rw-------");
    assertThat(summary.latencies().count()).isEqualTo(2);
    assertThat(summary.latencies().p50()).isBetween(Duration.ofMillis(249), Duration.ofMillis(251));
    assertThat(summary.toJson())
        .contains("\"fired\":2,", "\"by_status\":{\"200\":2}", "\"exit_code\":0");
  }

  @Test
  void run_requestFailsTwice_isRepeatedAfterDoublingWaits() throws Exception {
    options = log(line("/a"));
    Summary summary = fire(_ -> seen.getOrDefault("/a", 0) < 3 ? status(503) : ok());
    assertThat(summary.recovered()).isEqualTo(1);
    assertThat(summary.attempts()).isEqualTo(3);
    assertThat(loop.elapsed()).isEqualTo(Duration.ofSeconds(1 + 2));
    assertThat(outLines().getFirst()).contains("[21/Nov/2026:12:00:03 +0000]").endsWith(" 200 5");
  }

  @Test
  void run_requestNeverRecovers_isFailingWithItsLastStatus() throws Exception {
    options = log(line("/a")).retries(2);
    Summary summary = fire(_ -> status(500));
    assertThat(summary.failing()).isEqualTo(1);
    assertThat(summary.attempts()).isEqualTo(3);
    assertThat(summary.byStatus()).containsExactly(Map.entry(500, 1L));
    assertThat(summary.exitCode()).isEqualTo(1);
    assertThat(outLines().getFirst()).endsWith("\" 500 0");
  }

  @Test
  void run_noAnswer_isNoStatus() throws Exception {
    options = log(line("/a")).retries(0);
    Summary summary = fire(_ -> new Attempt.Failed(FailureKind.CONNECT_REFUSED, "nobody listens"));
    assertThat(summary.byStatus()).isEmpty();
    assertThat(summary.byFailure()).containsExactly(Map.entry(FailureKind.CONNECT_REFUSED, 1L));
    assertThat(outLines().getFirst()).endsWith("\" - -");
    assertThat(results().getFirst())
        .contains("\"status\":null,\"failure\":\"connect-refused\",\"reason\":\"nobody listens\"");
  }

  @Test
  void run_answerThatWillNotChange_isNotRepeated() throws Exception {
    options = log(lines(4));
    Summary summary =
        fire(
            request ->
                switch (request.target()) {
                  case "/0" -> status(302);
                  case "/1" -> status(404);
                  case "/2" -> status(304);
                  default -> new Attempt.Failed(FailureKind.TLS, "not trusted");
                });
    assertThat(summary.attempts()).isEqualTo(4);
    assertThat(summary.recovered()).isEqualTo(1);
    assertThat(summary.failing()).isEqualTo(3);
  }

  @Test
  void run_refusedRequests_areResultsWithTheirReason() throws Exception {
    options = log(line("/a").replace("GET", "POST") + line("*"));
    Summary summary = fire(_ -> ok());
    assertThat(summary.fired()).isZero();
    assertThat(summary.exitCode()).isEqualTo(1);
    assertThat(Files.exists(outFile())).isFalse();
    assertThat(results()).hasSize(2);
    assertThat(results().getFirst())
        .contains("\"outcome\":\"not-sent\"", "\"method\":\"POST\"", "\"attempts\":0", "--methods");
  }

  @Test
  void run_nothingFailed_writesNothing() throws Exception {
    options = log(line("/a").replace(" 500 ", " 200 "));
    Summary summary = fire(_ -> ok());
    assertThat(summary.exitCode()).isZero();
    assertThat(summary.latencies()).isEqualTo(Summary.Latencies.NONE);
    assertThat(results()).isEmpty();
  }

  @Test
  void run_tooManyRequests_pausesTheHost() throws Exception {
    options = log(lines(5));
    List<Duration> starts = new ArrayList<>();
    Summary summary =
        fire(
            _ -> {
              starts.add(loop.elapsed());
              return starts.size() == 2 ? new Attempt.Answered(429, 0, "20") : ok();
            });
    assertThat(summary.recovered()).isEqualTo(5);
    assertThat(starts.get(1)).isZero();
    assertThat(starts.subList(2, 6))
        .allMatch(start -> start.compareTo(Duration.ofSeconds(20)) >= 0);
    assertThat(notes).containsExactly("http://h asks for a pause (Retry-After: 20); waiting 20 s");
  }

  @Test
  void run_oneUnavailablePage_waitsWithoutTheOthers() throws Exception {
    options = log(lines(50));
    List<String> order = new ArrayList<>();
    Summary summary =
        fire(
            request -> {
              order.add(request.target() + "@" + loop.elapsed().toSeconds());
              boolean first = request.target().equals("/7") && seen.get("/7") == 1;
              return first ? new Attempt.Answered(503, 0, "20") : ok();
            });
    assertThat(summary.recovered()).isEqualTo(50);
    assertThat(order.getLast()).isEqualTo("/7@20");
    assertThat(order.get(49)).isEqualTo("/49@0");
    assertThat(notes).isEmpty();
  }

  @Test
  void run_hostUnavailable_pausesAfterAFewRequests() throws Exception {
    options = log(lines(50));
    List<Duration> starts = new ArrayList<>();
    Summary summary =
        fire(
            _ -> {
              starts.add(loop.elapsed());
              return loop.elapsed().compareTo(Duration.ofSeconds(20)) < 0
                  ? new Attempt.Answered(503, 0, "20")
                  : ok();
            });
    assertThat(summary.recovered()).isEqualTo(50);
    assertThat(starts.stream().filter(Duration::isZero)).hasSize(6);
    assertThat(notes).hasSize(1);
  }

  @Test
  void run_retryAfterBeyondTheCap_pausesForTheCap() throws Exception {
    options = log(line("/a")).retryAfterCap(Duration.ofSeconds(7));
    fire(_ -> seen.getOrDefault("/a", 0) < 2 ? new Attempt.Answered(429, 0, "86400") : ok());
    assertThat(loop.elapsed()).isEqualTo(Duration.ofSeconds(7));
  }

  @Test
  void run_retryAfterAsDate_pausesUntilThen() throws Exception {
    options = log(line("/a"));
    String date = "Sat, 21 Nov 2026 12:00:09 GMT";
    fire(_ -> seen.getOrDefault("/a", 0) < 2 ? new Attempt.Answered(503, 0, date) : ok());
    assertThat(loop.elapsed()).isEqualTo(Duration.ofSeconds(9));
  }

  @Test
  void run_rate_spacesTheStarts() throws Exception {
    options = log(lines(21)).rate(10);
    List<Duration> starts = new ArrayList<>();
    fire(
        _ -> {
          starts.add(loop.elapsed());
          return ok();
        });
    assertThat(loop.elapsed()).isEqualTo(Duration.ofSeconds(2));
    for (int i = 0; i < starts.size(); i++) {
      assertThat(starts.get(i)).isEqualTo(Duration.ofMillis(100L * i));
    }
  }

  @Test
  void run_goodAnswers_riseToTheCeilingAndNotAbove() throws Exception {
    options = log(lines(200));
    List<Integer> begun = new ArrayList<>();
    fire(
        after(
            Duration.ofMillis(100),
            _ -> {
              begun.add(inFlight);
              return ok();
            }));
    assertThat(begun.getFirst()).isEqualTo(1);
    assertThat(mostInFlight).isEqualTo(16);
  }

  @Test
  void run_serversInTrouble_staysLow() throws Exception {
    options = log(lines(50)).retries(0);
    fire(after(Duration.ofMillis(100), _ -> status(503)));
    assertThat(mostInFlight).isEqualTo(1);
  }

  @Test
  void run_tenThousandAtOnce_areInFlightTogether() throws Exception {
    loop.realTimeLimit(Duration.ofMinutes(10)); // for a slow machine: it is seconds of work
    options = log(lines(30_000)).concurrency(10_000);
    Summary summary = fire(after(Duration.ofSeconds(1), _ -> ok()));
    assertThat(summary.recovered()).isEqualTo(30_000);
    assertThat(mostInFlight).isEqualTo(10_000);
  }

  @Test
  void stop_inTheMiddle_writesEverythingKnown() throws Exception {
    options = log(lines(3000)).concurrency(8);
    Sender answers =
        after(
            Duration.ofMillis(100), request -> request.target().endsWith("7") ? status(502) : ok());
    Summary summary =
        fire(
            request -> {
              if (request.target().equals("/0")) {
                EventLoop.current()
                    .callLater(Duration.ofMillis(1050), () -> engine().stop("it was asked to"));
              }
              return answers.send(request);
            });
    assertThat(summary.exitCode()).isEqualTo(3);
    assertThat(summary.stopped()).contains("it was asked to");
    assertThat(summary.interrupted()).isBetween(2L, 8L);
    assertThat(summary.recovered()).isBetween(30L, 80L);
    assertThat(summary.failing()).isPositive();
    assertThat(loop.elapsed()).isEqualTo(Duration.ofMillis(1050));
    assertThat(results().stream().filter(r -> r.contains("\"outcome\":\"interrupted\"")))
        .hasSize((int) summary.interrupted());
    assertThat(results().stream().filter(r -> r.contains("was stopped: it was asked to\"")))
        .hasSize((int) (summary.interrupted() + summary.notSent()));
    assertThat(results().stream().filter(r -> r.contains("it was asked to, before another")))
        .hasSize((int) summary.failing());
    assertThat(outLines().stream().filter(l -> l.endsWith("\" - -")))
        .hasSize((int) summary.interrupted());
  }

  private Engine engine() {
    assertThat(engine).isNotNull();
    return engine;
  }

  @Test
  void stop_beforeTheFirstStep_sendsNothing() throws Exception {
    options = log(lines(3));
    onFiring = () -> {};
    Summary summary =
        fire(
            request -> {
              engine().stop("first");
              engine().stop("second");
              return ok();
            });
    assertThat(summary.stopped()).contains("first");
    assertThat(summary.recovered()).isEqualTo(1);
    assertThat(summary.notSent()).isEqualTo(2);
  }

  @Test
  void stop_whileWaitingToRepeat_keepsTheLastAnswer() throws Exception {
    options = log(line("/a"));
    Summary summary =
        fire(
            _ -> {
              EventLoop.current()
                  .callLater(Duration.ofMillis(100), () -> engine().stop("it was asked to"));
              return status(503);
            });
    assertThat(summary.failing()).isEqualTo(1);
    assertThat(summary.byStatus()).containsExactly(Map.entry(503, 1L));
    assertThat(outLines().getFirst()).contains("\" 503 0");
    assertThat(results().getFirst())
        .contains("the run was stopped: it was asked to, before another attempt");
  }

  @Test
  void run_taskCancelled_recordsAndIsCancelled() throws Exception {
    options = log(lines(20));
    assertThatThrownBy(
            () ->
                fire(
                    request -> {
                      if (request.target().equals("/3")) {
                        Asyncio.allTasks().stream()
                            .filter(task -> task.name().equals("refire"))
                            .forEach(Task::cancel);
                        Asyncio.sleep(Duration.ofSeconds(1));
                      }
                      return ok();
                    }))
        .isInstanceOf(CancellationException.class);
    assertThat(results()).hasSize(20);
    assertThat(outLines().size()).isEqualTo(seen.size());
  }

  @Test
  void run_serverGone_stopsWhenRequestsFailForGoodInARow() throws Exception {
    options = log(lines(500)).maxFailuresInARow(30);
    Summary summary =
        fire(
            request ->
                seen.size() <= 100
                    ? ok()
                    : new Attempt.Failed(FailureKind.CONNECT_REFUSED, "gone"));
    assertThat(summary.exitCode()).isEqualTo(3);
    assertThat(summary.stopped()).contains("requests failed for good, 30 in a row");
    assertThat(summary.recovered()).isEqualTo(100);
    assertThat(loop.elapsed()).isEqualTo(Duration.ofSeconds(1 + 2 + 4));
  }

  @Test
  void run_serverSilent_stopsWhenAttemptsAreUnansweredInARow() throws Exception {
    options = log(lines(500)).maxFailuresInARow(5);
    Summary summary =
        fire(after(Duration.ofSeconds(30), _ -> new Attempt.Failed(FailureKind.READ_TIMEOUT, "")));
    assertThat(summary.stopped()).contains("attempts got no answer (read-timeout), 5 in a row");
    assertThat(summary.attempts()).isEqualTo(5);
  }

  @Test
  void run_manyThatNeverRecover_comeLastAndAreNoRow() throws Exception {
    options = log(lines(1000)).maxFailuresInARow(5);
    Summary summary =
        fire(
            after(
                Duration.ofMillis(10),
                request -> request.target().endsWith("7") ? status(500) : ok()));
    assertThat(summary.stopped()).isEmpty();
    assertThat(summary.failing()).isEqualTo(100);
    assertThat(summary.recovered()).isEqualTo(900);
    assertThat(mostInFlight).isBetween(12, 16);
  }

  @Test
  void run_failuresInARow_stops() throws Exception {
    options = log(lines(50)).maxFailuresInARow(10).retries(0);
    Summary summary = fire(request -> seen.size() == 5 ? ok() : status(500));
    assertThat(summary.stopped()).contains("requests failed for good, 10 in a row");
    assertThat(summary.failing()).isEqualTo(14);
    assertThat(summary.notSent()).isEqualTo(35);
  }

  @Test
  void run_failuresInARowUnlimited_goesOn() throws Exception {
    options = log(lines(300)).maxFailuresInARow(0).retries(0);
    Summary summary = fire(_ -> new Attempt.Failed(FailureKind.RESET, "cut"));
    assertThat(summary.failing()).isEqualTo(300);
    assertThat(summary.exitCode()).isEqualTo(1);
  }

  @Test
  void run_fullDisk_stopsAndSaysSo() throws Exception {
    Path full = Path.of("/dev/full");
    assumeTrue(
        Files.exists(full) && !Files.isRegularFile(full), "there is no device that is always full");
    options = log(lines(20));
    try (FileChannel channel = FileChannel.open(full, StandardOpenOption.WRITE)) {
      Summary summary = fire(_ -> ok(), new OutFile(full, channel));
      assertThat(summary.exitCode()).isEqualTo(3);
      assertThat(summary.stopped().orElseThrow())
          .contains("writing /dev/full failed: No space left on device");
      assertThat(summary.fired()).isZero();
      assertThat(summary.unwritten()).isPositive();
    }
  }

  @Test
  void run_secondRunOverItsOwnOutput_firesWhatStillFails() throws Exception {
    options = log(lines(10)).retries(0);
    fire(
        request ->
            switch (request.target()) {
              case "/3" -> status(500);
              case "/5" -> new Attempt.Failed(FailureKind.RESET, "cut");
              default -> ok();
            });
    List<String> first = outLines();
    seen.clear();
    options =
        RefireOptions.builder(outFile().toString())
            .target(URI.create("http://h"))
            .retries(0)
            .out(directory.resolve("second"));
    Summary summary = fire(_ -> ok());
    assertThat(first).hasSize(10);
    assertThat(seen.keySet()).containsExactlyInAnyOrder("/3", "/5");
    assertThat(summary.plan().alreadyMarked()).isEqualTo(2);
    assertThat(Files.readAllLines(directory.resolve("second")))
        .allMatch(line -> line.split("retry=True", -1).length == 2);
  }
}
