package io.asyncio4j.bench;

import java.util.List;

/** The rows about whole programs, and the targets in them. */
final class MacroRows {
  static final Row STARTUP =
      new Row("startup", "from exec to the first result of a task", Unit.MILLIS_IN_ALL, 1);
  static final Row HTTP_FANOUT =
      new Row(
          "http-fanout",
          "a task for each request, 64 of them at once, bodies of 1 KB; CPU of the client, a request",
          Unit.MICROS,
          2_000);
  static final Row ECHO =
      new Row(
          "echo",
          "128 bytes there and back, 1,000 connections; CPU of the server, a message",
          Unit.MICROS,
          20_000);
  static final Row BLOCKING_HTTP =
      new Row(
          "blocking-http",
          "Apache HttpClient as it is in 64 tasks, bodies of 1 KB, a request",
          Unit.MICROS,
          2_000);
  static final Row BLOCKING_JDBC =
      new Row(
          "blocking-jdbc",
          "PostgreSQL's JDBC driver as it is in 32 tasks, a select of ten rows",
          Unit.MICROS,
          2_000);
  static final Row SCALING =
      new Row(
          "scaling",
          "1,000 tasks, each a microsecond of CPU and a yield in turn, a step",
          Unit.NANOS,
          100_000);

  private MacroRows() {}

  static Group group() {
    return new Group(
        "macro",
        new Group.Plot("docs/benchmarks-macro.svg", "Whole programs beside their peers"),
        List.of(STARTUP, HTTP_FANOUT, ECHO, BLOCKING_HTTP, BLOCKING_JDBC, SCALING),
        List.of(),
        List.of(),
        true);
  }
}
