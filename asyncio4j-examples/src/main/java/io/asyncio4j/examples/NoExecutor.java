package io.asyncio4j.examples;

import static io.asyncio4j.Asyncio.map;
import static io.asyncio4j.Asyncio.run;
import static io.asyncio4j.Asyncio.sleep;

import io.asyncio4j.LoopOptions;
import io.asyncio4j.Server;
import io.asyncio4j.StreamReader;
import io.asyncio4j.StreamWriter;
import io.asyncio4j.Streams;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** Blocking calls in tasks, with no executor at all. */
final class NoExecutor {
  static void main() throws IOException {
    // Without the JVM's flag a blocking call holds the loop; then this program says so.
    run(LoopOptions.defaults().withFullModeRequired(true), NoExecutor::program);
  }

  // region program
  static void program() throws IOException {
    try (Server server = Streams.serve(NoExecutor::serve, "localhost", 0)) {
      Stopwatch watch = Stopwatch.start();
      var answers = map(List.of("one", "two", "three"), word -> ask(server.port(), word)).await();
      IO.println(answers + " after " + watch + " s");
    }
  }

  /** Knows nothing of loops: a socket of the JDK's, a blocking read, a blocking sleep. */
  private static String ask(int port, String question) throws IOException, InterruptedException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.getOutputStream().write(question.getBytes(StandardCharsets.UTF_8));
      socket.shutdownOutput();
      byte[] answer = socket.getInputStream().readAllBytes(); // 0.2 s
      Thread.sleep(200);
      return new String(answer, StandardCharsets.UTF_8);
    }
  }

  /** Answers in capital letters, after a while, on the same loop and the same thread. */
  private static void serve(StreamReader reader, StreamWriter writer) throws IOException {
    String question = new String(reader.readAll(), StandardCharsets.UTF_8);
    sleep(Duration.ofMillis(200));
    writer.write(question.toUpperCase(Locale.ROOT));
  }

  // endregion

  private NoExecutor() {}
}
