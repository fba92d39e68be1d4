package io.asyncio4j.bench;

import io.asyncio4j.bench.BenchOptions.UsageException;
import java.io.IOException;
import java.sql.SQLException;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The program behind {@code ./bench}: measures asyncio4j and its peers side by side. Arguments: the
 * checkout, then what {@code ./bench -h} says. Exit code 0, 1 if a peer failed, 2 if the command
 * line is wrong.
 */
public final class Bench {
  private static final int FAILED = 1;
  private static final int WRONG_USAGE = 2;

  private Bench() {}

  /** Runs the program. */
  public static void main(String[] args) throws Exception {
    Thread end =
        new Thread(() -> ProcessHandle.current().children().forEach(ProcessHandle::destroy));
    Runtime.getRuntime().addShutdownHook(end); // so that Ctrl-C leaves no peer behind
    System.exit(run(args));
  }

  private static int run(String[] args) throws Exception {
    Group micro = MicroRows.group();
    Group macro = MacroRows.group();
    BenchOptions options;
    try {
      options = BenchOptions.parse(args, Map.of("micro", names(micro), "macro", names(macro)));
    } catch (UsageException e) {
      log(e.getMessage() + "; ./bench -h says what there is");
      return WRONG_USAGE;
    }
    boolean isRoot = System.getProperty("user.name").equals("root");
    Toolchain tools = new Toolchain(options.root(), options.install() || isRoot, Bench::log);
    boolean well = true;
    try {
      if (options.runs("micro")) {
        well &=
            new RowBench(micro, options, Bench::log)
                .run(Peers.micro(tools, options::wantsPeer), tools.skipped());
      }
      if (options.runs("macro")) {
        well &=
            new RowBench(macro, options, Bench::log)
                .run(MacroPeers.of(tools, options::wantsPeer), tools.skipped());
      }
      if (options.runs("sql")) {
        runSql(options, tools);
      }
      if (options.runs("jmh")) {
        runJmh(options);
      }
    } catch (PeerException e) {
      log(e.getMessage());
      return FAILED;
    } catch (IOException | SQLException e) {
      log(e.toString());
      return FAILED;
    }
    return well ? 0 : FAILED;
  }

  private static void runSql(BenchOptions options, Toolchain tools)
      throws IOException, SQLException, InterruptedException, PeerException {
    String url = options.url().isEmpty() ? LocalPostgres.start() : options.url();
    int rounds = options.rounds() > 0 ? options.rounds() : options.quick() ? 20 : 60;
    int processes = options.processes() > 0 ? options.processes() : options.quick() ? 1 : 2;
    String table = new SqlBench(tools, Bench::log, url, rounds, processes).run();
    show("sql", table, options);
  }

  private static void runJmh(BenchOptions options)
      throws IOException, InterruptedException, PeerException {
    show("jmh", new JmhBench(options.root(), options.quick(), Bench::log).run(), options);
  }

  private static void show(String group, String table, BenchOptions options) throws IOException {
    System.out.println(table);
    if (options.write()) {
      Page page = new Page(options.root().resolve(Page.BENCHMARKS));
      page.put(group + " --write", table);
      page.write();
    }
  }

  private static Set<String> names(Group group) {
    return Stream.concat(group.rows().stream(), group.sized().stream())
        .map(Row::name)
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }

  private static void log(String line) {
    System.err.println("bench: " + line);
  }
}
