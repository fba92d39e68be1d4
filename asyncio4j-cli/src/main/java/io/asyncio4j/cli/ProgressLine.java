package io.asyncio4j.cli;

import io.asyncio4j.refire.ProgressListener.Firing;
import io.asyncio4j.refire.ProgressListener.Reading;
import java.util.ArrayList;
import java.util.List;

/** One line of text that says how far a run of refire has come. */
final class ProgressLine {
  private static final int GREEN = 32;
  private static final int RED = 31;
  private static final int LEAST_BAR = 10;
  private static final int LONGEST_BAR = 40;

  private final Terminal terminal;

  ProgressLine(Terminal terminal) {
    this.terminal = terminal;
  }

  String reading(Reading reading, int width) {
    List<String> parts = new ArrayList<>();
    parts.add("reading " + reading.log());
    if (reading.bytesTotal() > 0) {
      parts.add(100 * reading.bytesRead() / reading.bytesTotal() + "%");
    }
    parts.add(Format.count(reading.lines(), "line"));
    parts.add(Format.count(reading.failed()) + " failed");
    return fit(parts, width);
  }

  /** Returns the firing with a bar where there is room for one. */
  String firing(Firing firing, Pace pace, int width) {
    List<String> parts = parts(firing, pace);
    int room = width - 1 - length(parts) - "[]  ".length();
    if (room < LEAST_BAR) {
      return fit(parts, width);
    }
    return bar(firing, Math.min(room, LONGEST_BAR)) + "  " + String.join("  ", parts);
  }

  /** Returns the firing without a bar, however long it gets: for logs. */
  String firingPlain(Firing firing, Pace pace) {
    return String.join("  ", parts(firing, pace));
  }

  /** The most important first, since a narrow window shows only those. */
  private static List<String> parts(Firing firing, Pace pace) {
    List<String> parts = new ArrayList<>();
    parts.add(Format.count(firing.done()) + "/" + Format.count(firing.toSend()));
    parts.add("recovered " + Format.count(firing.recovered()));
    parts.add("failing " + Format.count(firing.failing()));
    parts.add("in flight " + Format.count(firing.inFlight()));
    if (firing.waiting() > 0) {
      parts.add("to retry " + Format.count(firing.waiting()));
    }
    parts.add(Format.rate(pace.startedPerSecond()));
    long left = firing.toSend() - firing.done();
    if (left > 0) {
      pace.timeFor(left).ifPresent(time -> parts.add("ETA " + Format.clock(time)));
    }
    return parts;
  }

  private String bar(Firing firing, int cells) {
    long all = Math.max(1, firing.toSend());
    int recovered = (int) (cells * firing.recovered() / all);
    // At least one cell tells of failures, however few.
    int failing = (int) Math.ceilDiv(cells * firing.failing(), all);
    failing = Math.min(failing, cells - recovered);
    String full = terminal.unicode() ? "█" : "#";
    String broken = terminal.unicode() ? "▒" : "x";
    String empty = terminal.unicode() ? "·" : ".";
    return "["
        + terminal.coloured(GREEN, full.repeat(recovered))
        + terminal.coloured(RED, broken.repeat(failing))
        + empty.repeat(cells - recovered - failing)
        + "]";
  }

  private static int length(List<String> parts) {
    return parts.stream().mapToInt(String::length).sum() + 2 * (parts.size() - 1);
  }

  /** Leaves out the last parts until the rest fits, then the end of the first one. */
  private static String fit(List<String> parts, int width) {
    int room = Math.max(1, width - 1);
    List<String> kept = new ArrayList<>(parts);
    while (kept.size() > 1 && length(kept) > room) {
      kept.removeLast();
    }
    String line = String.join("  ", kept);
    return line.length() > room ? line.substring(0, room) : line;
  }
}
