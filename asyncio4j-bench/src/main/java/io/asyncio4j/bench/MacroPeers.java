package io.asyncio4j.bench;

import io.asyncio4j.Asyncio;
import java.io.File;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** The peers of the macro rows, in the order of the tables' columns. */
final class MacroPeers {
  private static final String PROGRAMS = "io.asyncio4j.bench.macro.";

  private final Toolchain tools;
  private final Predicate<String> chosen;
  private final List<Program> programs = new ArrayList<>();
  private final boolean nginx;
  private final boolean postgres;

  private MacroPeers(Toolchain tools, Predicate<String> chosen) throws InterruptedException {
    this.tools = tools;
    this.chosen = chosen;
    nginx =
        tools.has(
            "the rows http-fanout and blocking-http",
            List.of("nginx-light"),
            "sh",
            "-c",
            "PATH=$PATH:/usr/sbin:/usr/local/sbin nginx -v");
    postgres =
        tools.has(
            "the row blocking-jdbc", List.of("postgresql"), "test", "-d", "/usr/lib/postgresql");
  }

  /**
   * Returns the programs of the macro rows that can be run here.
   *
   * @param chosen says which peers are wanted, by id; the others are not looked for
   */
  static List<Program> of(Toolchain tools, Predicate<String> chosen) throws InterruptedException {
    MacroPeers peers = new MacroPeers(tools, chosen);
    peers.add();
    return peers.programs.stream().filter(program -> chosen.test(program.id())).toList();
  }

  private void add() throws InterruptedException {
    String ours = Results.OURS;
    List<String> start = onlyCore(Peers.FULL_MODE, "StartUp");
    startUp(ours, ours, start);
    startUp(ours + ", AOT cache", "aot", joined(List.of("--aot"), start));
    httpFanOut(ours, ours, jvm(Peers.FULL_MODE, "HttpFanOut"), true);
    echo(ours, ours, jvm(Peers.FULL_MODE, "EchoServer"));
    blocking(ours, ours, "loop");
    add(MacroRows.SCALING, ours, ours, jvm(Peers.FULL_MODE, "Scaling", "loop"), true);
    add(
        MacroRows.SCALING,
        ours + ", 2 loops",
        "two-loops",
        jvm(Peers.FULL_MODE, "Scaling", "two-loops"),
        true);

    String jdk = "JDK virtual threads";
    startUp(jdk, "jdk", onlyCore("JdkStartUp"));
    httpFanOut(jdk, "jdk", jvm("JdkHttpFanOut"), true);
    echo(jdk, "jdk", jvm("JdkEchoServer"));
    blocking(jdk, "jdk", "jdk");
    add(
        MacroRows.SCALING,
        "JDK, 1 carrier",
        "jdk1",
        jvm("-Djdk.virtualThreadScheduler.parallelism=1", "Scaling", "jdk"),
        true);
    add(MacroRows.SCALING, jdk, "jdk", jvm("Scaling", "jdk"), true);

    addPython();
    addNode();
    addGo();
    if (chosen.test("kotlin")) {
      tools
          .kotlin("Kotlin")
          .ifPresent(
              path ->
                  startUp("Kotlin", "kotlin", Program.javaOf(path, "", "", "StartUp").command()));
      tools.skip(
          "Kotlin in the rows but startup (its sockets and its HTTP client would be Ktor's)");
    }
  }

  private void addPython() throws InterruptedException {
    if (chosen.test("cpython")) {
      Optional<String> python = tools.python("CPython");
      if (python.isPresent()) {
        startUp("CPython", "cpython", script(python.get(), "python/startup.py"));
        echo("CPython", "cpython", script(python.get(), "python/echo_server.py"));
      }
    }
    if (chosen.test("uvloop")) {
      Optional<String> python = tools.python("uvloop", "uvloop");
      if (python.isPresent()) {
        startUp("uvloop", "uvloop", script(python.get(), "python/startup.py", "--uvloop"));
        echo("uvloop", "uvloop", script(python.get(), "python/echo_server.py", "--uvloop"));
      }
    }
    addPythonHttp("CPython", "cpython", List.of("aiohttp"));
    addPythonHttp("uvloop", "uvloop", List.of("aiohttp", "uvloop"), "--uvloop");
    addPythonHttp("CPython, httpx", "httpx", List.of("httpx"), "--httpx");
  }

