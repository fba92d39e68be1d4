package io.asyncio4j.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Has programs do rows: process by process, the peers in turn, so that what else the machine does
 * hits all of them. A program that fails spoils its own cell only.
 */
final class RowRunner {
  private static final int NO_SUCH_ROW = 3;

  /** A row of so many takes half a minute, and is done by one process of each. */
  private static final int MANY = 1_000_000;

  /** How long the programs warm up and measure, and how often each is started. */
  record Times(double jitWarmUp, double warmUp, double measure, int processes, Duration patience) {
    static final Times USUAL = new Times(2, 0.3, 1, 2, Duration.ofSeconds(90));
    static final Times WHOLE_PROGRAMS = new Times(4, 0.3, 1, 2, Duration.ofSeconds(90));
    static final Times QUICK = new Times(0.6, 0.1, 0.2, 1, Duration.ofSeconds(90));

    Times withProcesses(int number) {
      return new Times(jitWarmUp, warmUp, measure, number, patience);
    }
  }

  private final List<Program> programs;
  private final Times times;
  private final Results results;
  private final Consumer<String> log;
  private final Map<Program, Set<String>> rowsOfPrograms = new HashMap<>();

  RowRunner(List<Program> programs, Times times, Results results, Consumer<String> log) {
    this.programs = programs;
    this.times = times;
    this.results = results;
    this.log = log;
  }

  /** Has all that know a row do it. */
  void run(Row row, int size) throws InterruptedException {
    List<Program> turns = new ArrayList<>();
    Set<String> peers = new LinkedHashSet<>();
    for (Program program : programs) {
      if (rowsOf(program).contains(row.name()) && peers.add(program.peer())) {
        turns.add(program);
      }
    }
    int processes = size < MANY ? times.processes : 1;
    for (int process = 0; process < processes; process++) {
      for (int i = 0; i < turns.size(); i++) {
        // nobody always runs after the same one
        run(row, size, turns.get((i + process) % turns.size()));
      }
    }
    StringBuilder line = new StringBuilder(row.name()).append(", ").append(row.unit().label);
    line.append(String.format(Locale.ROOT, " (%,d):", size));
    for (String peer : peers) {
      double median = results.median(row, peer);
      line.append("  ").append(peer).append(' ');
      line.append(Double.isNaN(median) ? "failed" : Unit.format(median));
    }
    log.accept(line.toString());
  }

  private Set<String> rowsOf(Program program) throws InterruptedException {
    Set<String> known = rowsOfPrograms.get(program);
    if (known == null) {
      known = program.only().isEmpty() ? askForRows(program) : program.only();
      rowsOfPrograms.put(program, known);
    }
    return known;
  }

  private Set<String> askForRows(Program program) throws InterruptedException {
    Set<String> rows = new LinkedHashSet<>();
    try (PeerProcess process = start(program, List.of("--rows"))) {
      for (Optional<String> line = process.next(); line.isPresent(); line = process.next()) {
        rows.add(line.get());
      }
      int exit = process.awaitEnd();
      if (exit != 0) {
        throw new PeerException("exit code " + exit + process.said());
      }
    } catch (PeerException e) {
      log.accept(program.peer() + " does not tell its rows and is left out: " + e.getMessage());
      return Set.of();
    }
    return rows;
  }

  private void run(Row row, int size, Program program) throws InterruptedException {
    Cell cell = results.cell(row, program.peer());
    double warmUp = program.isJustInTime() ? times.jitWarmUp : times.warmUp;
    List<String> arguments =
        List.of(
            row.name(),
            String.valueOf(size),
            String.valueOf(warmUp),
            String.valueOf(times.measure));
    try (PeerProcess process = start(program, arguments)) {
      Optional<String> first = process.next();
      List<Round> rounds = new ArrayList<>();
      if (first.isPresent()) {
        results.version(program.peer(), Round.Header.parse(first.get()).toString());
        for (Optional<String> line = process.next(); line.isPresent(); line = process.next()) {
          rounds.add(Round.parse(line.get()));
        }
      }
      int exit = process.awaitEnd();
      if (exit == NO_SUCH_ROW) {
        return;
      }
      if (exit != 0) {
        throw new PeerException("exit code " + exit + process.said());
      }
      if (rounds.isEmpty()) {
        throw new PeerException("it has ended without a round");
      }
      cell.add(rounds);
    } catch (PeerException e) {
      cell.addFailure(e.getMessage());
      log.accept(row.name() + ", " + program.peer() + " failed: " + e.getMessage());
    }
  }

  private PeerProcess start(Program program, List<String> arguments) throws PeerException {
    List<String> command = new ArrayList<>(program.command());
    command.addAll(arguments);
    return new PeerProcess(program.peer(), command, program.environment(), times.patience);
  }
}
