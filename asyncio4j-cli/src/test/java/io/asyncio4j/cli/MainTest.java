package io.asyncio4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.asyncio4j.cli.RunningCommand.Ended;
import io.asyncio4j.fixtures.ForkedJvm;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MainTest {
  @TempDir private Path directory;

  @SuppressWarnings("NullAway.Init") // JUnit sets the directory
  MainTest() {}

  @Test
  void version_isOneLineWithTheVersionThatWasBuilt() throws Exception {
    Ended ended = RunningCommand.run(directory, "", "--version");

    assertThat(ended.out()).matches("asyncio4j \\d+\\.\\d+\\.\\d+\\S* \\(JDK \\d+\\S*\\)\n");
    assertThat(ended.err()).isEmpty();
    assertThat(ended.code()).isZero();
  }

  @Test
  void output_thatCannotBeWritten_isSaidAndIsNoSuccess() throws Exception {
    Path full = Path.of("/dev/full");
    assumeTrue(
        Files.exists(full) && !Files.isRegularFile(full), "there is no device that is always full");
    Process process =
        ForkedJvm.builder(List.of(ForkedJvm.FULL_MODE), Main.class, "--version")
            .redirectOutput(full.toFile())
            .start();
    String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(process.waitFor()).isEqualTo(Main.STOPPED);
    assertThat(err).contains("standard output did not take all");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "--help         | Usage: asyncio4j",
        "refire --help  | Usage: asyncio4j refire",
        "fetch --help   | Usage: asyncio4j fetch",
      })
  void help_ofEachCommand_goesToStandardOutput(String args, String begin) throws Exception {
    Ended ended = RunningCommand.run(directory, "", args.split(" ", -1));

    assertThat(ended.out()).startsWith(begin).doesNotContain("\u001b");
    assertThat(ended.err()).isEmpty();
    assertThat(ended.code()).isZero();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "                                  | no command was given",
        "fetsh                             | Did you mean: asyncio4j fetch?",
        "fetch                             | name a URL to fetch",
        "fetch --timeout 1x http://x       | '1x' is no duration",
        "fetch --timeout 0 http://x        | the timeout must be longer than nothing",
        "fetch -c 0 http://x               | the concurrency must be 1 or more, not 0",
        "fetch -i no-such-file             | there is no file no-such-file",
        "fetch -i .                        | cannot read URLs from .",
        "refire                            | name a log to read",
        "refire --statsu 500 a             | Possible solutions: --status",
        "refire --status 5xx a             | '5xx' in '5xx' is no status",
        "refire --target 127.0.0.1:80 a    | '127.0.0.1:80' is no URL; write it as http://",
        "refire --target localhost:80 a    | is not of the form http://host",
        "refire -c 0 a                     | the concurrency must be 1 or more, not 0",
        "refire --cert a.pem a             | --cert and --key go together",
        "refire --header nonsense a        | 'nonsense' is no header",
        "refire --target http://h --allow-host h a  | give one of them",
        "refire --demo access.log          | --demo has a log",
        "refire --demo-lines -1 --demo     | the demo's log needs 0 lines or more, not -1",
      })
  void wrongUsage_isSaidOnStandardErrorWithExitCode2(String args, String message) throws Exception {
    Ended ended =
        RunningCommand.run(directory, "", args == null ? new String[0] : args.split(" ", -1));

    assertThat(ended.err()).contains(message).contains("Try 'asyncio4j");
    assertThat(ended.err()).doesNotContain("\tat ");
    assertThat(ended.out()).isEmpty();
    assertThat(ended.code()).isEqualTo(2);
  }
}
