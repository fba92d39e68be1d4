package io.asyncio4j.bench;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** A process of a peer, which answers a line of numbers for each line that it is told. */
final class PeerProcess {
  private final List<String> command;
  private final Process process;
  private final BufferedReader answers;
  private final BufferedWriter questions;

  PeerProcess(List<String> command, String url) throws IOException {
    this.command = command;
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
    builder.environment().put("ASYNCIO4J_BENCH_URL", url); // ps would show an argument
    process = builder.start();
    answers = process.inputReader();
    questions = process.outputWriter();
  }

  long[] ask(String question) throws IOException {
    questions.write(question + "\n");
    questions.flush();
    return Stream.of(readLine().split(" ", -1)).mapToLong(Long::parseLong).toArray();
  }

  String readLine() throws IOException {
    String line = answers.readLine();
    if (line == null) {
      throw new IOException(this + " has ended");
    }
    return line;
  }

  double cpuMillis() {
    return process.info().totalCpuDuration().map(Duration::toNanos).orElse(0L) / 1e6;
  }

  /** Has it end, by the end of its input, and waits for that. */
  void end() throws IOException, InterruptedException {
    questions.close();
    process.waitFor();
  }

  @Override
  public String toString() {
    return String.join(" ", command);
  }
}
