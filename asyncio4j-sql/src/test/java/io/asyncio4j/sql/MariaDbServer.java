package io.asyncio4j.sql;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
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

/** A real MariaDB for tests, on a free port of loopback, with a password, where it is installed. */
final class MariaDbServer implements AutoCloseable {
  static final String USER = "asyncio4j";
  static final String PASSWORD = "se/cret:pw";

  private static final List<Path> SERVERS =
      List.of(Path.of("/usr/sbin/mariadbd"), Path.of("/usr/sbin/mysqld"));
  private static final Path INSTALL = Path.of("/usr/bin/mariadb-install-db");

  private static @Nullable MariaDbServer shared;

  private final Path home;
  private final Path data;
  private final Path start;
  private final int port;
  private @Nullable Process process;

  private MariaDbServer() throws IOException, InterruptedException {
    home = Files.createTempDirectory("asyncio4j-mariadb");
    Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwxr-xr-x"));
    data = Files.createDirectory(home.resolve("data"));
    Unprivileged.give(data);
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    start = home.resolve("start.sql");
    Files.writeString(
        start,
        """
        CREATE DATABASE IF NOT EXISTS shop;
        CREATE USER IF NOT EXISTS '%1$s'@'%%' IDENTIFIED BY '%2$s';
        GRANT ALL ON *.* TO '%1$s'@'%%';
        """
            .formatted(USER, PASSWORD));
    Unprivileged.run(
        home,
        INSTALL.toString(),
        "--no-defaults",
        "--datadir=" + data,
        "--skip-test-db",
        "--skip-name-resolve",
        "--auth-root-authentication-method=normal",
        "--innodb-log-file-size=4M");
  }

  /** Skips the calling test, and says why, where there is no MariaDB. */
  static void assumeInstalled() {
    assumeTrue(
        SERVERS.stream().anyMatch(Files::isExecutable) && Files.isExecutable(INSTALL),
        "MariaDB is not installed, so nothing of it is tested: apt-get install mariadb-server");
  }

  /** Returns the server that the tests of this module share; starts it if no other has yet. */
  static synchronized MariaDbServer shared() throws IOException, InterruptedException {
    if (shared == null) {
      shared = start();
    }
    return shared;
  }

  /** Starts a server for one test, which may kill it. */
  static MariaDbServer start() throws IOException, InterruptedException {
    MariaDbServer server = new MariaDbServer();
    Runtime.getRuntime().addShutdownHook(new Thread(server::close, "end of MariaDB"));
    server.restart();
    return server;
  }

  int port() {
    return port;
  }

  /** Starts the server, and returns when it takes connections. */
  void restart() throws IOException {
    Path program = SERVERS.stream().filter(Files::isExecutable).findFirst().orElseThrow();
    Process started =
        new ProcessBuilder(
                Unprivileged.command(
                    program.toString(),
                    "--no-defaults",
                    "--datadir=" + data,
                    "--port=" + port,
                    "--bind-address=127.0.0.1",
                    "--socket=" + data.resolve("socket"),
                    "--pid-file=" + data.resolve("pid"),
                    "--init-file=" + start,
                    "--skip-name-resolve",
                    "--max-connections=60",
                    "--innodb-log-file-size=4M",
                    "--innodb-buffer-pool-size=16M",
                    "--innodb-flush-log-at-trx-commit=0"))
            .directory(data.toFile())
            .redirectErrorStream(true)
            .start();
    process = started;
    BufferedReader log = new BufferedReader(new InputStreamReader(started.getInputStream(), UTF_8));
    List<String> lines = new ArrayList<>();
    String line = log.readLine();
    while (line != null && !line.contains("ready for connections")) {
      lines.add(line);
      line = log.readLine();
    }
    if (line == null) {
      throw new IOException("MariaDB does not start:\n" + String.join("\n", lines));
    }
    Thread.ofVirtual().name("log of MariaDB").start(() -> drain(log));
  }

  private static void drain(BufferedReader log) {
    try (log) {
      log.lines().forEach(_ -> {});
    } catch (IOException | UncheckedIOException e) {
      // it was killed
    }
  }

  /** Kills the server, as {@code kill -9} does. */
  void kill() throws InterruptedException {
    Process running = process;
    if (running != null) {
      running.destroyForcibly();
      running.waitFor();
      process = null;
    }
  }

  /** Stops the server in order. */
  void stop() throws InterruptedException {
    Process running = process;
    if (running != null) {
      running.destroy();
      running.waitFor();
      process = null;
    }
  }

  /** Stops the server without a trace. */
  @Override
  public void close() {
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
