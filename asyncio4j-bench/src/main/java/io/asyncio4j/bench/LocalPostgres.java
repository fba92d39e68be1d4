package io.asyncio4j.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * A PostgreSQL of the system's binaries with its own settings, on a free port of loopback, as
 * {@code nobody} if we are root. It ends with this JVM.
 */
public final class LocalPostgres {
  private static final Path BINARIES = Path.of("/usr/lib/postgresql");
  private static final String NOBODY = "65534";
  private static final boolean ROOT = System.getProperty("user.name").equals("root");

  private final Path home;

  private LocalPostgres(Path home) {
    this.home = home;
  }

  /** Starts a server and returns its URL, with user and password. */
  public static String start() throws IOException, InterruptedException {
    Path home = Files.createTempDirectory("asyncio4j-bench");
    return new LocalPostgres(home).startIn(Files.createDirectory(home.resolve("data")));
  }

  private String startIn(Path data) throws IOException, InterruptedException {
    Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwxr-xr-x"));
    String secret = new BigInteger(128, new SecureRandom()).toString(Character.MAX_RADIX);
    Path password = home.resolve("password");
    Files.writeString(Files.createFile(password), secret);
    Files.setPosixFilePermissions(password, PosixFilePermissions.fromString("rw-------"));
    if (ROOT) {
      run(List.of("chown", NOBODY + ":" + NOBODY, data.toString(), password.toString()));
    }
    String bin = binaries().toString();
    run(
        unprivileged(
            bin + "/initdb",
            "--pgdata=" + data,
            "--username=bench",
            "--pwfile=" + password,
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--locale=C",
            "--no-sync"));
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    Process server =
        new ProcessBuilder(
                unprivileged(
                    bin + "/postgres",
                    "-D",
                    data.toString(),
                    "-p",
                    String.valueOf(port),
                    "-c",
                    "listen_addresses=127.0.0.1",
                    "-c",
                    "unix_socket_directories="))
            .directory(data.toFile())
            .redirectErrorStream(true)
            .start();
    Runtime.getRuntime().addShutdownHook(new Thread(() -> end(server), "end of PostgreSQL"));
    awaitReady(server);
    return "postgresql://bench:" + secret + "@127.0.0.1:" + port + "/postgres";
  }

  private static void awaitReady(Process server) throws IOException {
    BufferedReader log = server.inputReader(UTF_8);
    List<String> lines = new ArrayList<>();
    String line = log.readLine();
    while (line != null && !line.contains("ready to accept connections")) {
      lines.add(line);
      line = log.readLine();
    }
    if (line == null) {
      throw new IOException("PostgreSQL does not start:\n" + String.join("\n", lines));
    }
    Thread.ofVirtual().name("log of PostgreSQL").start(() -> drain(log));
  }

  private static void drain(BufferedReader log) {
    try (log) {
      log.lines().forEach(_ -> {});
    } catch (IOException | UncheckedIOException e) {
      // the server has ended
    }
  }

  private void end(Process server) {
    try {
      // SIGINT has it end without waiting for those who are still connected.
      run(List.of("kill", "-INT", String.valueOf(server.pid())));
      server.waitFor();
      try (Stream<Path> files = Files.walk(home)) {
        files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
      }
    } catch (IOException e) {
      System.err.println("PostgreSQL in " + home + " was not ended and deleted: " + e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static Path binaries() throws IOException {
    if (Files.isDirectory(BINARIES)) {
      try (Stream<Path> versions = Files.list(BINARIES)) {
        var newest =
            versions
                .filter(version -> Files.isExecutable(version.resolve("bin/initdb")))
                .max(Comparator.comparing(version -> Double.valueOf(version.toFile().getName())));
        if (newest.isPresent()) {
          return newest.get().resolve("bin");
        }
      }
    }
    throw new IOException(
        "there is no PostgreSQL under "
            + BINARIES
            + ": install it, such as Debian's package postgresql, or name a server by --url");
  }

  private static List<String> unprivileged(String... command) {
    List<String> whole = new ArrayList<>();
    if (ROOT) {
      whole.addAll(
          List.of("setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups", "--"));
    }
    whole.addAll(List.of(command));
    return whole;
  }

  private void run(List<String> command) throws IOException, InterruptedException {
    Process started =
        new ProcessBuilder(command).directory(home.toFile()).redirectErrorStream(true).start();
    String output = new String(started.getInputStream().readAllBytes(), UTF_8);
    if (started.waitFor() != 0) {
      throw new IOException(String.join(" ", command) + " failed:\n" + output);
    }
  }
}
