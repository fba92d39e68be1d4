package io.asyncio4j.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A program that has peers do the same selects on the same PostgreSQL, their rounds in turn, and
 * prints a table. Arguments: the checkout; then {@code --url URL} for a server that runs, {@code
 * --rounds N}, {@code --processes N}, {@code --write} to put the table into docs/benchmarks.md.
 */
public final class SqlBench {
  private static final int SELECTS = 500;
  private static final int WAITERS = 10_000;
  private static final String LOOPS = "loop 40 3000";
  private static final String BEGIN = "<!-- ./bench sql --write -->\n";
  private static final String END = "<!-- end -->\n";
  private static final String PYTHON = "/usr/bin/python3";
  private static final String YARDSTICK = "CPython, asyncpg with uvloop";

  private record Options(Path root, String url, int rounds, int processes, boolean write) {}

  /** One program; what its processes answered. */
  private static final class Peer {
    final String name;
    final List<String> command;
    final List<Double> fromStart = new ArrayList<>();
    final List<Double> first = new ArrayList<>();
    final List<Double> warm = new ArrayList<>();
    final List<Double> cpu = new ArrayList<>();
    double waitersMillis;
    long waitersErrors;
    long least;
    long most;
    String versions = "";

    Peer(String name, String... command) {
      this.name = name;
      this.command = List.of(command);
    }
  }

  private SqlBench() {}

  /** Runs the program. */
  public static void main(String[] args) throws Exception {
    Options options = parse(args);
    String load = load();
    String server = createTable(options.url);
    List<String> skipped = new ArrayList<>();
    List<Peer> peers = peers(options.root, skipped);
    try {
      for (int i = 1; i <= options.processes; i++) {
        System.err.printf("bench: processes %d of %d%n", i, options.processes);
        measure(peers, options, i == options.processes);
      }
    } finally {
      dropTable(options.url);
    }
    String table = table(peers, skipped, options, server, load + " at the start, " + load());
    System.out.print(table);
    if (options.write) {
      write(options.root.resolve("docs/benchmarks.md"), table);
    }
  }

  private static Options parse(String[] args) throws IOException, InterruptedException {
    String url = "";
    int rounds = 60;
    int processes = 3;
    boolean write = false;
    for (int i = 1; i < args.length; i++) {
      switch (args[i]) {
        case "--url" -> url = args[++i];
        case "--rounds" -> rounds = Integer.parseInt(args[++i]);
        case "--processes" -> processes = Integer.parseInt(args[++i]);
        case "--write" -> write = true;
        default -> throw new IllegalArgumentException("no option " + args[i]);
      }
    }
    return new Options(
        Path.of(args[0]), url.isEmpty() ? LocalPostgres.start() : url, rounds, processes, write);
  }

  private static List<Peer> peers(Path root, List<String> skipped)
      throws IOException, InterruptedException {
    List<Peer> peers = new ArrayList<>();
    peers.add(java("asyncio4j, records", "records"));
    peers.add(java("asyncio4j, plain JDBC", "jdbc"));
    peers.add(java("JDK virtual threads, HikariCP", "hikari"));
    peers.add(java("Vert.x, pool", "vertx"));
    peers.add(java("Vert.x, pipelined", "vertx-pipelined"));
    String program = root.resolve("asyncio4j-bench/peers/sql/asyncpg_peer.py").toString();
    if (imports("asyncpg")) {
      peers.add(new Peer("CPython, asyncpg", PYTHON, program));
    } else {
      skipped.add("asyncpg (" + PYTHON + " has none: Debian's python3-asyncpg)");
    }
    if (imports("asyncpg, uvloop")) {
      peers.add(new Peer(YARDSTICK, PYTHON, program, "uvloop"));
    } else {
      skipped.add("asyncpg with uvloop (" + PYTHON + " lacks one: Debian's python3-uvloop)");
    }
    skipped.add("Piccolo (in no Debian package; its pool is asyncpg's)");
    return peers;
  }

