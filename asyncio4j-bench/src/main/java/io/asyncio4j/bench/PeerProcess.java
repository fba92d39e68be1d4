package io.asyncio4j.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A process of a peer, whose lines are waited for in a bounded time. Closing it ends it, also if it
 * hangs.
 */
final class PeerProcess implements AutoCloseable {
  private static final int KEPT_OF_ERRORS = 5;

  private final String name;
  private final Duration patience;
  private final Process process;
  private final BlockingQueue<Optional<String>> lines = new LinkedBlockingQueue<>();
  private final Deque<String> errors = new ArrayDeque<>();
  private final Thread errorReader;
  private final BufferedWriter questions;

  /**
   * Starts a process.
   *
   * @param patience how long to wait for a line, and for the end
   */
  PeerProcess(String name, List<String> command, Map<String, String> environment, Duration patience)
      throws PeerException {
    this.name = name;
    this.patience = patience;
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().putAll(environment);
    try {
      process = builder.start();
    } catch (IOException e) {
      throw new PeerException(name + " cannot be started: " + e.getMessage());
    }
    questions = process.outputWriter(UTF_8);
    Thread.ofPlatform().daemon().name("lines of " + name).start(this::readLines);
    errorReader = Thread.ofPlatform().daemon().name("errors of " + name).start(this::readErrors);
  }

  private void readLines() {
    try (BufferedReader reader = process.inputReader(UTF_8)) {
      String line = reader.readLine();
      while (line != null) {
        lines.add(Optional.of(line));
        line = reader.readLine();
      }
    } catch (IOException e) {
      addError(e.toString());
    }
    lines.add(Optional.empty());
  }

  private void readErrors() {
    try (BufferedReader reader = process.errorReader(UTF_8)) {
      String line = reader.readLine();
      while (line != null) {
        addError(line);
        line = reader.readLine();
      }
    } catch (IOException e) {
      addError(e.toString());
    }
  }

  private void addError(String line) {
    synchronized (errors) {
      if (!line.isBlank()) {
        errors.add(line.strip());
      }
      if (errors.size() > KEPT_OF_ERRORS) {
        errors.remove();
      }
    }
  }

  /** Returns the next line, empty at the end of the output. */
  Optional<String> next() throws PeerException, InterruptedException {
    Optional<String> line = lines.poll(patience.toMillis(), TimeUnit.MILLISECONDS);
    if (line == null) {
      throw new PeerException(
          name
              + " hangs: it has printed nothing for "
              + patience.toSeconds()
              + " s, and was ended");
    }
    if (line.isEmpty()) {
      lines.add(line); // whoever asks again learns it again
    }
    return line;
  }

  /** Returns the next line; there must be one. */
  String readLine() throws PeerException, InterruptedException {
    Optional<String> line = next();
    if (line.isEmpty()) {
      throw new PeerException(name + " has ended with exit code " + awaitEnd() + said());
    }
    return line.get();
  }

  /** Sends a line, and returns the numbers of the one that answers it. */
  long[] ask(String question) throws PeerException, InterruptedException {
    try {
      questions.write(question + "\n");
      questions.flush();
    } catch (IOException e) {
      throw new PeerException(name + " has ended with exit code " + awaitEnd() + said());
    }
    String answer = readLine();
    try {
      return Stream.of(answer.split(" ", -1)).mapToLong(Long::parseLong).toArray();
    } catch (NumberFormatException e) {
      throw new PeerException(name + " has answered '" + answer + "' instead of numbers");
    }
  }

  double cpuMillis() {
    return process.info().totalCpuDuration().map(Duration::toNanos).orElse(0L) / 1e6;
  }

  /** Returns the exit code of a process that has closed its output. */
  int awaitEnd() throws PeerException, InterruptedException {
    if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new PeerException(
          name + " hangs: it has closed its output and not ended, and was ended");
    }
    errorReader.join(patience.toMillis());
    return process.exitValue();
  }

  /** Returns the last lines of standard error, for a message; empty if there are none. */
  String said() {
    synchronized (errors) {
      return errors.isEmpty() ? "" : ": " + String.join(" / ", errors);
    }
  }

  /** Closes its input, which ends it; one that goes on is killed, and what it has started. */
  @Override
  public void close() {
    try {
      questions.close();
    } catch (IOException e) {
      addError(e.toString()); // it has ended already
    }
    List<ProcessHandle> started = process.descendants().toList();
    try {
      if (!process.waitFor(1, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
        started.forEach(ProcessHandle::destroyForcibly);
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      started.forEach(ProcessHandle::destroyForcibly);
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public String toString() {
    return name;
  }
}
