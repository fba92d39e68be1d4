package io.asyncio4j.refire;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A large log in a JVM of its own with a small heap. */
class SmallHeapTest {
  private static final int LINES = 1_000_000;
  private static final int DISTINCT = 400_000;

  @TempDir Path directory;

  /** Reads the log named first, counts, and writes a result for each request. */
  static final class Main {
    private Main() {}

    public static void main(String[] args) throws IOException, RefireException {
      RefireOptions options =
          RefireOptions.builder(args[0])
              .target(URI.create("http://127.0.0.1:1"))
              .results(Path.of(args[0] + ".jsonl"))
              .build();
      Path parent = OutputFiles.parent(options.outFile());
      try (FailedRequests requests = new FailedRequests(parent, FailedRequests.DEFAULT_BOUND);
          UnreadableLines unreadable = UnreadableLines.none()) {
        Plan plan =
            new Intake(
                    options,
                    InputStream.nullInputStream(),
                    unreadable,
                    requests,
                    ProgressListener.NONE,
                    () -> false)
                .read();
        long counted = 0;
        TargetBuilder targets = new TargetBuilder(options);
        try (Records records = Records.create(options, requests, false)) {
          for (long id = 0; id < requests.size(); id++) {
            FailedRequests.Failed failed = requests.get(id);
            counted += failed.count();
            LogLine line = ((LineParser.Understood) LineParser.parse(failed.first().text())).line();
            records.result(failed, line, targets.build(line.request()), Outcome.notSent("a test"));
          }
        }
        System.out.printf(
            "%d %d %d %d %s%n",
            plan.lines(), plan.failed(), plan.distinct(), counted, requests.spilled());
      }
    }
  }

  @Test
  void read_millionLinesIn64Megabytes_countsExactly() throws Exception {
    Path log = directory.resolve("big.log");
    try (BufferedWriter out = Files.newBufferedWriter(log)) {
      for (int i = 0; i < LINES; i++) {
        int status = i % 5 == 4 ? 200 : 503;
        out.write("10.0.0.1 - - [02/Oct/2017:20:22:07 +0000] \"GET /item/");
        out.write(Integer.toString(i % DISTINCT));
        out.write("?some=parameters&that=make&the=line&long=enough HTTP/1.1\" " + status + " 7\n");
      }
    }
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                log.toString())
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    // Every fifth number is never a failure, since the number of requests is a multiple of five.
    assertThat(output).isEqualTo("1000000 800000 320000 800000 true\n");
    try (var results = Files.lines(directory.resolve("big.log.jsonl"))) {
      List<String> some = results.filter(line -> line.contains("/item/7?")).toList();
      assertThat(some).singleElement().asString().endsWith("\"numbers\":[8,400008,800008]}]}");
    }
    try (var files = Files.list(directory)) {
      assertThat(files).hasSize(2);
    }
  }
}
