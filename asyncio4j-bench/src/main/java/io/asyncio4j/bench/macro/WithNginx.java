package io.asyncio4j.bench.macro;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A program that runs the command in its arguments beside an nginx of one process on a free port of
 * loopback, which answers each request with {@link #BODY_BYTES} bytes. The command finds its URL in
 * the variable {@link #URL}. Without nginx it ends with {@link #NO_SUCH_ROW}.
 */
final class WithNginx {
  /** The exit code of a program that lacks something for its row. */
  static final int NO_SUCH_ROW = 3;

  /** The environment variable that names the server. */
  static final String URL = "ASYNCIO4J_BENCH_URL";

  static final int BODY_BYTES = 1024;

  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final List<Path> PLACES =
      List.of(
          Path.of("/usr/sbin/nginx"), Path.of("/usr/bin/nginx"), Path.of("/usr/local/sbin/nginx"));

  private WithNginx() {}

  /** Runs the program. */
  public static void main(String[] args) throws IOException, InterruptedException {
    Optional<Path> nginx = find();
    if (nginx.isEmpty()) {
      System.err.println(
          "there is no nginx among "
              + PLACES
              + ": install it, such as Debian's package nginx-light");
      System.exit(NO_SUCH_ROW);
      return;
    }
    Path home = Files.createTempDirectory("asyncio4j-bench-nginx");
    int code;
    try {
      code = run(nginx.get(), home, List.of(args));
    } finally {
      delete(home);
    }
    System.exit(code);
  }

  static Optional<Path> find() {
    return PLACES.stream().filter(Files::isExecutable).findFirst();
  }

  private static int run(Path nginx, Path home, List<String> command)
      throws IOException, InterruptedException {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    Path settings = Files.writeString(home.resolve("nginx.conf"), settings(home, port));
    Child server =
        Child.start(
            List.of(
                nginx.toString(),
                "-e",
                "stderr",
                "-p",
                home.toString(),
                "-c",
                settings.toString()));
    try {
      awaitReady(server, port);
      ProcessBuilder client = new ProcessBuilder(command).inheritIO();
      client.environment().put(URL, "http://127.0.0.1:" + port + "/");
      return new Child(client).waitFor();
    } finally {
      server.terminate();
    }
  }

  private static String settings(Path home, int port) {
    return """
        daemon off;
        master_process off;
        pid %1$s/pid;
        error_log stderr warn;
        events { worker_connections 4096; }
        http {
          access_log off;
          default_type application/octet-stream;
          keepalive_requests 1000000000;
          client_body_temp_path %1$s/body;
          proxy_temp_path %1$s/proxy;
          fastcgi_temp_path %1$s/fastcgi;
          uwsgi_temp_path %1$s/uwsgi;
          scgi_temp_path %1$s/scgi;
          server {
            listen 127.0.0.1:%2$d backlog=4096;
            location / { return 200 "%3$s"; }
          }
        }
        """
        .formatted(home, port, "x".repeat(BODY_BYTES));
  }

  private static void awaitReady(Child server, int port) throws IOException, InterruptedException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      try (Socket probe = new Socket()) {
        probe.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        return;
      } catch (IOException e) {
        if (!server.isAlive() || System.nanoTime() - end > 0) {
          throw new IOException(server + " does not accept connections at port " + port, e);
        }
        Thread.sleep(10);
      }
    }
  }

  private static void delete(Path home) throws IOException {
    try (Stream<Path> files = Files.walk(home)) {
      files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
    }
  }
}