  private void addPythonHttp(String peer, String id, List<String> modules, String... flags)
      throws InterruptedException {
    if (nginx && chosen.test(id)) {
      tools
          .python(peer + " in http-fanout", modules.toArray(String[]::new))
          .ifPresent(
              python ->
                  httpFanOut(peer, id, script(python, "python/http_fanout.py", flags), false));
    }
  }

  private void addNode() throws InterruptedException {
    if (chosen.test("node") || chosen.test("node-fetch")) {
      Optional<List<String>> node = tools.node("Node");
      if (node.isPresent()) {
        String program = node.get().getFirst();
        startUp("Node", "node", script(program, "node/startup.js"));
        httpFanOut("Node", "node", script(program, "node/http_fanout.js"), false);
        httpFanOut(
            "Node, fetch", "node-fetch", script(program, "node/http_fanout.js", "--fetch"), false);
        echo("Node", "node", script(program, "node/echo_server.js"));
      }
    }
  }

  private void addGo() throws InterruptedException {
    if (chosen.test("go") || chosen.test("go1")) {
      Optional<String> built = tools.go("Go");
      if (built.isPresent()) {
        String go = built.get();
        startUp("Go", "go", List.of(go, "startup"));
        String one = "Go, 1 processor";
        List<String> onOne = List.of("env", "GOMAXPROCS=1", go);
        httpFanOut("Go", "go", List.of(go), false);
        httpFanOut(one, "go1", onOne, false);
        echo("Go", "go", List.of(go, "echo-server"));
        echo(one, "go1", joined(onOne, List.of("echo-server")));
        add(MacroRows.SCALING, "Go", "go", List.of(go), false);
        add(MacroRows.SCALING, one, "go1", onOne, false);
      }
    }
  }

  // ---- the programs of a row

  private void startUp(String peer, String id, List<String> command) {
    add(MacroRows.STARTUP, peer, id, joined(jvm("StartUps"), command), false);
  }

  private void echo(String peer, String id, List<String> server) {
    add(MacroRows.ECHO, peer, id, joined(jvm("EchoLoad"), server), true);
  }

  private void httpFanOut(String peer, String id, List<String> client, boolean isJustInTime) {
    if (nginx) {
      add(MacroRows.HTTP_FANOUT, peer, id, joined(jvm("WithNginx"), client), isJustInTime);
    }
  }

  private void blocking(String peer, String id, String tasks) {
    if (nginx) {
      add(
          MacroRows.BLOCKING_HTTP,
          peer,
          id,
          joined(jvm("WithNginx"), jvm(Peers.FULL_MODE, "BlockingHttp", tasks)),
          true);
    }
    if (postgres) {
      add(MacroRows.BLOCKING_JDBC, peer, id, jvm(Peers.FULL_MODE, "BlockingJdbc", tasks), true);
    }
  }

  private void add(Row row, String peer, String id, List<String> command, boolean isJustInTime) {
    programs.add(new Program(peer, id, command, Map.of(), isJustInTime, Set.of(row.name())));
  }

  // ---- commands

  /** Returns the command for a program of ours: JVM flags, its class, its arguments. */
  private static List<String> jvm(String... arguments) {
    List<String> named =
        Stream.of(arguments)
            .map(argument -> argument.matches("[A-Z]\\w+") ? PROGRAMS + argument : argument)
            .toList();
    return Program.java("", "", named.toArray(String[]::new)).command();
  }

  /** Returns a command as {@link #jvm}'s, with no more on the class path than a user has. */
  private static List<String> onlyCore(String... arguments) {
    List<String> command = new ArrayList<>(jvm(arguments));
    String path = place(Asyncio.class) + File.pathSeparator + place(MacroPeers.class);
    command.set(command.indexOf("-cp") + 1, path);
    return List.copyOf(command);
  }

  private static Path place(Class<?> type) {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(type + " has no place in the file system", e);
    }
  }

  private List<String> script(String interpreter, String script, String... flags) {
    return joined(List.of(interpreter, tools.peers().resolve(script).toString()), List.of(flags));
  }

  private static List<String> joined(List<String> first, List<String> then) {
    return Stream.concat(first.stream(), then.stream()).toList();
  }
}
