package io.asyncio4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.asyncio4j.cli.RunningCommand.Ended;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class RefireCommandTest {
  @TempDir private Path directory;

  @SuppressWarnings("NullAway.Init") // JUnit sets the directory
  RefireCommandTest() {}

  @Test
  void refire_whenAllRecover_exitsWith0() throws Exception {
    log("GET /a 500", "GET /a 500", "GET /b 200", "HEAD /c?x=1 503");
    try (ScriptedServer server = new ScriptedServer()) {
      Ended ended =
          RunningCommand.run(directory, "", "refire", "--target", server.url(), "access.log");

      assertThat(server.requests()).containsExactly("GET /a", "HEAD /c?x=1");
      assertThat(fired()).containsExactly("GET /a?retry=True 200", "HEAD /c?x=1&retry=True 200");
      assertThat(ended.out())
          .contains("3 lines, 2 distinct requests", "2 requests in ", "access.log.retry.log");
      assertThat(ended.err())
          .contains("2/2  recovered 2  failing 0")
          .doesNotContain("\u001b", "\r");
      assertThat(ended.code()).isZero();
    }
  }

  @Test
  void refire_whenSomeStillFail_exitsWith1() throws Exception {
    log("GET /status/500/a 500", "GET /b 502", "POST /c 500");
    try (ScriptedServer server = new ScriptedServer()) {
      Ended ended =
          RunningCommand.run(
              directory, "", "refire", "--retries", "0", "--target", server.url(), "access.log");

      assertThat(server.requests()).containsExactly("GET /b", "GET /status/500/a");
      assertThat(fired())
          .containsExactlyInAnyOrder("GET /b?retry=True 200", "GET /status/500/a?retry=True 500");
      assertThat(ended.out()).contains("200: 1   500: 1", "1: the method is not among --methods");
      assertThat(ended.code()).isEqualTo(1);
    }
  }

  @Test
  void refire_withJson_printsOneObjectAndNothingElseOnStandardOutput() throws Exception {
    log("GET /a 500", "garbage", "POST /c 500");
    try (ScriptedServer server = new ScriptedServer()) {
      Ended ended =
          RunningCommand.run(
              directory, "", "refire", "--json", "--target", server.url(), "access.log");

      JsonNode summary = JsonMapper.shared().readTree(ended.out());
      assertThat(summary.get("fired").asLong()).isEqualTo(1);
      assertThat(summary.get("recovered").asLong()).isEqualTo(1);
      assertThat(summary.get("plan").get("lines").asLong()).isEqualTo(3);
      assertThat(summary.get("plan").get("unreadable").asLong()).isEqualTo(1);
      assertThat(summary.get("exit_code").asInt()).isZero();
      assertThat(ended.code()).isZero();
    }
  }

  @Test
  void refire_withQuiet_saysNothingOnStandardError() throws Exception {
    log("GET /a 500");
    try (ScriptedServer server = new ScriptedServer()) {
      Ended ended =
          RunningCommand.run(
              directory, "", "refire", "--quiet", "--target", server.url(), "access.log");

      assertThat(ended.err()).isEmpty();
      assertThat(ended.out()).contains("recovered");
    }
  }

  @Test
  void refire_ofStandardInput_writesBesideIt() throws Exception {
    try (ScriptedServer server = new ScriptedServer()) {
      Ended ended =
          RunningCommand.run(
              directory, line("GET /a 500") + "\n", "refire", "--target", server.url(), "-");

      assertThat(directory.resolve("refire.retry.log")).isNotEmptyFile();
      assertThat(ended.code()).isZero();
    }
  }

  @Test
  void refire_dryRun_sendsNothingAndWritesNothing() throws Exception {
    log("GET /a 500", "POST /c 500");
    try (ScriptedServer server = new ScriptedServer()) {
      Ended ended =
          RunningCommand.run(
              directory, "", "refire", "--dry-run", "--target", server.url(), "access.log");

      assertThat(ended.out()).contains("Would fire   1 request", "1: the method is not among");
      assertThat(server.requests()).isEmpty();
      assertThat(directory.toFile().list()).containsExactly("access.log");
      assertThat(ended.code()).isZero();
    }
  }

  @Test
  void refire_withoutATarget_sendsNowhereAndNamesTheHosts() throws Exception {
    try (ScriptedServer server = new ScriptedServer()) {
      log("GET " + server.url() + "/a 500");

      Ended ended = RunningCommand.run(directory, "", "refire", "--dry-run", "access.log");

      assertThat(server.requests()).isEmpty();
      assertThat(ended.out()).contains("give --allow-host or --target", "127.0.0.1");
    }
  }

  @Test
  void refire_ofALogThatIsMissing_exitsWith2() throws Exception {
    Ended ended =
        RunningCommand.run(directory, "", "refire", "--target", "http://127.0.0.1:1", "no.log");

    assertThat(ended.err()).contains("asyncio4j refire: ").contains("no.log");
    assertThat(ended.err()).doesNotContain("\tat ");
    assertThat(ended.out()).isEmpty();
    assertThat(ended.code()).isEqualTo(2);
  }

  @Test
  void refire_whenAFileIsInTheWay_isRefusedWithoutOverwrite() throws Exception {
    log("GET /a 500");
    Files.writeString(directory.resolve("access.log.retry.log"), "precious\n");
    try (ScriptedServer server = new ScriptedServer()) {
      Ended refused =
          RunningCommand.run(directory, "", "refire", "--target", server.url(), "access.log");

      assertThat(refused.err()).contains("--overwrite");
      assertThat(refused.code()).isEqualTo(2);
      assertThat(server.requests()).isEmpty();
      assertThat(directory.resolve("access.log.retry.log")).hasContent("precious\n");

      Ended ended =
          RunningCommand.run(
              directory, "", "refire", "--overwrite", "--target", server.url(), "access.log");

      assertThat(ended.code()).isZero();
      assertThat(fired()).containsExactly("GET /a?retry=True 200");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"INT", "TERM"})
  void refire_onTheFirstSignal_writesEverythingKnownAndExitsWith3(String signal) throws Exception {
    List<String> lines = new ArrayList<>();
    lines.add("GET /a 500");
    for (int i = 0; i < 20; i++) {
      lines.add("GET /hang/" + i + " 500");
    }
    log(lines.toArray(String[]::new));
    try (ScriptedServer server = new ScriptedServer(1);
        RunningCommand command =
            RunningCommand.start(
                directory, "refire", "--json", "--target", server.url(), "access.log")) {
      server.awaitHanging();

      command.signal(signal);
      Ended ended = command.end();

      assertThat(ended.code()).isEqualTo(3);
      JsonNode summary = JsonMapper.shared().readTree(ended.out());
      assertThat(summary.get("recovered").asLong()).isEqualTo(1);
      assertThat(summary.get("interrupted").asLong() + summary.get("not_sent").asLong())
          .isEqualTo(20);
      // An attempt that was interrupted may not have got as far as the server.
      assertThat(summary.get("attempts").asInt())
          .isBetween(
              server.requests().size(),
              server.requests().size() + summary.get("interrupted").asInt());
      assertThat(fired())
          .hasSize(summary.get("fired").asInt())
          .contains("GET /a?retry=True 200")
          .filteredOn(line -> line.contains("/hang/"))
          .allMatch(line -> line.endsWith(" -"));
    }
  }

  @Test
  void refire_whenTheServerGoesAwayHalfWay_stopsAndCountsEachOnce() throws Exception {
    List<String> lines = new ArrayList<>();
    lines.add("GET /a 500");
    lines.add("GET /hang/0 500");
    for (int i = 0; i < 30; i++) {
      lines.add("GET /later/" + i + " 500");
    }
    log(lines.toArray(String[]::new));
    try (ScriptedServer server = new ScriptedServer(1);
        RunningCommand command =
            RunningCommand.start(
                directory,
                "refire",
                "--json",
                "--retries",
                "0",
                "-c",
                "1",
                "--max-failures",
                "10",
                "--target",
                server.url(),
                "access.log")) {
      server.awaitHanging();
      server.vanish();
      Ended ended = command.end();

      assertThat(ended.code()).isEqualTo(3);
      JsonNode summary = JsonMapper.shared().readTree(ended.out());
      assertThat(summary.get("fired").asLong() + summary.get("not_sent").asLong()).isEqualTo(32);
      assertThat(summary.get("stopped").asString()).isNotEmpty();
      assertThat(fired()).hasSize(summary.get("fired").asInt()).doesNotHaveDuplicates();
    }
  }

  @Test
  void refire_ontoAFullDisk_saysSoAndDoesNotPretend() throws Exception {
    log("GET /a 500", "GET /b 500");
    try (ScriptedServer server = new ScriptedServer()) {
      Ended ended =
          RunningCommand.run(
              directory,
              "",
              "refire",
              "--overwrite",
              "--out",
              "/dev/full",
              "--target",
              server.url(),
              "access.log");

      assertThat(ended.out()).contains("Stopped", "/dev/full");
      assertThat(ended.err()).doesNotContain("\tat ");
      assertThat(ended.code()).isEqualTo(3);
      assertThat(Path.of("/dev/full"))
          .matches(file -> !Files.isRegularFile(file), "is a device still");
    }
  }

  @Test
  void demo_run_agreesWithTheServersOwnCounts() throws Exception {
    Ended ended = RunningCommand.run(directory, "", "refire", "--demo", "--demo-lines", "100");

    assertThat(ended.out())
        .contains("Attempts made and lines written agree.", "One request after another, measured");
    assertThat(ended.err()).doesNotContain("DO NOT AGREE");
    assertThat(ended.code()).isZero();
    assertThat(directory.resolve("asyncio4j-demo/access.log")).isNotEmptyFile();

    Ended again = RunningCommand.run(directory, "", "refire", "--demo", "--demo-lines", "0");

    assertThat(again.code()).isZero();
  }

  /** Writes access.log with a line for each "METHOD TARGET STATUS", or the text itself. */
  private void log(String... requests) throws IOException {
    List<String> lines = new ArrayList<>();
    for (String request : requests) {
      lines.add(line(request));
    }
    Files.write(directory.resolve("access.log"), lines);
  }

  private static String line(String request) {
    String[] words = request.split(" ", -1);
    if (words.length != 3) {
      return request;
    }
    return "203.0.113.7 - - [17/Mar/2026:09:00:01 +0000] \"%s %s HTTP/1.1\" %s 42 \"-\" \"test\""
        .formatted(words[0], words[1], words[2]);
  }

  /** Returns what the log of what was fired says, as "METHOD TARGET STATUS". */
  private List<String> fired() throws IOException {
    Pattern fields = Pattern.compile(".*\"(\\S+) (\\S+) HTTP/1.1\" (\\S+) .*");
    List<String> fired = new ArrayList<>();
    for (String line : Files.readAllLines(directory.resolve("access.log.retry.log"))) {
      Matcher matcher = fields.matcher(line);
      assertThat(matcher.matches()).as(line).isTrue();
      fired.add(matcher.group(1) + " " + matcher.group(2) + " " + matcher.group(3));
    }
    return fired;
  }
}
