package io.asyncio4j.bench;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Has peers do the same selects on the same PostgreSQL, their rounds in turn, and makes a table.
 */
final class SqlBench {
  private static final int SELECTS = 500;
  private static final int WAITERS = 10_000;
  private static final String LOOPS = "loop 40 3000";
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final String YARDSTICK = "CPython, asyncpg with uvloop";

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

  private final Toolchain tools;
  private final Consumer<String> log;
  private final String url;
  private final int rounds;
  private final int processes;

  /**
   * Creates one.
   *
   * @param url the server
   * @param rounds how often each process does the selects; the later half is counted as warm
   * @param processes how many processes of each peer, one after the other
   */
  SqlBench(Toolchain tools, Consumer<String> log, String url, int rounds, int processes) {
    this.tools = tools;
    this.log = log;
    this.url = url;
    this.rounds = rounds;
    this.processes = processes;
  }

  /** Measures, and returns the tables. */
  String run() throws SQLException, InterruptedException, PeerException {
    Machine machine = new Machine();
    String server = createTable();
    List<Peer> peers = peers();
    try {
      for (int i = 1; i <= processes; i++) {
        log.accept("sql, processes " + i + " of " + processes);
        measure(peers, i == processes);
      }
    } finally {
      dropTable();
    }
    return table(peers, server, machine);
  }

  private List<Peer> peers() throws InterruptedException {
    List<Peer> peers = new ArrayList<>();
    peers.add(java("asyncio4j, records", "records"));
    peers.add(java("asyncio4j, plain JDBC", "jdbc"));
    peers.add(java("JDK virtual threads, HikariCP", "hikari"));
    peers.add(java("Vert.x, pool", "vertx"));
    peers.add(java("Vert.x, pipelined", "vertx-pipelined"));
    String program = tools.peers().resolve("sql/asyncpg_peer.py").toString();
    tools
        .python("asyncpg", "asyncpg")
        .ifPresent(python -> peers.add(new Peer("CPython, asyncpg", python, program)));
    tools
        .python("asyncpg with uvloop", "asyncpg", "uvloop")
        .ifPresent(python -> peers.add(new Peer(YARDSTICK, python, program, "uvloop")));
    tools.skip("Piccolo (in no Debian package; its pool is asyncpg's)");
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

  // ---- measuring

  private void measure(List<Peer> peers, boolean last) throws InterruptedException, PeerException {
    List<PeerProcess> running = new ArrayList<>();
    try {
      for (Peer peer : peers) {
        long begin = System.nanoTime();
        PeerProcess process =
            new PeerProcess(
                peer.name,
                peer.command,
                Map.of("ASYNCIO4J_BENCH_URL", url), // ps would show an argument
                PATIENCE);
        running.add(process);
        peer.versions = process.readLine();
        peer.first.add(select(process, SELECTS));
        peer.fromStart.add((System.nanoTime() - begin) / 1e6);
      }
      int warmUp = rounds / 2;
      double[] cpuBefore = new double[peers.size()];
      for (int round = 0; round < rounds; round++) {
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
        peer.cpu.add((process.cpuMillis() - cpuBefore[i]) / (rounds - warmUp));
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
        process.close();
      }
    }
  }

  /** Returns the milliseconds of a round, after a look at whether all rows were read. */
  private static double select(PeerProcess process, int selects)
      throws InterruptedException, PeerException {
    long[] answer = process.ask("select " + selects);
    long expected = 0;
    for (int i = 0; i < selects; i++) {
      expected += sumOfPage(i % Selects.PAGES);
    }
    if (answer[1] != expected || answer[2] != 0) {
      throw new PeerException(
          process + " has read " + answer[1] + " instead of " + expected + ", errors " + answer[2]);
    }
    return answer[0] / 1e6;
  }

  // ---- the table of the database

  private String createTable() throws SQLException {
    try (Connection connection = connect();
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

  private void dropTable() throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      statement.execute("drop table asyncio4j_bench");
    }
  }

  private Connection connect() throws SQLException {
    JdbcUrl jdbc = JdbcUrl.of(url);
    return DriverManager.getConnection(jdbc.url(), jdbc.user(), jdbc.password());
  }

  // ---- the table that is printed

  private String table(List<Peer> peers, String server, Machine machine) {
    double yardstick =
        peers.stream()
            .filter(peer -> peer.name.equals(YARDSTICK))
            .mapToDouble(peer -> Quantiles.median(peer.warm))
            .findFirst()
            .orElse(Double.NaN);
    StringBuilder text = new StringBuilder();
    text.append(
        "| 500 selects | warm, ms | half of the rounds | best | times asyncpg with uvloop |");
    text.append(" CPU of the client, ms | first round | with start of the process |\n");
    text.append("|---|---|---|---|---|---|---|---|\n");
    for (Peer peer : peers) {
      double median = Quantiles.median(peer.warm);
      text.append(
          String.format(
              Locale.ROOT,
              "| %s | %.1f | %.1f to %.1f | %.1f | %.2f | %.1f | %.0f | %.0f |%n",
              peer.name,
              median,
              Quantiles.of(peer.warm, 0.25),
              Quantiles.of(peer.warm, 0.75),
              Quantiles.of(peer.warm, 0),
              yardstick / median,
              Quantiles.of(peer.cpu, 0.5),
              Quantiles.of(peer.first, 0.5),
              Quantiles.of(peer.fromStart, 0.5)));
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
            "%n%s. PostgreSQL %s; %s; %s. Processes of each: %d, rounds in each: %d, of which the"
                + " later half is warm. Skipped: %s.%n",
            machine.describe(),
            server,
            peers.stream().map(peer -> peer.versions).distinct().collect(Collectors.joining("; ")),
            jars(),
            processes,
            rounds,
            String.join(", ", tools.skipped())));
    return text.toString();
  }

  private static String jars() {
    return Stream.of(System.getProperty("java.class.path").split(":", -1))
        .map(jar -> jar.substring(jar.lastIndexOf('/') + 1).replace(".jar", ""))
        .filter(jar -> jar.matches("(postgresql|HikariCP|vertx-pg-client)-.*"))
        .sorted()
        .collect(Collectors.joining(", "));
  }
}
