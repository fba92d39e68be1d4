package io.asyncio4j.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * A picture of medians in SVG: a panel for each row, a bar for each peer, shortest first, on a
 * logarithmic scale of its own. It suits a light and a dark page.
 */
final class BarPlot {
  private static final int WIDTH = 980;
  private static final int COLUMNS = 2;
  private static final int MARGIN = 24;
  private static final int GAP = 36;
  private static final int HEADER = 64;
  private static final int PANEL_HEAD = 42;
  private static final int LINE = 17;
  private static final int LETTERS = 64;
  private static final int BAR = 15;
  private static final int STEP = 20;
  private static final int LABELS = 132;
  private static final int VALUES = 104;
  private static final double SHORTEST = 0.04;

  /**
   * How many times the least of its values a panel's scale has at least, so that bars that differ
   * little look alike.
   */
  private static final double LEAST_SPAN = 10;

  private static final String STYLE =
      """
      <style>
        text { font-family: -apple-system, "Segoe UI", "Helvetica Neue", Arial, "DejaVu Sans", sans-serif; fill: #24292f; }
        .title { font-size: 19px; font-weight: 600; }
        .note { font-size: 12.5px; fill: #57606a; }
        .row { font-size: 14.5px; font-weight: 600; }
        .peer { font-size: 12px; text-anchor: end; }
        .value { font-size: 12px; fill: #57606a; }
        .ours { font-weight: 700; }
        .bar { fill: #afb8c1; }
        .bar.ours { fill: #0969da; }
        .bar.floor { fill: #d8dee4; }
        .line { stroke: #d0d7de; stroke-width: 1; }
        @media (prefers-color-scheme: dark) {
          text { fill: #e6edf3; }
          .note, .value { fill: #9198a1; }
          .bar { fill: #545d68; }
          .bar.ours { fill: #4493f8; }
          .bar.floor { fill: #373e47; }
          .line { stroke: #3d444d; }
        }
      </style>
      """;

  /** A bar. */
  private record Bar(String peer, double value, double ratio) {}

  private final Results results;
  private final StringBuilder svg = new StringBuilder();

  private BarPlot(Results results) {
    this.results = results;
  }

  /**
   * Returns the picture.
   *
   * @param title what it is, in a line
   * @param rows the rows to show; those without a figure of ours are left out
   */
  static String draw(String title, List<Row> rows, Results results) {
    return new BarPlot(results).draw(title, rows);
  }

  private String draw(String title, List<Row> rows) {
    List<Row> shown =
        rows.stream().filter(row -> results.measured(row, Results.OURS) != null).toList();
    int[] bottoms = new int[COLUMNS];
    Arrays.fill(bottoms, HEADER);
    int width = (WIDTH - 2 * MARGIN - (COLUMNS - 1) * GAP) / COLUMNS;
    for (Row row : shown) {
      int column = bottoms[0] <= bottoms[1] ? 0 : 1;
      bottoms[column] = panel(row, MARGIN + column * (width + GAP), bottoms[column], width);
    }
    int height = Math.max(bottoms[0], bottoms[1]) + MARGIN / 2;
    return String.format(
            Locale.ROOT,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\""
                + " height=\"%d\" role=\"img\" aria-label=\"%s\">%n",
            WIDTH,
            height,
            WIDTH,
            height,
            escape(title))
        + STYLE
        + text(MARGIN, 28, "title", title)
        + text(
            MARGIN,
            48,
            "note",
            "Medians, less is better. Beside them how many times ours. Bars are on a logarithmic"
                + " scale, each panel on its own.")
        + svg
        + "</svg>\n";
  }

  /** Draws a panel, and returns where it ends. */
  private int panel(Row row, int left, int top, int width) {
    List<Bar> bars = bars(row);
    double most = bars.getLast().value;
    double least = Math.min(bars.getFirst().value, most / LEAST_SPAN);
    svg.append(
        String.format(
            Locale.ROOT,
            "<line class=\"line\" x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\"/>%n",
            left,
            top + 4,
            left + width,
            top + 4));
    svg.append(text(left, top + 24, "row", row.name()));
    int y = top + PANEL_HEAD;
    for (String line : lines(row.title() + ", " + row.unit().label)) {
      svg.append(text(left, y, "note", line));
      y += LINE;
    }
    y -= LINE / 2;
    int room = width - LABELS - 8 - VALUES;
    for (Bar bar : bars) {
      double part = Math.log(bar.value / least) / Math.log(most / least);
      double length = room * (SHORTEST + (1 - SHORTEST) * part);
      String kind = kind(bar.peer);
      svg.append(text(left + LABELS, y + 12, ("peer " + kind).strip(), bar.peer));
      svg.append(
          String.format(
              Locale.ROOT,
              "<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\" rx=\"2\"/>%n",
              ("bar " + kind).strip(),
              left + LABELS + 8,
              y,
              length,
              BAR));
      svg.append(
          text(
              left + LABELS + 14 + (int) length,
              y + 12,
              ("value " + kind).strip(),
              Unit.format(bar.value)
                  + (bar.peer.equals(Results.OURS) ? "" : "  ×" + Report.ratio(bar.ratio))));
      y += STEP;
    }
    return y + 8;
  }

  /** Breaks a text between words where it would be wider than a panel. */
  private static List<String> lines(String text) {
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder();
    for (String word : text.split(" ", -1)) {
      if (line.length() + word.length() > LETTERS) {
        lines.add(line.toString().strip());
        line.setLength(0);
      }
      line.append(word).append(' ');
    }
    lines.add(line.toString().strip());
    return lines;
  }

  private List<Bar> bars(Row row) {
    List<Bar> bars = new ArrayList<>();
    for (String peer : results.peers(List.of(row))) {
      bars.add(new Bar(peer, results.median(row, peer), results.ratio(row, peer)));
    }
    bars.sort((a, b) -> Double.compare(a.value, b.value));
    return bars;
  }

  private static String kind(String peer) {
    return peer.equals(Results.OURS) ? "ours" : Report.isFloor(peer) ? "floor" : "";
  }

  private static String text(int x, int y, String kind, String text) {
    return String.format(
        Locale.ROOT, "<text class=\"%s\" x=\"%d\" y=\"%d\">%s</text>%n", kind, x, y, escape(text));
  }

  private static String escape(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace("\"", "&quot;");
  }
}
