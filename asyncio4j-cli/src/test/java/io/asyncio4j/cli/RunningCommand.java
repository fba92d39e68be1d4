package io.asyncio4j.cli;

import io.asyncio4j.fixtures.ForkedJvm;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** The command in a JVM of its own, as a user starts it. */
final class RunningCommand implements AutoCloseable {
  /** A hang ends the test; nothing waits for this to pass. */
  private static final long PATIENCE_SECONDS = 300;

  private final Process process;
  private final CompletableFuture<String> out;
  private final CompletableFuture<String> err;

  /** How a command ended and what it wrote. */
  record Ended(int code, String out, String err) {}

  private RunningCommand(Process process) {
    this.process = process;
    this.out = readAll(process.getInputStream());
    this.err = readAll(process.getErrorStream());
  }

  /** Starts the command in a directory, with standard input at its end. */
  static RunningCommand start(Path directory, String... args) throws IOException {
    return start(directory, Map.of(), args);
  }

  /** Starts the command with variables added to its environment. */
  static RunningCommand start(Path directory, Map<String, String> environment, String... args)
      throws IOException {
    RunningCommand command = new RunningCommand(builder(directory, environment, args).start());
    command.process.getOutputStream().close();
    return command;
  }

  /** Runs the command to its end, with the given text as its standard input. */
  static Ended run(Path directory, String input, String... args) throws Exception {
    try (RunningCommand command = new RunningCommand(builder(directory, Map.of(), args).start())) {
      command.process.getOutputStream().write(input.getBytes(StandardCharsets.UTF_8));
      command.process.getOutputStream().close();
      return command.end();
    }
  }

  /** Returns how the command is started; its output goes where the caller says. */
  static ProcessBuilder builder(Path directory, Map<String, String> environment, String... args) {
    ProcessBuilder builder =
        ForkedJvm.builder(
                List.of(
                    ForkedJvm.FULL_MODE,
                    "--enable-native-access=ALL-UNNAMED",
                    "--sun-misc-unsafe-memory-access=allow",
                    "-XX:+UseSerialGC",
                    "-XX:TieredStopAtLevel=1",
                    "-Dstdout.encoding=UTF-8",
                    "-Dstderr.encoding=UTF-8"),
                Main.class,
                args)
            .directory(directory.toFile());
    // A test run in the background of a shell without job control ignores SIGINT, and its children.
    builder.command().addAll(0, List.of("env", "--default-signal=INT,TERM,HUP"));
    builder.environment().keySet().removeAll(List.of("NO_COLOR", "COLUMNS", "JAVA_TOOL_OPTIONS"));
    builder.environment().putAll(environment);
    return builder;
  }

  /** Sends a signal, such as INT. */
  void signal(String name) throws Exception {
    Process kill = new ProcessBuilder("sh", "-c", "kill -" + name + " " + process.pid()).start();
    if (kill.waitFor() != 0) {
      throw new AssertionError("kill -" + name + " failed: the command had ended already");
    }
  }

  /** Waits for the end. */
  Ended end() throws Exception {
    if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError(
          "did not end; standard output:\n" + out.get() + "\nstandard error:\n" + err.get());
    }
    return new Ended(process.exitValue(), out.get(), err.get());
  }

  /** Ends the process if it still runs. */
  @Override
  public void close() {
    process.destroyForcibly();
  }

  private static CompletableFuture<String> readAll(InputStream stream) {
    CompletableFuture<String> text = new CompletableFuture<>();
    Thread.ofVirtual()
        .start(
            () -> {
              try (stream) {
                text.complete(new String(stream.readAllBytes(), StandardCharsets.UTF_8));
              } catch (IOException | UncheckedIOException e) {
                text.completeExceptionally(e);
              }
            });
    return text;
  }
}
