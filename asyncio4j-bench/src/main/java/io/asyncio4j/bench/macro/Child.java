package io.asyncio4j.bench.macro;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.time.Duration;
import java.util.List;

/**
 * A process that a program started and sees to: it ends when it is closed, by the end of its input,
 * and with this JVM.
 */
final class Child implements AutoCloseable {
  private final List<String> command;
  private final Process process;
  private final Thread hook;
  private final BufferedReader output;

  Child(ProcessBuilder builder) throws IOException {
    command = List.copyOf(builder.command());
    process = builder.start();
    output = process.inputReader(UTF_8);
    hook = new Thread(process::destroy, "end of " + command.getFirst());
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /** Starts one whose errors are shown where this process's are. */
  static Child start(List<String> command) throws IOException {
    return new Child(new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT));
  }

  /** Reads the next line that it prints. */
  String readLine() throws IOException, InterruptedException {
    String line = output.readLine();
    if (line == null) {
      throw new IOException(this + " ended with exit code " + process.waitFor());
    }
    return line;
  }

  /** Reads what else it prints. */
  void drain() throws IOException {
    output.transferTo(Writer.nullWriter());
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** Returns the CPU time it has had, in steps of ten milliseconds on Linux. */
  long cpuNanos() {
    return process
        .info()
        .totalCpuDuration()
        .map(Duration::toNanos)
        .orElseThrow(
            () -> new IllegalStateException("this system does not tell the CPU of " + this));
  }

  /** Waits for its end and returns its exit code. */
  int waitFor() throws InterruptedException {
    int code = process.waitFor();
    Runtime.getRuntime().removeShutdownHook(hook);
    return code;
  }

  /** Ends one that does not look at its input. */
  void terminate() throws InterruptedException {
    process.destroy();
    waitFor();
  }

  @Override
  public void close() throws IOException {
    process.getOutputStream().close();
    process.onExit().join();
    Runtime.getRuntime().removeShutdownHook(hook);
  }

  @Override
  public String toString() {
    return String.join(" ", command);
  }
}
