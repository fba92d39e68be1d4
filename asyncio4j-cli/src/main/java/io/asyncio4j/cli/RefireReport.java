package io.asyncio4j.cli;

import io.asyncio4j.refire.Plan;
import io.asyncio4j.refire.Summary;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** What refire says at its end, for people. */
final class RefireReport {
  private final PrintStream out;

  RefireReport(PrintStream out) {
    this.out = out;
  }

  /** Prints what a dry run found. */
  void plan(Plan plan) {
    read(plan);
    row("Would fire", Format.count(plan.sendable(), "request"));
  }

  /** Prints how a run ended. */
  void summary(Summary summary) {
    read(summary.plan());
    row(
        "Fired",
        Format.count(summary.fired(), "request")
            + " in "
            + Format.time(summary.elapsed())
            + " with "
            + Format.count(summary.attempts(), "attempt")
            + " ("
            + Format.rate(summary.throughput())
            + ")");
    row("  recovered", Format.count(summary.recovered()));
    row("  still fail", Format.count(summary.failing()));
    if (summary.interrupted() > 0) {
      row("  given up", Format.count(summary.interrupted()) + " on their way when the run stopped");
    }
    if (summary.unwritten() > 0) {
      row("Unwritten", Format.count(summary.unwritten()) + " were fired too; their lines are lost");
    }
    if (summary.notSent() > 0) {
      row("Not fired", Format.count(summary.notSent()) + ", since the run stopped before");
    }
    List<String> outcomes = new ArrayList<>();
    summary
        .byStatus()
        .forEach((status, count) -> outcomes.add(status + ": " + Format.count(count)));
    summary
        .byFailure()
        .forEach((kind, count) -> outcomes.add(kind.id() + ": " + Format.count(count)));
    if (!outcomes.isEmpty()) {
      row("Outcomes", String.join("   ", outcomes));
    }
    Summary.Latencies latencies = summary.latencies();
    if (latencies.count() > 0) {
      row(
          "Latency",
          "min %s   mean %s   p50 %s   p90 %s   p99 %s   max %s"
              .formatted(
                  Format.time(latencies.min()),
                  Format.time(latencies.mean()),
                  Format.time(latencies.p50()),
                  Format.time(latencies.p90()),
                  Format.time(latencies.p99()),
                  Format.time(latencies.max())));
    }
    String label = "Files";
    for (Path file : summary.files()) {
      row(label, file.toString());
      label = "";
    }
    summary.stopped().ifPresent(reason -> row("Stopped", reason));
  }

  private void read(Plan plan) {
    String formats =
        plan.formats().entrySet().stream()
            .filter(entry -> entry.getValue() > 0)
            .map(entry -> entry.getKey().id() + " " + Format.count(entry.getValue()))
            .collect(Collectors.joining(", "));
    row(
        "Read",
        Format.count(plan.lines(), "line")
            + (formats.isEmpty() ? "" : ": " + formats)
            + (plan.unreadable() == 0 ? "" : ", unreadable " + Format.count(plan.unreadable()))
            + (plan.empty() == 0 ? "" : ", empty " + Format.count(plan.empty())));
    row(
        "Failed",
        Format.count(plan.failed(), "line")
            + ", "
            + Format.count(plan.distinct(), "distinct request")
            + (plan.alreadyMarked() == 0
                ? ""
                : "; "
                    + Format.count(plan.alreadyMarked())
                    + (plan.alreadyMarked() == 1 ? " line was" : " lines were")
                    + " marked by an earlier run"));
    plan.refused()
        .forEach(
            (reason, count) -> {
              if (count > 0) {
                row("Refused", Format.count(count) + ": " + reason.text());
              }
            });
    for (Map.Entry<String, Long> host : plan.refusedHosts().entrySet()) {
      row("", "  " + host.getKey() + "  " + Format.count(host.getValue()));
    }
    for (String problem : plan.problems()) {
      row("Problem", problem);
    }
  }

  private void row(String label, String text) {
    out.printf("%-12s %s%n", label, text);
  }
}
