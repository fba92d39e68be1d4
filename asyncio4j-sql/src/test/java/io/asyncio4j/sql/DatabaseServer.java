package io.asyncio4j.sql;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A server of a database for tests, as a process on a free port of loopback with a folder of its
 * own. If the tests run as root, it runs as {@code nobody}, since such servers refuse root.
 */
abstract class DatabaseServer implements AutoCloseable {
  private final String name;
  private final Path home;
  private final int port;
  private @Nullable Process process;

  DatabaseServer(String name) throws IOException {
    this.name = name;
    home = Files.createTempDirectory("asyncio4j-database");
    Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwxr-xr-x"));
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    Runtime.getRuntime().addShutdownHook(new Thread(this::close, "end of " + name));
  }

  final Path home() {
    return home;
  }

  final int port() {
    return port;
  }

  /** Returns the process, or null if the server does not run. */
  final @Nullable Process process() {
    return process;
  }

  /** Runs the server, and returns when it has logged that it takes connections. */
  final void start(Path data, List<String> command, String ready) throws IOException {
    Process started =
        new ProcessBuilder(Unprivileged.command(command.toArray(String[]::new)))
            .directory(data.toFile())
            .redirectErrorStream(true)
            .start();
    process = started;
    BufferedReader log = started.inputReader(UTF_8);
    List<String> lines = new ArrayList<>();
    String line = log.readLine();
    while (line != null && !line.contains(ready)) {
      lines.add(line);
      line = log.readLine();
    }
    if (line == null) {
      throw new IOException(name + " does not start:\n" + String.join("\n", lines));
    }
    Thread.ofVirtual().name("log of " + name).start(() -> drain(log));
  }

  private static void drain(BufferedReader log) {
    try (log) {
      log.lines().forEach(_ -> {});
    } catch (IOException | UncheckedIOException e) {
      // it was killed
    }
  }

  /** Kills the server and all its processes, as {@code kill -9} does. */
  final void kill() throws InterruptedException {
    Process running = process;
    if (running != null) {
      List<ProcessHandle> children = running.descendants().toList();
      running.destroyForcibly();
      children.forEach(ProcessHandle::destroyForcibly);
      running.waitFor();
      children.forEach(child -> child.onExit().join());
      process = null;
    }
  }

  /** Stops the server without a trace. */
  @Override
  public final void close() {
    try {
      kill();
      if (!Files.exists(home)) {
        return;
      }
      try (Stream<Path> files = Files.walk(home)) {
        files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
