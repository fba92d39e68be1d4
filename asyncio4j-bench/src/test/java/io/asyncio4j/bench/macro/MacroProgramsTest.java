package io.asyncio4j.bench.macro;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.sun.net.httpserver.HttpServer;
import io.asyncio4j.fixtures.ForkedJvm;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The programs of the macro rows, each with a round of a few operations. */
class MacroProgramsTest {
  private static final Path PEERS = Path.of("peers").toAbsolutePath();
  private static final String PYTHON = "/usr/bin/python3";

  /** The program in Go, which is there if the compiler is. */
  private static Path go = Path.of("go-is-not-here");

  @BeforeAll
  static void build(@TempDir Path directory) throws Exception {
    if (isOnPath("go")) {
      go = directory.resolve("go");
      Process build =
          new ProcessBuilder("go", "build", "-o", go.toString(), ".")
              .directory(PEERS.resolve("go").toFile())
              .inheritIO()
              .start();
      assertThat(build.waitFor()).isZero();
    }
  }

  private record Outcome(int exitCode, List<String> lines, String errors) {}

  /** A command, with the modules of Python that it needs. */
  private record Peer(List<String> command, String imports) {
    @Override
    public String toString() {
      return command.stream()
          .filter(word -> !word.contains(":")) // the class path
          .map(word -> word.substring(word.lastIndexOf('/') + 1))
          .collect(Collectors.joining(" "));
    }
  }

  // ---- echo

  static List<Peer> echoServers() {
    return List.of(
        new Peer(java(EchoServer.class), ""),
        new Peer(java(JdkEchoServer.class), ""),
        python("echo_server.py", ""),
        python("echo_server.py", "uvloop", "--uvloop"),
        new Peer(List.of("node", PEERS.resolve("node/echo_server.js").toString()), ""),
        go("echo-server"));
  }

  @ParameterizedTest
  @MethodSource("echoServers")
  void echo_someConnections_roundsAreReported(Peer server) throws Exception {
    assumeItCanRun(server);
    Outcome outcome = run(echo(server.command), Map.of(EchoLoad.VARIABLE, "10"));
    assertThatRoundsAreReported(outcome, "echo", 200);
  }

  @Test
  void echo_answersThatDiffer_itFails() throws Exception {
    Outcome outcome = run(echo(java(Liar.class)), Map.of(EchoLoad.VARIABLE, "1"));
    assertThat(outcome.exitCode).isEqualTo(1);
    assertThat(outcome.errors).contains("an answer differs from what was sent");
  }

