package io.asyncio4j.refire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whole runs, against a real server. */
@Timeout(300)
class RefireTest {
  @TempDir Path directory;

  private RefireOptions.Builder log(FlakyServer server, String text) throws IOException {
    Path file = directory.resolve("access.log");
    Files.writeString(file, text, StandardCharsets.ISO_8859_1);
    return RefireOptions.builder(file.toString()).target(server.uri());
  }

  private static String line(String request) {
    return "1.1.1.1 - - [02/Oct/2017:20:22:07 +0000] \"" + request + "\" 500 7\n";
  }

  private List<String> files() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void run_flakyServer_countsAgreeWithWhatTheServerSaw() throws Exception {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 400; i++) {
      text.append(line("GET /page/" + i + "?x=" + i % 7 + " HTTP/1.1"));
      text.append(line("GET /page/" + i + "?x=" + i % 7 + " HTTP/1.1"));
    }
    try (FlakyServer server =
        new FlakyServer(
            (_, target, nth) -> {
              if (target.endsWith("=3")) {
                return nth > 1 ? FlakyServer.answer(200, "at last") : FlakyServer.answer(503, "");
              }
              if (target.endsWith("=4")) {
                return nth > 1 ? FlakyServer.answer(200, "ok") : null;
              }
              return target.endsWith("=5")
                  ? FlakyServer.answer(500, "no")
                  : FlakyServer.answer(200, "hello");
            })) {
      RefireOptions options =
          log(server, text.toString())
              .results(directory.resolve("results.jsonl"))
              .retries(1)
              .build();
      Summary summary = new Refire(options).run(ProgressListener.NONE);
      assertThat(summary.stopped()).isEmpty();
      assertThat(summary.fired()).isEqualTo(400);
      assertThat(summary.failing()).isEqualTo(57);
      assertThat(summary.recovered()).isEqualTo(343);
      assertThat(summary.byStatus()).containsExactly(Map.entry(200, 343L), Map.entry(500, 57L));
      assertThat(server.seen()).hasSize(400);
      assertThat(server.seen().values().stream().mapToLong(Integer::longValue).sum())
          .isEqualTo(summary.attempts());
      assertThat(Files.readAllLines(options.outFile())).hasSize(400).doesNotHaveDuplicates();
      assertThat(Files.readAllLines(directory.resolve("results.jsonl"))).hasSize(400);
      assertThat(server.heads()).allMatch(head -> !head.contains("retry=True"));
      assertThat(summary.exitCode()).isEqualTo(1);
      assertThat(files()).containsExactly("access.log", "access.log.retry.log", "results.jsonl");
    }
  }

  @Test
  void run_serverClosesConnectionsWithoutAWord_noHealthyPageIsCalledFailing() throws Exception {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 500; i++) {
      text.append(line("GET /page/" + i + " HTTP/1.1"));
    }
    try (FlakyServer server =
        new FlakyServer((_, _, _) -> FlakyServer.answer(200, "ok")).closingAfter(1)) {
      Summary summary =
          new Refire(log(server, text.toString()).retries(0).build()).run(ProgressListener.NONE);
      assertThat(summary.recovered()).isEqualTo(500);
      assertThat(server.seen().values()).hasSize(500).containsOnly(1);
      assertThat(summary.attempts()).isGreaterThanOrEqualTo(500);
    }
  }

  /**
   * The sample of the Javadoc; it would end this JVM, so it is compiled only where it is not run.
   */
  static void sample() throws RefireException {
    RefireOptions options =
        RefireOptions.builder("access.log").target(URI.create("http://127.0.0.1:8080")).build();
    Summary summary = new Refire(options).run(ProgressListener.NONE);
    System.exit(summary.exitCode());
  }

  @Test
  void run_oddTargets_areSentByteForByte() throws Exception {
    List<String> targets =
        List.of("//x/y", "/a|b{}\"<>^`", "/%zz?", "/../../etc", "/a?b=c&&d=%20", "/;p?=&?");
    StringBuilder text = new StringBuilder();
    targets.forEach(
        target -> text.append(line("GET " + target.replace("\"", "\\\"") + " HTTP/1.1")));
    text.append(line("HEAD /sp ace/\\xe9 HTTP/1.1"))
        .append(line("OPTIONS http://other/x HTTP/1.1"));
    try (FlakyServer server = new FlakyServer((_, _, _) -> FlakyServer.answer(200, "ok"))) {
      RefireOptions options =
          log(server, text.toString())
              .header(new RefireOptions.Header("X-Reason", "retry"))
              .build();
      Summary summary = new Refire(options).run(ProgressListener.NONE);
      assertThat(summary.recovered()).isEqualTo(8);
      assertThat(server.seen().keySet())
          .containsExactlyInAnyOrder(
              Stream.concat(
                      targets.stream().map(target -> "GET " + target),
                      Stream.of("HEAD /sp%20ace/%E9", "OPTIONS /x"))
                  .toArray(String[]::new));
      assertThat(server.heads())
          .allMatch(head -> head.contains("X-Reason: retry\r\n"))
          .allMatch(head -> head.contains("\r\nHost: " + server.authority() + "\r\n"));
    }
  }

  @Test
  void run_keepHostAndSendMark_areSent() throws Exception {
    try (FlakyServer server = new FlakyServer((_, _, _) -> FlakyServer.answer(200, "ok"))) {
      RefireOptions options =
          log(server, "shop.example:80 " + line("GET /a?b HTTP/1.1"))
              .keepHost(true)
              .sendMark(true)
              .build();
      new Refire(options).run(ProgressListener.NONE);
      assertThat(server.heads())
          .singleElement()
          .asString()
          .startsWith("GET /a?b&retry=True HTTP/1.1\r\n")
          .contains("\r\nHost: shop.example\r\n");
    }
  }

  @Test
  void run_allowedHostFromTheLine_isSentThereOnly() throws Exception {
    try (FlakyServer server = new FlakyServer((_, _, _) -> FlakyServer.answer(200, "ok"))) {
      String text =
          server.authority()
              + " "
              + line("GET /a HTTP/1.1")
              + line("GET http://" + server.authority() + "/b HTTP/1.1")
              + "localhost:1 "
              + line("GET /never HTTP/1.1");
      RefireOptions options =
          RefireOptions.builder("-")
              .allowHost(server.authority())
              .out(directory.resolve("out.log"))
              .build();
      byte[] input = text.getBytes(StandardCharsets.US_ASCII);
      Summary summary =
          new Refire(options, new ByteArrayInputStream(input)).run(ProgressListener.NONE);
      assertThat(server.seen()).containsOnlyKeys("GET /a", "GET /b");
      assertThat(summary.plan().refused()).containsExactly(Map.entry(Refusal.HOST_NOT_ALLOWED, 1L));
      assertThat(summary.exitCode()).isZero();
    }
  }

  @Test
  void stop_standardInputIsSilent_endsAndListsWhatWasRead() throws Exception {
    try (FlakyServer server = new FlakyServer((_, _, _) -> FlakyServer.answer(200, "ok"))) {
      CountDownLatch silent = new CountDownLatch(1);
      CountDownLatch counted = new CountDownLatch(1);
      CountDownLatch over = new CountDownLatch(1);
      StringBuilder text = new StringBuilder();
      for (int i = 0; i < 20_000; i++) {
        text.append(line("GET /" + i + " HTTP/1.1"));
      }
      InputStream nothingMore =
          new InputStream() {
            @Override
            public int read() throws IOException {
              silent.countDown();
              try {
                over.await();
              } catch (InterruptedException e) {
                throw new IOException(e);
              }
              return -1;
            }

            @Override
            public int read(byte[] into, int offset, int length) throws IOException {
              return read();
            }
          };
      InputStream pipe =
          new SequenceInputStream(
              new ByteArrayInputStream(text.toString().getBytes(StandardCharsets.US_ASCII)),
              nothingMore);
      ProgressListener listener =
          new ProgressListener() {
            @Override
            public void reading(Reading reading) {
              counted.countDown();
            }
          };
      RefireOptions options =
          RefireOptions.builder("-")
              .target(server.uri())
              .out(directory.resolve("out.log"))
              .results(directory.resolve("results.jsonl"))
              .build();
      Refire refire = new Refire(options, pipe);
      Thread operator =
          Thread.ofPlatform()
              .start(
                  () -> {
                    try {
                      silent.await();
                      counted.await();
                    } catch (InterruptedException e) {
                      throw new AssertionError(e);
                    }
                    refire.stop();
                  });
      Summary summary = refire.run(listener);
      operator.join();
      over.countDown();
      assertThat(summary.exitCode()).isEqualTo(3);
      assertThat(summary.plan().distinct()).isPositive();
      assertThat(server.seen()).isEmpty();
      assertThat(Files.readAllLines(directory.resolve("results.jsonl")))
          .hasSize((int) summary.plan().distinct());
    }
  }

  @Test
  void run_nobodyListens_isRefusedAndNotAStatus() throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    Path file = directory.resolve("access.log");
    Files.writeString(file, line("GET /a HTTP/1.1"));
    RefireOptions options =
        RefireOptions.builder(file.toString())
            .target(URI.create("http://127.0.0.1:" + port))
            .retries(0)
            .build();
    Summary summary = new Refire(options).run(ProgressListener.NONE);
    assertThat(summary.byFailure()).containsExactly(Map.entry(FailureKind.CONNECT_REFUSED, 1L));
    assertThat(Files.readString(options.outFile()))
        .endsWith("\"GET /a?retry=True HTTP/1.1\" - -\n");
  }

  @Test
  void run_slowServer_isATimeout() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    try (FlakyServer server =
        new FlakyServer(
            (_, _, _) -> {
              never.await();
              return null;
            })) {
      RefireOptions options =
          log(server, line("GET /a HTTP/1.1")).timeout(Duration.ofMillis(300)).retries(0).build();
      Summary summary = new Refire(options).run(ProgressListener.NONE);
      assertThat(summary.byFailure()).containsExactly(Map.entry(FailureKind.READ_TIMEOUT, 1L));
    }
  }

  @Test
  void stop_fromAnotherThread_writesEverythingKnown() throws Exception {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 200; i++) {
      text.append(line("GET /" + i + " HTTP/1.1"));
    }
    CountDownLatch stuck = new CountDownLatch(1);
    CountDownLatch never = new CountDownLatch(1);
    try (FlakyServer server =
        new FlakyServer(
            (_, target, _) -> {
              if (target.equals("/50")) {
                stuck.countDown();
                never.await();
              }
              return FlakyServer.answer(200, "ok");
            })) {
      RefireOptions options =
          log(server, text.toString()).concurrency(1).results(directory.resolve("r")).build();
      Refire refire = new Refire(options);
      Thread stopper =
          Thread.ofPlatform()
              .start(
                  () -> {
                    try {
                      stuck.await();
                    } catch (InterruptedException e) {
                      Thread.currentThread().interrupt();
                    }
                    refire.stop();
                    refire.stop();
                  });
      Summary summary = refire.run(ProgressListener.NONE);
      stopper.join();
      refire.stop();
      assertThat(summary.exitCode()).isEqualTo(3);
      assertThat(summary.recovered()).isEqualTo(50);
      assertThat(summary.interrupted()).isEqualTo(1);
      assertThat(summary.notSent()).isEqualTo(149);
      assertThat(Files.readAllLines(options.outFile())).hasSize(51);
      assertThat(Files.readAllLines(directory.resolve("r"))).hasSize(200);
    }
  }

  @Test
  void stop_beforeTheRun_sendsNothing() throws Exception {
    try (FlakyServer server = new FlakyServer((_, _, _) -> FlakyServer.answer(200, "ok"))) {
      Refire refire = new Refire(log(server, line("GET /a HTTP/1.1")).build());
      refire.stop();
      Summary summary = refire.run(ProgressListener.NONE);
      assertThat(summary.exitCode()).isEqualTo(3);
      assertThat(server.seen()).isEmpty();
    }
  }

  @Test
  void run_filesInTheWay_areRefusedBeforeAnythingIsSent() throws Exception {
    try (FlakyServer server = new FlakyServer((_, _, _) -> FlakyServer.answer(200, "ok"))) {
      RefireOptions.Builder builder = log(server, line("GET /a HTTP/1.1"));
      for (String name : List.of("access.log.retry.log", "access.log.retry.log.unreadable", "r")) {
        Path file = directory.resolve(name);
        Files.writeString(file, "precious");
        RefireOptions options = builder.results(directory.resolve("r")).build();
        assertThatThrownBy(() -> new Refire(options).run(ProgressListener.NONE))
            .isInstanceOf(RefireException.class)
            .hasMessageContaining(name + " exists")
            .hasMessageContaining("--overwrite");
        assertThat(Files.readString(file)).isEqualTo("precious");
        Files.delete(file);
        assertThat(files()).containsExactly("access.log");
      }
      assertThat(server.seen()).isEmpty();
    }
  }

  @Test
  void run_overwrite_replacesAndRemovesWhatIsStale() throws Exception {
    try (FlakyServer server = new FlakyServer((_, _, _) -> FlakyServer.answer(200, "ok"))) {
      RefireOptions options = log(server, line("GET /a HTTP/1.1")).overwrite(true).build();
      Files.writeString(options.outFile(), "stale");
      Files.writeString(options.unreadableFile(), "stale");
      new Refire(options).run(ProgressListener.NONE);
      assertThat(Files.readString(options.outFile())).startsWith("1.1.1.1 - - [");
      assertThat(files()).containsExactly("access.log", "access.log.retry.log");
    }
  }

  @Test
  void run_outIsTheLog_isRefusedEvenWithOverwrite() throws Exception {
    try (FlakyServer server = new FlakyServer((_, _, _) -> FlakyServer.answer(200, "ok"))) {
      RefireOptions options =
          log(server, line("GET /a HTTP/1.1"))
              .out(directory.resolve("./access.log"))
              .overwrite(true)
              .build();
      assertThatThrownBy(() -> new Refire(options).run(ProgressListener.NONE))
          .hasMessageContaining("would be written over the log");
    }
  }

  @Test
  void run_outAndResultsTheSame_isRefused() throws Exception {
    try (FlakyServer server = new FlakyServer((_, _, _) -> FlakyServer.answer(200, "ok"))) {
      RefireOptions options =
          log(server, "").out(directory.resolve("x")).results(directory.resolve("x")).build();
      assertThatThrownBy(() -> new Refire(options).run(ProgressListener.NONE))
          .hasMessageContaining("are the same file");
    }
  }

  @Test
  void run_directoryMissing_isRefused() throws Exception {
    try (FlakyServer server = new FlakyServer((_, _, _) -> FlakyServer.answer(200, "ok"))) {
      RefireOptions options = log(server, "").out(directory.resolve("no/where")).build();
      assertThatThrownBy(() -> new Refire(options).run(ProgressListener.NONE))
          .hasMessageContaining("cannot be created (no such file or directory)");
    }
  }

  @Test
  void run_certificateMissing_isRefusedAndLeavesNoFile() throws Exception {
    try (FlakyServer server = new FlakyServer((_, _, _) -> FlakyServer.answer(200, "ok"))) {
      RefireOptions options =
          log(server, line("GET /a HTTP/1.1") + "garbage\n")
              .cacert(directory.resolve("nope.pem"))
              .build();
      assertThatThrownBy(() -> new Refire(options).run(ProgressListener.NONE))
          .isInstanceOf(RefireException.class)
          .hasMessageContaining("nope.pem");
      assertThat(files()).containsExactly("access.log");
    }
  }

  @Test
  void plan_always_sendsAndWritesNothing() throws Exception {
    try (FlakyServer server = new FlakyServer((_, _, _) -> FlakyServer.answer(200, "ok"))) {
      RefireOptions options = log(server, line("GET /a HTTP/1.1") + "garbage\n").build();
      Plan plan = new Refire(options).plan(ProgressListener.NONE);
      assertThat(plan.sendable()).isEqualTo(1);
      assertThat(plan.unreadable()).isEqualTo(1);
      assertThat(server.seen()).isEmpty();
      assertThat(files()).containsExactly("access.log");
    }
  }

  @Test
  void run_crlfAndRawBytes_areKept() throws Exception {
    try (FlakyServer server = new FlakyServer((_, _, _) -> FlakyServer.answer(200, "ok"))) {
      String text =
          "1.1.1.1 - - [02/Oct/2017:20:22:07 +0000] \"GET /a HTTP/1.1\" 500 7 \"-\" \"\u00ff\u0080\"\r\n";
      RefireOptions options = log(server, text).build();
      new Refire(options).run(ProgressListener.NONE);
      String written = Files.readString(options.outFile(), StandardCharsets.ISO_8859_1);
      assertThat(written)
          .endsWith("\"GET /a?retry=True HTTP/1.1\" 200 2 \"-\" \"\u00ff\u0080\"\r\n");
    }
  }
}
