package io.asyncio4j;

import static io.asyncio4j.Asyncio.timeout;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.asyncio4j.SubprocessOptions.Stdio;
import io.asyncio4j.fixtures.TestKeys;
import io.asyncio4j.testing.TestLoop;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The samples of the pages on streams and subprocesses, which quote the regions of this file. */
class StreamSamplesTest {
  @RegisterExtension final TestLoop loop = new TestLoop();

  private final List<String> printed = new ArrayList<>();

  private void print(String text) {
    printed.add(text);
  }

  // region chat
  private final Set<StreamWriter> everybody = new LinkedHashSet<>();

  void chat(StreamReader reader, StreamWriter writer) throws IOException {
    everybody.add(writer);
    try {
      for (String line : reader.lines()) {
        for (StreamWriter each : everybody) {
          each.write(line + "\n");
        }
      }
    } finally {
      everybody.remove(writer);
    }
  }

  // endregion

  // region ask
  String ask(int port, String question) throws IOException {
    try (Connection connection = Streams.connect("localhost", port)) {
      connection.writer().write(question + "\n");
      return timeout(Duration.ofSeconds(5), () -> connection.reader().lines().iterator().next());
    }
  }

  // endregion

  @Test
  void chat_everybodyHearsEverything() throws IOException {
    loop.run(
        () -> {
          try (Server server = Streams.serve(this::chat, "localhost", 0)) {
            assertThat(ask(server.port(), "hello")).isEqualTo("hello");
          }
          loop.allowLeftOverTasks();
        });
  }

  @Test
  void tls_bothEnds() throws IOException {
    TestKeys keys = TestKeys.localhost();
    loop.run(
        () -> {
          // region tls
          ServeOptions encrypted = ServeOptions.defaults().withTls(keys.server());
          ConnectOptions trusting = ConnectOptions.defaults().withTls(keys.client());
          try (Server server = Streams.serve(this::chat, "localhost", 0, encrypted);
              Connection connection = Streams.connect("localhost", server.port(), trusting)) {
            connection.writer().write("hello\n");
            print(connection.reader().lines().iterator().next());
          }
          // endregion
          loop.allowLeftOverTasks();
        });
    assertThat(printed).containsExactly("hello");
  }

  @Test
  void communicate_feedsAndCollects() throws IOException {
    loop.run(
        () -> {
          // region sort
          Subprocess sort = Subprocess.exec(SubprocessOptions.pipes(), "sort");
          Subprocess.Output output = sort.communicate("b\na\n".getBytes(UTF_8));
          print(output.returnCode() + ": " + output.stdoutText());
          // endregion
        });
    assertThat(printed).containsExactly("0: a\nb\n");
  }

  @Test
  void lines_asTheyCome() throws IOException {
    loop.run(
        () -> {
          // region follow
          SubprocessOptions piped =
              SubprocessOptions.defaults().withStdout(Stdio.PIPE).withKillOnCancel(true);
          Subprocess build = Subprocess.shell(piped, "echo compiling; echo done");
          for (String line : build.stdout().lines()) {
            print(line);
          }
          print("exit " + build.await());
          // endregion
        });
    assertThat(printed).containsExactly("compiling", "done", "exit 0");
  }
}