  private static Peer java(String name, String library) {
    return new Peer(
        name,
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "--add-opens=java.base/java.lang=ALL-UNNAMED",
        "--enable-native-access=ALL-UNNAMED",
        "--sun-misc-unsafe-memory-access=allow",
        "-Dslf4j.internal.verbosity=ERROR",
        "-cp",
        System.getProperty("java.class.path"),
        SqlPeer.class.getName(),
        library);
  }

  private static boolean imports(String modules) throws IOException, InterruptedException {
    return Files.isExecutable(Path.of(PYTHON))
        && new ProcessBuilder(PYTHON, "-c", "import " + modules)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor()
            == 0;
  }

  // ---- measuring

  private static void measure(List<Peer> peers, Options options, boolean last)
      throws IOException, InterruptedException {
    List<PeerProcess> running = new ArrayList<>();
    try {
      for (Peer peer : peers) {
        long begin = System.nanoTime();
        PeerProcess process = new PeerProcess(peer.command, options.url);
        running.add(process);
        peer.versions = process.readLine();
        peer.first.add(select(process, SELECTS));
        peer.fromStart.add((System.nanoTime() - begin) / 1e6);
      }
      int warmUp = options.rounds / 2;
      double[] cpuBefore = new double[peers.size()];
      for (int round = 0; round < options.rounds; round++) {
        for (int i = 0; i < peers.size(); i++) {
          int turn = (i + round) % peers.size(); // nobody always runs after the same one
          if (round == warmUp) {
            cpuBefore[turn] = running.get(turn).cpuMillis();
          }
          double millis = select(running.get(turn), SELECTS);
          if (round >= warmUp) {
            peers.get(turn).warm.add(millis);
          }
        }
      }
      for (int i = 0; i < peers.size(); i++) {
        Peer peer = peers.get(i);
        PeerProcess process = running.get(i);
        peer.cpu.add((process.cpuMillis() - cpuBefore[i]) / (options.rounds - warmUp));
        if (last) {
          long[] answer = process.ask("select " + WAITERS);
          peer.waitersMillis = answer[0] / 1e6;
          peer.waitersErrors = answer[2];
          answer = process.ask(LOOPS);
          peer.least = answer[0];
          peer.most = answer[1];
        }
      }
    } finally {
      for (PeerProcess process : running) {
        process.end();
      }
    }
  }

  /** Returns the milliseconds of a round, after a look at whether all rows were read. */
  private static double select(PeerProcess process, int selects) throws IOException {
    long[] answer = process.ask("select " + selects);
    long expected = 0;
    for (int i = 0; i < selects; i++) {
      expected += sumOfPage(i % Selects.PAGES);
    }
    if (answer[1] != expected || answer[2] != 0) {
      throw new IOException(
          process + " has read " + answer[1] + " instead of " + expected + ", errors " + answer[2]);
    }
    return answer[0] / 1e6;
  }

  // ---- the table of the database

  private static String createTable(String url) throws SQLException {
    try (Connection connection = connect(url);
        Statement statement = connection.createStatement()) {
      statement.execute("drop table if exists asyncio4j_bench");
      statement.execute(
          "create table asyncio4j_bench as select id, id / 100 as page, 'name ' || id as name,"
              + " id % 90 as age from generate_series(0, 9999) as t(id)");
      statement.execute("create index on asyncio4j_bench (page)");
      statement.execute("vacuum analyze asyncio4j_bench");
      try (ResultSet version = statement.executeQuery("show server_version")) {
        version.next();
        return version.getString(1);
      }
    }
  }

  private static long sumOfPage(int page) {
    long sum = 0;
    for (int id = page * 100; id < page * 100 + 100; id++) {
      sum += new Selects.Item(id, "name " + id, id % 90).sum();
    }
    return sum;
  }

  private static void dropTable(String url) throws SQLException {
    try (Connection connection = connect(url);
        Statement statement = connection.createStatement()) {
      statement.execute("drop table asyncio4j_bench");
    }
  }

  private static Connection connect(String url) throws SQLException {
    JdbcUrl jdbc = JdbcUrl.of(url);
    return DriverManager.getConnection(jdbc.url(), jdbc.user(), jdbc.password());
  }