  /** A server that answers with noughts. */
  static final class Liar {
    public static void main(String[] args) throws IOException {
      try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
        System.out.printf("liar%n1%n%d%n", server.getLocalPort());
        try (Socket socket = server.accept();
            OutputStream output = socket.getOutputStream()) {
          output.write(new byte[socket.getInputStream().read(new byte[4096])]);
          System.in.readAllBytes();
        }
      }
    }
  }

  private static List<String> echo(List<String> server) {
    return joined(java(EchoLoad.class), server, List.of("echo", "200", "0", "0"));
  }

  // ---- http-fanout and blocking-http

  static List<Peer> httpClients() {
    return List.of(
        new Peer(java(HttpFanOut.class), ""),
        new Peer(java(JdkHttpFanOut.class), ""),
        python("http_fanout.py", "aiohttp"),
        python("http_fanout.py", "aiohttp, uvloop", "--uvloop"),
        python("http_fanout.py", "httpx", "--httpx"),
        new Peer(List.of("node", PEERS.resolve("node/http_fanout.js").toString()), ""),
        new Peer(List.of("node", PEERS.resolve("node/http_fanout.js").toString(), "--fetch"), ""),
        go());
  }

  @ParameterizedTest
  @MethodSource("httpClients")
  void httpFanOut_aFewRequests_roundsAreReported(Peer client) throws Exception {
    assumeItCanRun(client);
    assertThatRoundsAreReported(
        runBesideServer(httpFanOut(client), WithNginx.BODY_BYTES), "http-fanout", 100);
  }

  @ParameterizedTest
  @MethodSource("httpClients")
  void httpFanOut_bodiesThatAreTooShort_itFails(Peer client) throws Exception {
    assumeItCanRun(client);
    Outcome outcome = runBesideServer(httpFanOut(client), WithNginx.BODY_BYTES - 1);
    assertThat(outcome.exitCode).isEqualTo(1);
    assertThat(outcome.errors).contains("102300 ").contains("instead of 102400");
  }

  @ParameterizedTest
  @ValueSource(strings = {"loop", "jdk"})
  void blockingHttp_aFewRequests_roundsAreReported(String tasks) throws Exception {
    List<String> command =
        joined(java(BlockingHttp.class), List.of(tasks, "blocking-http", "100", "0", "0"));
    assertThatRoundsAreReported(
        runBesideServer(command, WithNginx.BODY_BYTES), "blocking-http", 100);
  }

  private static List<String> httpFanOut(Peer client) {
    return joined(client.command, List.of("http-fanout", "100", "0", "0"));
  }

  private static Outcome runBesideServer(List<String> command, int bodyBytes) throws Exception {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 100);
    server.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(200, bodyBytes);
          exchange.getResponseBody().write(new byte[bodyBytes]);
          exchange.close();
        });
    server.start();
    try {
      return run(
          command,
          Map.of(WithNginx.URL, "http://127.0.0.1:" + server.getAddress().getPort() + "/"));
    } finally {
      server.stop(0);
    }
  }

  @Test
  void withNginx_aCommand_itGetsAllBodies() throws Exception {
    assumeThat(WithNginx.find()).isPresent();
    Outcome outcome =
        run(
            joined(
                java(WithNginx.class),
                java(HttpFanOut.class),
                List.of("http-fanout", "100", "0", "0")),
            Map.of());
    assertThatRoundsAreReported(outcome, "http-fanout", 100);
  }

  @Test
  void withNginx_aCommandThatFails_itsExitCode() throws Exception {
    assumeThat(WithNginx.find()).isPresent();
    assertThat(run(joined(java(WithNginx.class), List.of("sh", "-c", "exit 7")), Map.of()).exitCode)
        .isEqualTo(7);
  }

  // ---- blocking-jdbc

  @ParameterizedTest
  @ValueSource(strings = {"loop", "jdk"})
  void blockingJdbc_aFewSelects_roundsAreReported(String tasks) throws Exception {
    assumeThat(Path.of("/usr/lib/postgresql")).isDirectory();
    assertThatRoundsAreReported(
        run(
            joined(java(BlockingJdbc.class), List.of(tasks, "blocking-jdbc", "100", "0", "0")),
            Map.of()),
        "blocking-jdbc",
        100);
  }

  // ---- scaling

  @ParameterizedTest
  @ValueSource(strings = {"loop", "two-loops", "jdk"})
  void scaling_twoStepsOfEachTask_roundsAreReported(String tasks) throws Exception {
    assertThatRoundsAreReported(
        run(joined(java(Scaling.class), List.of(tasks, "scaling", "2000", "0", "0")), Map.of()),
        "scaling",
        2000);
  }

  @Test
  void scaling_inGo_roundsAreReported() throws Exception {
    Peer peer = go("scaling", "2000", "0", "0");
    assumeItCanRun(peer);
    assertThatRoundsAreReported(run(peer.command, Map.of()), "scaling", 2000);
  }

  // ---- startup

  static List<Peer> starters() {
    return List.of(
        new Peer(java(StartUp.class), ""),
        new Peer(java(JdkStartUp.class), ""),
        python("startup.py", ""),
        python("startup.py", "uvloop", "--uvloop"),
        new Peer(List.of("node", PEERS.resolve("node/startup.js").toString()), ""),
        go("startup"));
  }

  @ParameterizedTest
  @MethodSource("starters")
  void startUp_aProgram_roundsAreReported(Peer program) throws Exception {
    assumeItCanRun(program);
    assertThatRoundsAreReported(
        run(
            joined(java(StartUps.class), program.command, List.of("startup", "1", "0", "0")),
            Map.of()),
        "startup",
        1);
  }

  @Test
  void startUp_noAotCacheOfClassesInDirectories_itHasNoSuchRow(@TempDir Path directory)
      throws Exception {
    Files.writeString(directory.resolve("no-class"), "");
    List<String> start = new ArrayList<>(java(StartUp.class));
    int path = start.indexOf("-cp") + 1;
    start.set(path, directory + File.pathSeparator + start.get(path));
    Outcome outcome =
        run(
            joined(
                java(StartUps.class),
                joined(List.of("--aot"), joined(start, List.of("startup", "1", "0", "0")))),
            Map.of());
    assertThat(outcome.exitCode).isEqualTo(WithNginx.NO_SUCH_ROW);
    assertThat(outcome.errors).contains("no AOT cache");
  }

  @Test
  void startUp_aProgramThatFails_itFails() throws Exception {
    Outcome outcome =
        run(
            joined(java(StartUps.class), List.of("sh", "-c", "exit 7", "startup", "1", "0", "0")),
            Map.of());
    assertThat(outcome.exitCode).isEqualTo(1);
    assertThat(outcome.errors).contains("exit code 7");
  }

  // ---- what the programs share

  @Test
  void divided_operationsThatDoNotDivide_allAreGivenOut() throws Exception {
    List<Long> shares = new ArrayList<>();
    for (var call : Tasks.divided(11, 4, (task, operations) -> 100L * task + operations)) {
      shares.add(call.call());
    }
    assertThat(shares).containsExactly(3L, 103L, 203L, 302L);
  }

  @ParameterizedTest
  @ValueSource(strings = {"loop", "two-loops", "jdk"})
  void sum_callsOfAllTasks_resultsAreAdded(String name) throws Exception {
    try (Tasks tasks = Tasks.named(name)) {
      assertThat(tasks.sum(Tasks.divided(7, 3, (_, operations) -> operations))).isEqualTo(7);
    }
  }

  // ---- running

  private static List<String> java(Class<?> main) {
    return ForkedJvm.builder(List.of(ForkedJvm.FULL_MODE), main).command();
  }

  private static Peer python(String program, String imports, String... flags) {
    return new Peer(
        joined(
            List.of(PYTHON, PEERS.resolve("python").resolve(program).toString()), List.of(flags)),
        imports);
  }

  private static Peer go(String... arguments) {
    return new Peer(joined(List.of(go.toString()), List.of(arguments)), "");
  }

  private static void assumeItCanRun(Peer peer) throws Exception {
    String program = peer.command.getFirst();
    if (program.equals(PYTHON)) {
      assumeThat(Path.of(PYTHON)).isExecutable();
      String imports = peer.imports.isEmpty() ? "asyncio" : peer.imports;
      assumeThat(run(List.of(PYTHON, "-c", "import " + imports), Map.of()).exitCode)
          .as(PYTHON + " has " + imports)
          .isZero();
    } else {
      assumeThat(isOnPath(program)).as(program + " is there").isTrue();
    }
  }

  private static boolean isOnPath(String program) {
    return List.of(System.getenv("PATH").split(":", -1)).stream()
        .anyMatch(place -> Files.isExecutable(Path.of(place).resolve(program)));
  }

  private static List<String> joined(List<String> first, List<String> then) {
    return Stream.concat(first.stream(), then.stream()).toList();
  }

  private static List<String> joined(List<String> first, List<String> then, List<String> last) {
    return joined(joined(first, then), last);
  }

  private static Outcome run(List<String> command, Map<String, String> variables) throws Exception {
    Path errors = Files.createTempFile("asyncio4j-bench", ".errors");
    try {
      ProcessBuilder builder = new ProcessBuilder(command).redirectError(errors.toFile());
      builder.environment().putAll(variables);
      Process process = builder.start();
      try {
        process.getOutputStream().close();
        List<String> lines = process.inputReader().readAllLines();
        return new Outcome(process.waitFor(), lines, Files.readString(errors));
      } finally {
        process.destroyForcibly();
      }
    } finally {
      Files.delete(errors);
    }
  }

  private static void assertThatRoundsAreReported(Outcome outcome, String row, int ops) {
    assertThat(outcome.exitCode).as(outcome.errors).isZero();
    assertThat(outcome.lines).hasSize(4);
    assertThat(outcome.lines.getFirst())
        .matches("\\{\"peer\": ?\"[^\"]+\", ?\"version\": ?\"[^\"]+\"}");
    assertThat(outcome.lines.subList(1, 4))
        .allMatch(
            line ->
                line.matches(
                    "\\{\"row\":\""
                        + row
                        + "\",\"ops\":"
                        + ops
                        + ",\"ns\":[0-9]+,\"cpu_ns\":[0-9]+}"));
  }
}
