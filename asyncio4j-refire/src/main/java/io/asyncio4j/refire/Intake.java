package io.asyncio4j.refire;

import java.io.FileInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;

/**
 * The reading of the logs: counts lines, chooses those that failed, and collects their requests.
 */
final class Intake {
  private static final int PROGRESS_LINES = 4096;

  private final RefireOptions options;
  private final InputStream standardInput;
  private final UnreadableLines unreadableLines;
  private final FailedRequests requests;
  private final ProgressListener listener;
  private final BooleanSupplier stopped;
  private final TargetBuilder targets;

  private final Map<Refusal, Long> refused = new EnumMap<>(Refusal.class);
  private final Map<LogFormat, Long> formats = new EnumMap<>(LogFormat.class);
  private final Map<String, Long> refusedHosts = new LinkedHashMap<>();
  private final List<String> problems = new ArrayList<>();
  private long lines;
  private long unreadable;
  private long empty;
  private long failed;
  private long alreadyMarked;
  private long bytesRead;
  private long bytesTotal;

  Intake(
      RefireOptions options,
      InputStream standardInput,
      UnreadableLines unreadableLines,
      FailedRequests requests,
      ProgressListener listener,
      BooleanSupplier stopped) {
    this.options = options;
    this.standardInput = standardInput;
    this.unreadableLines = unreadableLines;
    this.requests = requests;
    this.listener = listener;
    this.stopped = stopped;
    targets = new TargetBuilder(options);
  }

  /**
   * Makes sure that all logs can be opened, so that a wrong name is told before a long reading.
   *
   * @throws RefireException if one cannot
   */
  static void check(RefireOptions options) throws RefireException {
    for (String log : options.logs()) {
      if (log.equals(RefireOptions.STANDARD_INPUT)) {
        continue;
      }
      Path path = Path.of(log);
      if (Files.isDirectory(path)) {
        throw new RefireException("the log %s is a directory; name its files".formatted(log));
      }
      if (!Files.exists(path) || !Files.isReadable(path)) {
        throw new RefireException(
            "the log %s cannot be opened: %s"
                .formatted(log, Files.exists(path) ? "permission denied" : "no such file"));
      }
    }
  }

  /**
   * Reads all logs.
   *
   * @throws RefireException if one cannot be opened
   * @throws IOException if what was read cannot be kept: the disk is full
   */
  Plan read() throws RefireException, IOException {
    bytesTotal = totalBytes();
    for (int file = 0; file < options.logs().size() && !stopped.getAsBoolean(); file++) {
      read(file);
    }
    requests.complete();
    long refusedTotal = refused.values().stream().mapToLong(Long::longValue).sum();
    return new Plan(
        lines,
        lines - unreadable - empty,
        unreadable,
        empty,
        failed,
        alreadyMarked,
        requests.size(),
        requests.size() - refusedTotal,
        refused,
        formats,
        refusedHosts,
        problems);
  }

  private void read(int file) throws RefireException, IOException {
    String log = options.logs().get(file);
    long before = bytesRead;
    try (InputStream stream = open(log);
        LogReader reader = reader(log, stream)) {
      RawLine line = reader.next();
      while (line != null && !stopped.getAsBoolean()) {
        lines++;
        take(file, log, line);
        if (lines % PROGRESS_LINES == 0) {
          bytesRead = before + reader.bytesRead();
          tell(log);
        }
        line = reader.next();
      }
      bytesRead = before + reader.bytesRead();
      if (reader.problem() != null) {
        problems.add(
            "the log %s could not be read to its end: %s".formatted(log, reader.problem()));
      }
    }
    tell(log);
  }

  private void tell(String log) {
    listener.reading(new ProgressListener.Reading(log, lines, failed, bytesRead, bytesTotal));
  }

  private InputStream open(String log) throws RefireException {
    if (log.equals(RefireOptions.STANDARD_INPUT)) {
      return new FilterInputStream(new StoppableInput(standardInput, stopped)) {
        @Override
        public void close() {
          // The stream is the caller's; it was lent only.
        }
      };
    }
    try {
      return new FileInputStream(log);
    } catch (IOException e) {
      throw cannotOpen(log, e);
    }
  }

  private static LogReader reader(String log, InputStream stream) throws RefireException {
    try {
      return new LogReader(stream);
    } catch (IOException e) {
      throw cannotOpen(log, e);
    }
  }

  private static RefireException cannotOpen(String log, IOException e) {
    return new RefireException(
        "the log %s cannot be opened: %s".formatted(log, Problems.describe(e)), e);
  }

  private void take(int file, String log, RawLine line) throws IOException {
    if (line.truncated()) {
      long kept = line.text().length();
      String reason =
          "longer than %d bytes (the first %d of %d are kept)"
              .formatted(LogReader.MAX_LINE, kept, line.length());
      reject(log, line, reason);
    } else if (line.cut()) {
      reject(log, line, "the log breaks off within the line");
    } else if (line.text().isBlank()) {
      empty++;
    } else {
      switch (LineParser.parse(line.text())) {
        case LineParser.Unreadable(String reason) -> reject(log, line, reason);
        case LineParser.Understood(LogLine understood) -> choose(file, line, understood);
      }
    }
  }

  private void reject(String log, RawLine line, String reason) throws IOException {
    unreadable++;
    unreadableLines.add(log, line, reason);
  }

  private void choose(int file, RawLine raw, LogLine line) throws IOException {
    formats.merge(line.format(), 1L, Long::sum);
    int status = line.status();
    boolean chosen = status != LogLine.NO_STATUS && options.status().contains(status);
    if (!chosen && status != LogLine.NO_STATUS) {
      return;
    }
    LoggedRequest request = line.request();
    // A status of '-' is a failure only where an earlier run wrote it: no answer came.
    if (!chosen && !request.isMarked()) {
      return;
    }
    failed++;
    if (request.isMarked()) {
      alreadyMarked++;
    }
    Sending sending = targets.build(request);
    boolean isNew = requests.add(file, raw, options.everyLine() ? null : sending.identity());
    if (isNew && sending instanceof Sending.Refused(Refusal refusal, String detail, _, _)) {
      refused.merge(refusal, 1L, Long::sum);
      boolean room = refusedHosts.size() < Plan.MAX_HOSTS || refusedHosts.containsKey(detail);
      if (refusal == Refusal.HOST_NOT_ALLOWED && room) {
        refusedHosts.merge(detail, 1L, Long::sum);
      }
    }
  }

  private long totalBytes() throws IOException {
    long total = 0;
    for (String log : options.logs()) {
      if (log.equals(RefireOptions.STANDARD_INPUT) || !Files.isRegularFile(Path.of(log))) {
        return -1;
      }
      total += Files.size(Path.of(log));
    }
    return total;
  }
}
