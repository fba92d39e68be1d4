package io.asyncio4j.refire;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Lines broken at random, from a fixed seed. */
class LineFuzzTest {
  private static final List<String> SEEDS =
      List.of(
          "1.2.3.4 - - [18/May/2015:03:05:34 +0000] \"GET /a?b=c HTTP/1.1\" 500 12 \"-\" \"UA\"",
          "h.example:81 ::1 - - [04/Jul/2019:09:20:46 +0200] \"GET http://h/x HTTP/1.1\" 503 3 \"-\" \"UA\"",
          "1.2.3.4 - - [18/May/2015:03:05:34 +0000] \"GET /f HTTP/2.0\" 502 552 \"-\" \"U\" 27 0.000 [x] []",
          "{\"time\":\"2022-09-27T06:18:57+00:00\",\"request_uri\":\"/l\\u00e9\\ud83d\\ude00\",\"status\":\"502\","
              + "\"request_method\":\"GET\",\"body_bytes_sent\":1,\"request_time\":\"0.001\"}",
          "{\"ts\":1761019828.6153953,\"request\":{\"method\":\"GET\",\"host\":\"h\",\"uri\":\"/\"},"
              + "\"duration\":0.0016,\"size\":0,\"status\":502}",
          "{\"log\":\"1.1.1.1 - - [02/Oct/2017:20:22:07 +0000] \\\"GET /a HTTP/2.0\\\" 500 8\\n\","
              + "\"time\":\"2017-10-02T20:22:07.1Z\"}",
          "\"1.1.1.1 - - [02/Oct/2017:20:22:07 +0000] \\\"GET /a HTTP/1.1\\\" 500 7\"");
  private static final String INTERESTING = "\"\\[]{}:,-/?#&% \t\0\r0159eE.xu\u00ff\u00e9HG*";

  @TempDir Path directory;

  private static String mutate(String seed, Random random) {
    StringBuilder text = new StringBuilder(seed);
    int changes = 1 + random.nextInt(6);
    for (int i = 0; i < changes && !text.isEmpty(); i++) {
      int at = random.nextInt(text.length());
      char c = INTERESTING.charAt(random.nextInt(INTERESTING.length()));
      switch (random.nextInt(6)) {
        case 0 -> text.setCharAt(at, c);
        case 1 -> text.insert(at, c);
        case 2 -> text.deleteCharAt(at);
        case 3 -> text.setLength(at);
        case 4 -> text.delete(0, at / 4);
        default -> {
          int from = random.nextInt(text.length());
          text.insert(at, text.substring(from, Math.min(text.length(), from + 12)));
        }
      }
    }
    return text.toString().replace('\n', ' ');
  }

  @Test
  void parse_brokenLines_neverThrowsAndWhatIsWrittenIsReadAgain() {
    Random random = new Random(20261121);
    TargetBuilder targets =
        new TargetBuilder(RefireOptions.builder("a").target(URI.create("http://h")).build());
    Answer answer = new Answer(418, 5, Instant.EPOCH, Duration.ofMillis(7));
    int understood = 0;
    for (int i = 0; i < 60_000; i++) {
      String text = mutate(SEEDS.get(random.nextInt(SEEDS.size())), random);
      if (!(LineParser.parse(text) instanceof LineParser.Understood(LogLine line))) {
        continue;
      }
      understood++;
      if (!(targets.build(line.request()) instanceof Sending.Send send)) {
        continue;
      }
      assertThat(send.target()).as(text).matches("/[\\x21-\\x7e]*");
      String again = line.rewritten(answer);
      assertThat(LineParser.parse(again)).as(text).isInstanceOf(LineParser.Understood.class);
      LogLine second = ((LineParser.Understood) LineParser.parse(again)).line();
      assertThat(second.status()).as(again).isEqualTo(418);
      assertThat(second.request().isMarked()).as(again).isTrue();
      assertThat(second.rewritten(answer)).as(text).isEqualTo(again);
      assertThat(targets.build(second.request())).as(text).isInstanceOf(Sending.Send.class);
    }
    assertThat(understood).isBetween(10_000, 55_000);
  }

  @Test
  void read_brokenLog_countsAddUp() throws Exception {
    Random random = new Random(7);
    ByteArrayOutputStream log = new ByteArrayOutputStream();
    long lines = 0;
    for (int i = 0; i < 20_000; i++) {
      String text =
          random.nextInt(20) == 0 ? "" : mutate(SEEDS.get(random.nextInt(SEEDS.size())), random);
      log.write(text.getBytes(StandardCharsets.ISO_8859_1));
      log.write(random.nextInt(3) == 0 ? new byte[] {'\r', '\n'} : new byte[] {'\n'});
      lines++;
    }
    RefireOptions options =
        RefireOptions.builder("-")
            .target(URI.create("http://h"))
            .out(directory.resolve("o"))
            .build();
    Plan plan = read(options, log);
    assertThat(plan.lines()).isEqualTo(lines);
    assertThat(plan.read() + plan.unreadable() + plan.empty()).isEqualTo(lines);
    assertThat(plan.formats().values().stream().mapToLong(Long::longValue).sum())
        .isEqualTo(plan.read());
    assertThat(plan.sendable() + plan.refusedTotal()).isEqualTo(plan.distinct());
    try (var kept = Files.lines(options.unreadableFile(), StandardCharsets.ISO_8859_1)) {
      assertThat(kept.filter(line -> line.startsWith("-:")).count()).isEqualTo(plan.unreadable());
    }
  }

  private Plan read(RefireOptions options, ByteArrayOutputStream log)
      throws RefireException, IOException {
    try (FailedRequests requests = new FailedRequests(directory, 4096);
        UnreadableLines unreadable = UnreadableLines.in(options)) {
      return new Intake(
              options,
              new ByteArrayInputStream(log.toByteArray()),
              unreadable,
              requests,
              ProgressListener.NONE,
              () -> false)
          .read();
    }
  }
}
