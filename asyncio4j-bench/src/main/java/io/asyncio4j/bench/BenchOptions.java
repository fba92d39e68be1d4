package io.asyncio4j.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What {@code ./bench} was told.
 *
 * @param group the group to run; null for all
 * @param rows names of rows; empty for all
 * @param peers ids of peers; empty for all
 * @param processes processes of each peer; 0 for the usual number
 * @param rounds rounds of the selects; 0 for the usual number
 * @param url the URL of a PostgreSQL; empty to start one
 */
record BenchOptions(
    Path root,
    @Nullable String group,
    Set<String> rows,
    Set<String> peers,
    boolean quick,
    boolean write,
    boolean install,
    int processes,
    int rounds,
    String url) {
  static final List<String> GROUPS = List.of("micro", "macro", "sql", "jmh");

  /** What is wrong with the command line. */
  static final class UsageException extends Exception {
    private static final long serialVersionUID = 1;

    UsageException(String message) {
      super(message);
    }
  }

  /**
   * Parses a command line.
   *
   * @param args the checkout, then what the user wrote
   * @param rowsOfGroups the names of the rows that can be chosen, by group
   */
  static BenchOptions parse(String[] args, Map<String, Set<String>> rowsOfGroups)
      throws UsageException {
    String group = null;
    List<String> rows = new ArrayList<>();
    Set<String> peers = Set.of();
    boolean quick = false;
    boolean write = false;
    boolean install = false;
    int processes = 0;
    int rounds = 0;
    String url = "";
    for (int i = 1; i < args.length; i++) {
      String arg = args[i];
      switch (arg) {
        case "--quick" -> quick = true;
        case "--write" -> write = true;
        case "--install" -> install = true;
        case "--processes" -> processes = positive(args, i++);
        case "--rounds" -> rounds = positive(args, i++);
        case "--peers" -> peers = Set.of(value(args, i++).split(",", -1));
        case "--url" -> url = value(args, i++);
        default -> {
          if (arg.startsWith("-")) {
            throw new UsageException("there is no option " + arg);
          } else if (group == null && GROUPS.contains(arg)) {
            group = arg;
          } else {
            rows.add(arg);
          }
        }
      }
    }
    checkRows(group, rows, rowsOfGroups);
    for (String peer : peers) {
      if (!Peers.IDS.contains(peer)) {
        throw new UsageException(
            "there is no peer " + peer + "; peers: " + String.join(", ", Peers.IDS));
      }
    }
    if (write && !(rows.isEmpty() && peers.isEmpty())) {
      throw new UsageException(
          "--write needs all rows and all peers, since it writes whole tables");
    }
    return new BenchOptions(
        Path.of(args[0]),
        group,
        Set.copyOf(rows),
        peers,
        quick,
        write,
        install,
        processes,
        rounds,
        url);
  }

  private static void checkRows(
      @Nullable String group, List<String> rows, Map<String, Set<String>> rowsOfGroups)
      throws UsageException {
    if (rows.isEmpty()) {
      return;
    }
    if (group == null) {
      throw new UsageException(
          "there is no " + rows.getFirst() + ": name one of " + String.join(", ", GROUPS));
    }
    Set<String> known = rowsOfGroups.getOrDefault(group, Set.of());
    for (String row : rows) {
      if (!known.contains(row)) {
        throw new UsageException(
            group
                + " has no row "
                + row
                + (known.isEmpty()
                    ? ": none can be chosen"
                    : "; its rows: " + String.join(", ", known)));
      }
    }
  }

  private static String value(String[] args, int option) throws UsageException {
    if (option + 1 == args.length || args[option + 1].isEmpty()) {
      throw new UsageException(args[option] + " needs a value");
    }
    return args[option + 1];
  }

  private static int positive(String[] args, int option) throws UsageException {
    String value = value(args, option);
    try {
      int number = Integer.parseInt(value);
      if (number > 0) {
        return number;
      }
    } catch (NumberFormatException e) {
      // said below
    }
    throw new UsageException(args[option] + " needs a number from 1, not '" + value + "'");
  }

  boolean runs(String name) {
    return group == null || group.equals(name);
  }

  boolean wantsRow(Row row) {
    return (rows.isEmpty() || rows.contains(row.name())) && row.size(quick) > 0;
  }

  boolean wantsPeer(String id) {
    return peers.isEmpty() || peers.contains(id);
  }
}
