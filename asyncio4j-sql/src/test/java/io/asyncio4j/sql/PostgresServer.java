package io.asyncio4j.sql;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.tukaani.xz.XZInputStream;

/**
 * A real PostgreSQL for tests, on a free port of loopback, with a password.
 *
 * <p>Its binaries are those of the system, else those of the registry. The property {@code
 * asyncio4j.test.postgres}, or the variable {@code ASYNCIO4J_TEST_POSTGRES}, names a server that
 * runs already, for the tests that need not stop it.
 */
final class PostgresServer extends DatabaseServer {
  static final String USER = "asyncio4j";
  static final String PASSWORD = "se/cret:pw";

  private static final String GIVEN = "asyncio4j.test.postgres";
  private static final Path SYSTEM = Path.of("/usr/lib/postgresql");
  private static final String EMBEDDED = "/postgres-linux-x86_64.txz";
  private static final int STOP_SECONDS = 20;

  private static @Nullable PostgresServer shared;

  private final Path data;
  private final Path bin;
  private final List<String> settings = new ArrayList<>();

  private PostgresServer() throws IOException, InterruptedException {
    super("PostgreSQL");
    data = home().resolve("data");
    bin = binaries();
    Path password = home().resolve("password");
    Files.writeString(password, PASSWORD);
    Files.createDirectory(data);
    Unprivileged.give(data, password);
    Unprivileged.run(
        home(),
        bin.resolve("initdb").toString(),
        "--pgdata=" + data,
        "--username=" + USER,
        "--pwfile=" + password,
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        "--locale=C",
        "--no-sync");
  }

  /** Returns the server that the tests of this module share; starts it if no other has yet. */
  static synchronized PostgresServer shared() throws IOException, InterruptedException {
    if (shared == null) {
      shared = start();
    }
    return shared;
  }

  /** Starts a server for one test, which may kill it. */
  static PostgresServer start() throws IOException, InterruptedException {
    PostgresServer server = new PostgresServer();
    server.restart();
    return server;
  }

  /** Starts a server that speaks TLS, with a certificate for {@code localhost} of its own. */
  static PostgresServer startWithTls() throws Exception {
    PostgresServer server = new PostgresServer();
    Path keys = server.home().resolve("keys.p12");
    Unprivileged.runAsOurselves(
        server.home(),
        Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
        "-genkeypair",
        "-keyalg",
        "EC",
        "-dname",
        "CN=localhost",
        "-ext",
        "SAN=dns:localhost",
        "-storetype",
        "PKCS12",
        "-storepass",
        "password",
        "-keystore",
        keys.toString(),
        "-alias",
        "key");
    KeyStore store = KeyStore.getInstance(keys.toFile(), "password".toCharArray());
    Path key = server.home().resolve("server.key");
    writePem(key, "PRIVATE KEY", store.getKey("key", "password".toCharArray()).getEncoded());
    writePem(server.certificate(), "CERTIFICATE", store.getCertificate("key").getEncoded());
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
    Unprivileged.give(key);
    server.settings.addAll(
        List.of(
            "-c",
            "ssl=on",
            "-c",
            "ssl_key_file=" + key,
            "-c",
            "ssl_cert_file=" + server.certificate()));
    server.restart();
    return server;
  }

  private static void writePem(Path file, String type, byte[] content) throws IOException {
    String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
    Files.writeString(
        file, "-----BEGIN " + type + "-----\n" + body + "\n-----END " + type + "-----\n");
  }

  /** Returns the certificate of a server that speaks TLS. */
  Path certificate() {
    return home().resolve("server.crt");
  }

  /** Returns the URL of a server that may be shared: one that was given, else the shared one. */
  static String sharedUrl() throws IOException, InterruptedException {
    String given = System.getProperty(GIVEN, System.getenv("ASYNCIO4J_TEST_POSTGRES"));
    return given != null ? given : shared().url();
  }

  /** Returns a URL with user and password. */
  String url() {
    return "postgresql://"
        + USER
        + ":"
        + PASSWORD.replace("/", "%2F").replace(":", "%3A")
        + "@"
        + address();
  }

  /** Returns a URL of JDBC without user and password. */
  String jdbcUrl() {
    return "jdbc:postgresql://" + address();
  }

  private String address() {
    return "127.0.0.1:" + port() + "/postgres";
  }

  /** Starts the server, and returns when it takes connections. */
  void restart() throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                bin.resolve("postgres").toString(),
                "-D",
                data.toString(),
                "-p",
                String.valueOf(port()),
                "-c",
                "listen_addresses=127.0.0.1",
                "-c",
                "unix_socket_directories=",
                "-c",
                "max_connections=60",
                "-c",
                "fsync=off",
                "-c",
                "log_min_messages=log",
                "-c",
                "log_statement=none"));
    command.addAll(settings);
    start(data, command, "ready to accept connections");
  }

  /** Stops the server in order; its backends end at once. */
  void stop() throws IOException, InterruptedException {
    Process running = process();
    if (running != null) {
      Unprivileged.runAsOurselves(home(), "kill", "-INT", String.valueOf(running.pid()));
      running.waitFor(STOP_SECONDS, TimeUnit.SECONDS);
      kill();
    }
  }

  // ---- binaries and users

  private Path binaries() throws IOException, InterruptedException {
    Optional<Path> newest = Optional.empty();
    if (Files.isDirectory(SYSTEM) && !Boolean.getBoolean("asyncio4j.test.embeddedPostgres")) {
      try (Stream<Path> versions = Files.list(SYSTEM)) {
        newest =
            versions
                .filter(version -> Files.isExecutable(version.resolve("bin/initdb")))
                .max(Comparator.comparing(PostgresServer::versionOf));
      }
    }
    return newest.isPresent() ? newest.get().resolve("bin") : unpack().resolve("bin");
  }

  private static double versionOf(Path directory) {
    return Double.parseDouble(directory.getFileName().toString());
  }

  private Path unpack() throws IOException, InterruptedException {
    Path target = Files.createDirectory(home().resolve("postgres"));
    try (InputStream packed = PostgresServer.class.getResourceAsStream(EMBEDDED)) {
      if (packed == null) {
        throw new IOException(
            "there is no PostgreSQL under "
                + SYSTEM
                + " and no "
                + EMBEDDED
                + " on the class path");
      }
      Process tar =
          new ProcessBuilder("tar", "-x", "-C", target.toString())
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      try (var out = tar.getOutputStream()) {
        new XZInputStream(packed).transferTo(out);
      }
      if (tar.waitFor() != 0) {
        throw new IOException("tar failed");
      }
    }
    return target;
  }
}
