package io.asyncio4j.bench;

import java.util.List;

/** The rows about whole programs, and the targets in them. */
final class MacroRows {
  private MacroRows() {}

  static Group group() {
    return new Group(
        "macro",
        new Group.Plot("docs/benchmarks-macro.svg", "Whole programs beside their peers"),
        List.of(),
        List.of(),
        List.of());
  }
}
