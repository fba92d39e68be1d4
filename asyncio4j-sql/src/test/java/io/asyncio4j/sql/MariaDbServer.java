package io.asyncio4j.sql;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A real MariaDB for tests, on a free port of loopback, with a password, where it is installed. */
final class MariaDbServer extends DatabaseServer {
  static final String USER = "asyncio4j";
  static final String PASSWORD = "se/cret:pw";

  private static final List<Path> SERVERS =
      List.of(Path.of("/usr/sbin/mariadbd"), Path.of("/usr/sbin/mysqld"));
  private static final Path INSTALL = Path.of("/usr/bin/mariadb-install-db");

  private static @Nullable MariaDbServer shared;

  private final Path data;
  private final Path start;

  private MariaDbServer() throws IOException, InterruptedException {
    super("MariaDB");
    data = Files.createDirectory(home().resolve("data"));
    Unprivileged.give(data);
    start = home().resolve("start.sql");
    Files.writeString(
        start,
        """
        CREATE DATABASE IF NOT EXISTS shop;
        CREATE USER IF NOT EXISTS '%1$s'@'%%' IDENTIFIED BY '%2$s';
        GRANT ALL ON *.* TO '%1$s'@'%%';
        """
            .formatted(USER, PASSWORD));
    Unprivileged.run(
        home(),
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
    server.restart();
    return server;
  }

  /** Starts the server, and returns when it takes connections. */
  void restart() throws IOException {
    Path program = SERVERS.stream().filter(Files::isExecutable).findFirst().orElseThrow();
    start(
        data,
        List.of(
            program.toString(),
            "--no-defaults",
            "--datadir=" + data,
            "--port=" + port(),
            "--bind-address=127.0.0.1",
            "--socket=" + data.resolve("socket"),
            "--pid-file=" + data.resolve("pid"),
            "--init-file=" + start,
            "--skip-name-resolve",
            "--max-connections=60",
            "--innodb-log-file-size=4M",
            "--innodb-buffer-pool-size=16M",
            "--innodb-flush-log-at-trx-commit=0"),
        "ready for connections");
  }

  /** Stops the server in order. */
  void stop() throws InterruptedException {
    Process running = process();
    if (running != null) {
      running.destroy();
      running.waitFor();
      kill();
    }
  }
}
