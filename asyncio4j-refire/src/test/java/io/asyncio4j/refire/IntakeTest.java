package io.asyncio4j.refire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IntakeTest {
  @TempDir Path directory;

  private record Result(Plan plan, List<FailedRequests.Failed> failed) {}

  private Result read(RefireOptions options, InputStream standardInput)
      throws RefireException, IOException {
    try (FailedRequests requests = new FailedRequests(directory, 4096);
        UnreadableLines unreadable = UnreadableLines.in(options)) {
      Plan plan =
          new Intake(
                  options, standardInput, unreadable, requests, ProgressListener.NONE, () -> false)
              .read();
      List<FailedRequests.Failed> failed = new ArrayList<>();
      for (long id = 0; id < requests.size(); id++) {
        failed.add(requests.get(id));
      }
      return new Result(plan, failed);
    }
  }

  private Result read(RefireOptions options) throws RefireException, IOException {
    return read(options, InputStream.nullInputStream());
  }

  private RefireOptions.Builder log(String text) throws IOException {
    Path file = directory.resolve("access.log");
    Files.writeString(file, text, StandardCharsets.ISO_8859_1);
    return RefireOptions.builder(file.toString()).target(URI.create("http://127.0.0.1:1"));
  }

  private static String line(String request, String status) {
    return "1.1.1.1 - - [02/Oct/2017:20:22:07 +0000] \"" + request + "\" " + status + " 7\n";
  }

  @Test
  void read_realLog_findsItsThreeFailuresAsTwoRequests() throws Exception {
    Path log = Path.of(IntakeTest.class.getResource("apache_logs_excerpt.log").toURI());
    RefireOptions options =
        RefireOptions.builder(log.toString())
            .target(URI.create("http://127.0.0.1:1"))
            .out(directory.resolve("out"))
            .build();
    Result result = read(options);
    Plan plan = result.plan;
    assertThat(plan.lines()).isEqualTo(47);
    assertThat(plan.read()).isEqualTo(47);
    assertThat(plan.failed()).isEqualTo(3);
    assertThat(plan.distinct()).isEqualTo(2);
    assertThat(plan.sendable()).isEqualTo(2);
    assertThat(plan.formats()).containsExactly(Map.entry(LogFormat.COMBINED, 47L));
    assertThat(result.failed.stream().map(FailedRequests.Failed::count)).containsExactly(2L, 1L);
  }

  @Test
  void read_mixedLog_countsEveryLine() throws Exception {
    String text =
        line("GET /a HTTP/1.1", "500")
            + line("GET /a HTTP/1.1", "200")
            + "\n  \n"
            + "garbage \u00ff\n"
            + line("GET /a HTTP/1.1", "503")
            + "{\"status\":500,\"request\":\"POST /p HTTP/1.1\"}\n"
            + line("OPTIONS * HTTP/1.1", "500")
            + line("-", "500")
            + line("HEAD /a HTTP/1.1", "429")
            + line("GET /gone HTTP/1.1", "-")
            + line("GET /last HTTP/1.1", "599").strip();
    RefireOptions options = log(text).status(StatusSet.parse("500-599,429")).build();
    Plan plan = read(options).plan;
    assertThat(plan.lines()).isEqualTo(12);
    assertThat(plan.read()).isEqualTo(9);
    assertThat(plan.empty()).isEqualTo(2);
    assertThat(plan.unreadable()).isEqualTo(1);
    assertThat(plan.failed()).isEqualTo(7);
    assertThat(plan.distinct()).isEqualTo(6);
    assertThat(plan.sendable()).isEqualTo(3);
    assertThat(plan.refused())
        .containsExactly(
            Map.entry(Refusal.METHOD, 1L),
            Map.entry(Refusal.NO_REQUEST, 1L),
            Map.entry(Refusal.NO_RESOURCE, 1L));
    assertThat(plan.refusedTotal()).isEqualTo(3);
    Path kept = options.unreadableFile();
    assertThat(Files.readString(kept, StandardCharsets.ISO_8859_1))
        .isEqualTo(options.logs().getFirst() + ":5: no known format: garbage \u00ff\n");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(kept)))
        .isEqualTo("rw-------");
    assertThat(plan.toJson())
        .startsWith("{\"lines\":12,\"read\":9,\"unreadable\":1,\"empty\":2,\"failed\":7,")
        .contains("\"refused\":{\"method\":1,\"no-request\":1,\"no-resource\":1}");
  }

  @Test
  void read_everyLine_keepsEach() throws Exception {
    String text = line("GET /a HTTP/1.1", "500").repeat(3);
    assertThat(read(log(text).everyLine(true).build()).plan.distinct()).isEqualTo(3);
  }

  @Test
  void read_outputOfAnEarlierRun_choosesWhatStillFails() throws Exception {
    String text =
        line("GET /ok?retry=True HTTP/1.1", "200")
            + line("GET /still?x&retry=True HTTP/1.1", "503")
            + line("GET /still?x HTTP/1.1", "503")
            + line("GET /none?retry=True HTTP/1.1", "-");
    Plan plan = read(log(text).build()).plan;
    assertThat(plan.failed()).isEqualTo(3);
    assertThat(plan.alreadyMarked()).isEqualTo(2);
    assertThat(plan.distinct()).isEqualTo(2);
  }

  @Test
  void read_severalLogsAndStandardInput_tellsThemApart() throws Exception {
    Path gz = directory.resolve("old.log");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(gz))) {
      out.write(line("GET /a HTTP/1.1", "500").getBytes(StandardCharsets.US_ASCII));
    }
    RefireOptions options =
        RefireOptions.builder(gz.toString(), "-")
            .target(URI.create("http://127.0.0.1:1"))
            .out(directory.resolve("out"))
            .build();
    byte[] input = line("GET /b HTTP/1.1", "500").getBytes(StandardCharsets.US_ASCII);
    Result result = read(options, new ByteArrayInputStream(input));
    assertThat(result.failed.stream().map(FailedRequests.Failed::file)).containsExactly(0, 1);
    assertThat(result.plan.problems()).isEmpty();
  }

  @Test
  void read_truncatedGzip_keepsWhatWasReadAndSaysSo() throws Exception {
    java.io.ByteArrayOutputStream bytes = new java.io.ByteArrayOutputStream();
    try (OutputStream out = new GZIPOutputStream(bytes)) {
      out.write(line("GET /a HTTP/1.1", "500").getBytes(StandardCharsets.US_ASCII));
    }
    Path gz = directory.resolve("cut.gz");
    Files.write(gz, java.util.Arrays.copyOf(bytes.toByteArray(), bytes.size() - 8));
    RefireOptions options =
        RefireOptions.builder(gz.toString()).target(URI.create("http://127.0.0.1:1")).build();
    Plan plan = read(options).plan;
    assertThat(plan.failed()).isEqualTo(1);
    assertThat(plan.problems()).hasSize(1);
    assertThat(plan.problems().getFirst()).contains(gz.toString(), "could not be read to its end");
  }

  @Test
  void read_hostsNotAllowed_areNamedWithTheirCounts() throws Exception {
    Path file = directory.resolve("access.log");
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 30; i++) {
      text.append(
          "h%d.example 1.1.1.1 - - [02/Oct/2017:20:22:07 +0000] \"GET /%d\" 500 1\n"
              .formatted(i / 2, i));
    }
    Files.writeString(file, text);
    Plan plan = read(RefireOptions.builder(file.toString()).allowHost("h3.example").build()).plan;
    assertThat(plan.sendable()).isEqualTo(2);
    assertThat(plan.refused()).containsExactly(Map.entry(Refusal.HOST_NOT_ALLOWED, 28L));
    assertThat(plan.refusedHosts()).hasSize(14).containsEntry("h0.example", 2L);
  }

  @Test
  void check_missingLog_isToldBeforeReading() {
    RefireOptions options = RefireOptions.builder(directory.resolve("nope").toString()).build();
    assertThatThrownBy(() -> Intake.check(options))
        .isInstanceOf(RefireException.class)
        .hasMessageContaining("nope cannot be opened: no such file");
  }

  @Test
  void check_directory_isNoLog() {
    RefireOptions options = RefireOptions.builder(directory.toString()).build();
    assertThatThrownBy(() -> Intake.check(options)).hasMessageContaining("is a directory");
  }
}
