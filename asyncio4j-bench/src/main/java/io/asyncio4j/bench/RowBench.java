package io.asyncio4j.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.function.Consumer;

/** The measuring of a group of rows, from the peers to the page. */
final class RowBench {
  private final Group group;
  private final BenchOptions options;
  private final Consumer<String> log;

  RowBench(Group group, BenchOptions options, Consumer<String> log) {
    this.group = group;
    this.options = options;
    this.log = log;
  }

  /** Measures, prints, writes what is to be written; returns whether no peer failed. */
  boolean run(List<Program> programs, List<String> skipped)
      throws IOException, InterruptedException {
    Machine machine = new Machine();
    List<String> peers =
        new ArrayList<>(new LinkedHashSet<>(programs.stream().map(Program::peer).toList()));
    Results results = new Results(peers);
    RowRunner.Times times = times(group, options.quick());
    if (options.processes() > 0) {
      times = times.withProcesses(options.processes());
    }
    RowRunner runner = new RowRunner(programs, times, results, log);
    List<Row> rows = new ArrayList<>(group.rows());
    rows.addAll(group.sized());
    for (Row row : rows) {
      if (options.wantsRow(row)) {
        runner.run(row, row.size(options.quick()));
      }
    }
    Report report = new Report(group, results);
    String conditions = conditions(results, skipped, times, machine);
    String medians = group.wholePrograms() ? report.programs() : report.medians();
    String table = medians + "\n" + report.legend() + "\n" + conditions;
    String targets = report.targets();
    String details =
        "<details><summary>Spread, CPU and ratios</summary>\n\n"
            + report.details()
            + "\n</details>\n";
    String sized = report.sized(Unit.BYTES);
    if (!sized.isEmpty()) {
      sized += "\nTo start one:\n\n" + report.sized(Unit.NANOS);
    }
    String notWon = report.notWon();
    System.out.println(table);
    System.out.println(targets);
    System.out.println(report.details());
    System.out.println(sized);
    System.out.println("Not won\n\n" + notWon);
    if (options.write()) {
      Path file = options.root().resolve(Page.BENCHMARKS);
      Page page = new Page(file);
      page.put(group.name() + " --write", table + "\n" + targets + "\n" + details);
      if (!group.sized().isEmpty()) {
        page.put(group.name() + " --write: sizes", sized);
      }
      page.put(group.name() + " --write: not won", notWon);
      page.write();
      Path plot = options.root().resolve(group.plot().file());
      List<Row> drawn = new ArrayList<>(group.rows());
      if (!group.sized().isEmpty()) {
        drawn.add(largest(group.sized(), results));
      }
      Files.writeString(plot, BarPlot.draw(group.plot().title(), drawn, results));
      log.accept("written: " + file + ", " + plot);
    }
    return results.failures().isEmpty();
  }

  /** Returns the largest of the sizes that was measured. */
  private static Row largest(List<Row> sized, Results results) {
    return sized.reversed().stream()
        .filter(row -> results.measured(row, Results.OURS) != null)
        .findFirst()
        .orElse(sized.getFirst());
  }

  private static RowRunner.Times times(Group group, boolean quick) {
    if (quick) {
      return RowRunner.Times.QUICK;
    }
    return group.wholePrograms() ? RowRunner.Times.WHOLE_PROGRAMS : RowRunner.Times.USUAL;
  }

  private String conditions(
      Results results, List<String> skipped, RowRunner.Times times, Machine machine) {
    StringBuilder text = new StringBuilder(machine.describe()).append(". ");
    text.append(
        String.join(
            "; ",
            results.versions().entrySet().stream()
                .map(version -> version.getKey() + ": " + version.getValue())
                .toList()));
    text.append(". Processes of each: ").append(times.processes());
    if (!group.sized().isEmpty()) {
      text.append(" (of the rows with a million, 1)");
    }
    text.append("; warm-up ").append(times.jitWarmUp()).append(" s with a JVM");
    if (!group.wholePrograms()) {
      text.append(" or Node, and up to four times that for 30 rounds");
    }
    text.append(", ").append(times.warmUp()).append(" s else; measured ").append(times.measure());
    text.append(" s, at least three rounds.");
    if (!skipped.isEmpty()) {
      text.append(" Skipped: ").append(String.join(", ", skipped)).append('.');
    }
    List<String> failures = results.failures();
    if (!failures.isEmpty()) {
      text.append("\n\nFailed:\n\n").append(Report.bullets(failures));
    }
    return text.append('\n').toString();
  }
}
