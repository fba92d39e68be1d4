package io.asyncio4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.asyncio4j.cli.RunningCommand.Ended;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FetchCommandTest {
  @TempDir private Path directory;

  @SuppressWarnings("NullAway.Init") // JUnit sets the directory
  FetchCommandTest() {}

  @Test
  void fetch_ofDuplicates_sendsEachOnceAndSaysSo() throws Exception {
    try (ScriptedServer server = new ScriptedServer()) {
      Ended ended =
          RunningCommand.run(
              directory,
              "# a comment\n\n" + server.url() + "/b\n  " + server.url() + "/a  \n",
              "fetch",
              server.url() + "/a",
              server.url() + "/a",
              "-i",
              "-");

      assertThat(server.requests()).containsExactly("GET /a", "GET /b");
      assertThat(ended.err()).isEqualTo("2 URLs were given again; each is fetched once\n");
      assertThat(ended.out().lines().filter(line -> line.matches("200 .*http:.*"))).hasSize(2);
      assertThat(ended.out()).contains("2 URLs fetched in ", "0 failed", "200: 2", "Latency");
      assertThat(ended.code()).isZero();
    }
  }

  @Test
  void fetch_ofAFile_sendsEachLine() throws Exception {
    try (ScriptedServer server = new ScriptedServer()) {
      List<String> urls = IntStream.range(0, 200).mapToObj(i -> server.url() + "/" + i).toList();
      Files.write(directory.resolve("urls.txt"), urls);

      Ended ended = RunningCommand.run(directory, "", "fetch", "-i", "urls.txt", "-c", "50");

      assertThat(server.requests()).hasSize(200).doesNotHaveDuplicates();
      assertThat(ended.out().lines().filter(line -> line.matches("200 .*http:.*"))).hasSize(200);
      assertThat(ended.code()).isZero();
    }
  }

  @Test
  void fetch_withSomeFailing_tellsWhichAndExitsWith1() throws Exception {
    int closedPort;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      closedPort = socket.getLocalPort();
    }
    try (ScriptedServer server = new ScriptedServer()) {
      String refused = "http://127.0.0.1:" + closedPort + "/";

      Ended ended =
          RunningCommand.run(
              directory,
              "",
              "fetch",
              server.url() + "/status/503/x",
              server.url() + "/ok",
              refused);

      assertThat(ended.out())
          .containsPattern("(?m)^503 .* " + server.url() + "/status/503/x$")
          .containsPattern("(?m)^200 .* " + server.url() + "/ok$")
          .containsPattern("(?m)^- .* " + refused + "  \\(connection refused\\)$")
          .contains("3 URLs fetched in ", "2 failed", "connection refused: 1");
      assertThat(ended.code()).isEqualTo(1);
    }
  }

  @Test
  void fetch_withABadUrl_fetchesTheOthersAndExitsWith2() throws Exception {
    try (ScriptedServer server = new ScriptedServer()) {
      Ended ended =
          RunningCommand.run(directory, "", "fetch", "ftp://127.0.0.1/x", server.url() + "/ok");

      assertThat(ended.err()).contains("not fetched: 'ftp://127.0.0.1/x' cannot be requested");
      assertThat(server.requests()).containsExactly("GET /ok");
      assertThat(ended.out()).contains("1 URL fetched");
      assertThat(ended.code()).isEqualTo(2);
    }
  }

  @Test
  void fetch_ofBadUrlsOnly_sendsNothingAndExitsWith2() throws Exception {
    Ended ended = RunningCommand.run(directory, "", "fetch", "nonsense", "http://");

    assertThat(ended.err().lines()).hasSize(2);
    assertThat(ended.out()).isEmpty();
    assertThat(ended.code()).isEqualTo(2);
  }

  @Test
  void fetch_ofAServerThatHangs_timesOut() throws Exception {
    try (ScriptedServer server = new ScriptedServer()) {
      Ended ended =
          RunningCommand.run(directory, "", "fetch", "--timeout", "100ms", server.url() + "/hang");

      assertThat(ended.out()).contains("(total timeout)", "total timeout: 1");
      assertThat(ended.code()).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"INT", "TERM"})
  void fetch_onTheFirstSignal_printsWhatIsKnownAndExitsWith3(String signal) throws Exception {
    try (ScriptedServer server = new ScriptedServer(2);
        RunningCommand command =
            RunningCommand.start(
                directory,
                "fetch",
                "-c",
                "2",
                server.url() + "/ok",
                server.url() + "/hang/1",
                server.url() + "/hang/2",
                server.url() + "/hang/3")) {
      server.awaitHanging();

      command.signal(signal);
      Ended ended = command.end();

      assertThat(ended.out())
          .containsPattern("(?m)^200 .* " + server.url() + "/ok$")
          .contains("1 URL fetched", "Stopped    with 3 URLs to go");
      assertThat(ended.err()).isEmpty();
      assertThat(ended.code()).isEqualTo(3);
    }
  }

  @Test
  void fetch_whenNobodyReadsTheResults_endsQuietly() throws Exception {
    try (ScriptedServer server = new ScriptedServer()) {
      List<String> urls = IntStream.range(0, 500).mapToObj(i -> server.url() + "/" + i).toList();
      Files.write(directory.resolve("urls.txt"), urls);
      ProcessBuilder builder =
          RunningCommand.builder(directory, Map.of(), "fetch", "-c", "2", "-i", "urls.txt");
      builder.redirectError(directory.resolve("err").toFile());
      Process process = builder.start();

      process.getInputStream().close();

      assertThat(process.waitFor()).isEqualTo(3);
      assertThat(directory.resolve("err")).content().isEmpty();
      assertThat(server.requests()).hasSizeLessThan(500);
    }
  }
}