  // ---- the table that is printed

  private static String table(
      List<Peer> peers, List<String> skipped, Options options, String server, String load) {
    double yardstick =
        peers.stream()
            .filter(peer -> peer.name.equals(YARDSTICK))
            .mapToDouble(peer -> quantile(peer.warm, 0.5))
            .findFirst()
            .orElse(Double.NaN);
    StringBuilder text = new StringBuilder();
    text.append(
        "| 500 selects | warm, ms | half of the rounds | best | times asyncpg with uvloop |");
    text.append(" CPU of the client, ms | first round | with start of the process |\n");
    text.append("|---|---|---|---|---|---|---|---|\n");
    for (Peer peer : peers) {
      double median = quantile(peer.warm, 0.5);
      text.append(
          String.format(
              Locale.ROOT,
              "| %s | %.1f | %.1f to %.1f | %.1f | %.2f | %.1f | %.0f | %.0f |%n",
              peer.name,
              median,
              quantile(peer.warm, 0.25),
              quantile(peer.warm, 0.75),
              quantile(peer.warm, 0),
              yardstick / median,
              quantile(peer.cpu, 0.5),
              quantile(peer.first, 0.5),
              quantile(peer.fromStart, 0.5)));
    }
    text.append("\n| | 10,000 at once, ms | errors | 40 loops on 2 connections, selects of each |");
    text.append(" least below most |\n|---|---|---|---|---|\n");
    for (Peer peer : peers) {
      text.append(
          String.format(
              Locale.ROOT,
              "| %s | %.0f | %d | %,d to %,d | %.1f %% |%n",
              peer.name,
              peer.waitersMillis,
              peer.waitersErrors,
              peer.least,
              peer.most,
              100.0 * (peer.most - peer.least) / peer.most));
    }
    text.append(
        String.format(
            Locale.ROOT,
            "%n%s; %s, %d processors, load %s at the end. PostgreSQL %s; %s; %s. Processes of each: %d, rounds"
                + " in each: %d, of which the later half is warm. Skipped: %s.%n",
            LocalDate.now(ZoneOffset.UTC),
            processor(),
            Runtime.getRuntime().availableProcessors(),
            load,
            server,
            peers.stream().map(peer -> peer.versions).distinct().collect(Collectors.joining("; ")),
            jars(),
            options.processes,
            options.rounds,
            String.join(", ", skipped)));
    return text.toString();
  }

  private static double quantile(List<Double> values, double part) {
    List<Double> sorted = values.stream().sorted().toList();
    return sorted.get((int) Math.round(part * (sorted.size() - 1)));
  }

  private static String jars() {
    return Stream.of(System.getProperty("java.class.path").split(":", -1))
        .map(jar -> jar.substring(jar.lastIndexOf('/') + 1).replace(".jar", ""))
        .filter(jar -> jar.matches("(postgresql|HikariCP|vertx-pg-client)-.*"))
        .sorted()
        .collect(Collectors.joining(", "));
  }

  private static String processor() {
    return firstLine("/proc/cpuinfo", "model name").replaceAll(".*: ", "");
  }

  private static String load() {
    return firstLine("/proc/loadavg", "").replaceAll(" .*", "");
  }

  private static String firstLine(String file, String beginning) {
    try (Stream<String> lines = Files.lines(Path.of(file))) {
      return lines.filter(line -> line.startsWith(beginning)).findFirst().orElse("unknown");
    } catch (IOException e) {
      return "unknown"; // on another system than Linux
    }
  }

  private static void write(Path file, String table) throws IOException {
    String text = Files.readString(file, UTF_8);
    int begin = text.indexOf(BEGIN);
    int end = text.indexOf(END, begin);
    if (begin < 0 || end < 0) {
      throw new IOException(file + " lacks the line " + BEGIN + "or, after it, " + END);
    }
    Files.writeString(
        file, text.substring(0, begin) + BEGIN + "\n" + table + "\n" + text.substring(end));
  }
}
