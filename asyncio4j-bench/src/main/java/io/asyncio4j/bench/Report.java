package io.asyncio4j.bench;

import io.asyncio4j.bench.Target.Verdict;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The tables of a group of rows, in Markdown. */
final class Report {
  /** What is under all others and no peer: being behind it is no loss. */
  static final String FLOOR = "raw Continuation";

  /** What our tasks are made of. */
  static final String BARE_THREADS = "bare virtual threads";

  static boolean isFloor(String peer) {
    return peer.equals(FLOOR) || peer.equals(BARE_THREADS);
  }

  private final Group group;
  private final Results results;

  Report(Group group, Results results) {
    this.group = group;
    this.results = results;
  }

  /** Returns the medians: a line for each row, a column for each peer, with ratios to ours. */
  String medians() {
    List<Row> rows = measured(group.rows());
    List<String> peers = results.peers(rows);
    List<String> head = new ArrayList<>(List.of("row", "unit"));
    head.addAll(peers);
    StringBuilder text = new StringBuilder(head(head));
    for (Row row : rows) {
      List<String> line = new ArrayList<>(List.of("`" + row.name() + "`", row.unit().label));
      for (String peer : peers) {
        line.add(withRatio(row, peer));
      }
      text.append(line(line));
    }
    return text.toString();
  }

  /** Returns the medians and the CPU time: a line for each row and peer, with ratios to ours. */
  String programs() {
    StringBuilder text =
        new StringBuilder(
            head(List.of("row", "peer", "time", "to asyncio4j's", "CPU", "to asyncio4j's")));
    for (Row row : measured(group.rows())) {
      Cell ours = results.measured(row, Results.OURS);
      for (String peer : results.peers(List.of(row))) {
        Cell cell = results.measured(row, peer);
        if (cell != null) {
          text.append(line(program(row, peer, cell, ours)));
        }
      }
    }
    return text.toString();
  }

  private List<String> program(Row row, String peer, Cell cell, @Nullable Cell ours) {
    Unit unit = row.unit();
    Cell other = ours == cell ? null : ours;
    return List.of(
        "`" + row.name() + "`",
        ours == cell ? "**" + peer + "**" : peer,
        Unit.format(cell.median(unit)) + " " + unit.label,
        other == null ? "" : ratio(results.ratio(row, peer)),
        time(cell.cpuNanos()),
        other == null ? "" : ratio(cell.cpuNanos() / other.cpuNanos()));
  }

  private static String time(double nanos) {
    if (nanos < 1e3) {
      return Unit.format(nanos) + " ns";
    }
    return nanos < 1e6 ? Unit.format(nanos / 1e3) + " us" : Unit.format(nanos / 1e6) + " ms";
  }

  private String withRatio(Row row, String peer) {
    String median = Unit.format(results.median(row, peer));
    if (peer.equals(Results.OURS)) {
      return median.isEmpty() ? "" : "**" + median + "**";
    }
    double ratio = results.ratio(row, peer);
    return Double.isNaN(ratio) ? median : median + " (" + ratio(ratio) + ")";
  }

  static String ratio(double ratio) {
    return String.format(Locale.ROOT, ratio < 10 ? "%.2f" : "%.0f", ratio);
  }

  /** Returns what the rows are, each with its size. */
  String legend() {
    StringBuilder text = new StringBuilder();
    for (Row row : measured(group.rows())) {
      text.append("- `").append(row.name()).append("`: ").append(row.title()).append("\n");
    }
    return text.toString();
  }

  /** Returns the targets, with what was measured and whether they hold. */
  String targets() {
    if (group.targets().isEmpty()) {
      return "";
    }
    StringBuilder text =
        new StringBuilder(head(List.of("target", "measured", "holds", "with " + BARE_THREADS)));
    for (Target target : group.targets()) {
      text.append(
          line(
              List.of(
                  target.says(),
                  target.show(results),
                  target.judge(results).text,
                  target.showFloor(results))));
    }
    return text.toString();
  }

  /** Returns a line for each row and peer: spread, CPU, how much was measured. */
  String details() {
    StringBuilder text =
        new StringBuilder(
            head(
                List.of(
                    "row",
                    "peer",
                    "median",
                    "half of the rounds",
                    "least",
                    "CPU, ns each",
                    "to asyncio4j's",
                    "processes, rounds")));
    List<Row> rows = new ArrayList<>(measured(group.rows()));
    rows.addAll(measured(group.sized()));
    for (Row row : rows) {
      for (String peer : results.peers(List.of(row))) {
        Cell cell = results.measured(row, peer);
        if (cell == null) {
          continue;
        }
        Unit unit = row.unit();
        double ratio = results.ratio(row, peer);
        text.append(
            line(
                List.of(
                    name(row),
                    peer,
                    Unit.format(cell.median(unit)) + " " + unit.label,
                    Unit.format(cell.quantile(unit, 0.25))
                        + " to "
                        + Unit.format(cell.quantile(unit, 0.75)),
                    Unit.format(cell.quantile(unit, 0)),
                    Unit.format(cell.cpuNanos()),
                    Double.isNaN(ratio) ? "" : ratio(ratio),
                    cell.processes() + ", " + cell.rounds())));
      }
    }
    return text.toString();
  }

  private String name(Row row) {
    return group.sized().contains(row)
        ? String.format(Locale.ROOT, "`%s` %,d", row.name(), row.size())
        : "`" + row.name() + "`";
  }

  /** Returns the rows in several sizes: a line for each peer, a column for each size. */
  String sized(Unit unit) {
    List<Row> rows = measured(group.sized());
    if (rows.isEmpty()) {
      return "";
    }
    List<String> head = new ArrayList<>(List.of(unit.label + " each"));
    rows.forEach(row -> head.add(String.format(Locale.ROOT, "%,d", row.size())));
    StringBuilder text = new StringBuilder(head(head));
    for (String peer : results.peers(rows)) {
      List<String> line = new ArrayList<>(List.of(peer));
      rows.forEach(row -> line.add(Unit.format(results.median(row, peer, unit))));
      text.append(line(line));
    }
    return text.toString();
  }

  /** Returns the rows in which a peer is ahead of ours, and the targets that are missed. */
  String notWon() {
    List<String> lines = new ArrayList<>();
    List<Row> rows = new ArrayList<>(measured(group.rows()));
    rows.addAll(measured(group.sized()));
    for (Row row : rows) {
      List<String> ahead =
          results.peers(List.of(row)).stream()
              .filter(peer -> !peer.startsWith(Results.OURS) && !isFloor(peer))
              .filter(peer -> results.ratio(row, peer) < 1)
              .map(
                  peer ->
                      String.format(
                          Locale.ROOT,
                          "%s (%s, %s of ours)",
                          peer,
                          Unit.format(results.median(row, peer)),
                          ratio(results.ratio(row, peer))))
              .toList();
      if (!ahead.isEmpty()) {
        lines.add(
            String.format(
                Locale.ROOT,
                "%s, %s %s with asyncio4j: %s",
                name(row),
                Unit.format(results.median(row, Results.OURS)),
                row.unit().label,
                String.join(", ", ahead)));
      }
    }
    for (Target target : group.targets()) {
      if (target.judge(results) == Verdict.MISSED) {
        lines.add("missed: " + target.says() + "; it is " + target.show(results));
      }
    }
    return lines.isEmpty() ? "Nothing.\n" : bullets(lines);
  }

  static String bullets(Collection<String> lines) {
    return "- " + String.join("\n- ", lines) + "\n";
  }

  private List<Row> measured(List<Row> rows) {
    return rows.stream().filter(results.rows()::contains).toList();
  }

  static String head(List<String> cells) {
    return line(cells) + "|" + "---|".repeat(cells.size()) + "\n";
  }

  static String line(List<String> cells) {
    return "| " + String.join(" | ", cells) + " |\n";
  }
}
