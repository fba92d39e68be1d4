package io.asyncio4j.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.asyncio4j.bench.Target.Figure;
import io.asyncio4j.bench.Target.Verdict;
import java.io.StringReader;
import java.util.Arrays;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

class ReportTest {
  private static final Row FAST = new Row("fast", "work & <more>", Unit.NANOS, 10);
  private static final Row SLOW = new Row("slow", "work", Unit.MILLIS_IN_ALL, 10);
  private static final Row SLEEP = new Row("asleep", "tasks asleep", Unit.BYTES, 10);

  private final Results results =
      new Results(List.of("asyncio4j", "Go", Report.FLOOR, Report.BARE_THREADS));

  private static Round round(Row row, long nanosInAll) {
    return new Round(row.name(), 10, nanosInAll, 50, nanosInAll * 2, 0);
  }

  private void add(Row row, String peer, long... nanosInAll) {
    results
        .cell(row, peer)
        .add(Arrays.stream(nanosInAll).mapToObj(nanos -> round(row, nanos)).toList());
  }

  private Report report(Target... targets) {
    Group.Plot plot = new Group.Plot("plot.svg", "Plot");
    return new Report(
        new Group("micro", plot, List.of(FAST, SLOW), List.of(SLEEP), List.of(targets), false),
        results);
  }

  private static Target than(double factor, String peer) {
    return new Target("bound", new Figure(FAST, "asyncio4j"), factor, new Figure(FAST, peer));
  }

  @Test
  void medians_ofProcesses_countEachProcessAlike() {
    add(FAST, "asyncio4j", 1000, 1000, 1000, 1000, 1000);
    add(FAST, "asyncio4j", 3000);
    add(FAST, "asyncio4j", 2000);
    assertThat(results.median(FAST, "asyncio4j")).isEqualTo(200);
    assertThat(results.cell(FAST, "asyncio4j").quantile(Unit.NANOS, 0)).isEqualTo(100);
    assertThat(results.cell(FAST, "asyncio4j").quantile(Unit.NANOS, 1)).isEqualTo(300);
    assertThat(results.cell(FAST, "asyncio4j").cpuNanos()).isEqualTo(5);
  }

  @Test
  void table_hasOursInBoldAndTheOthersWithRatios() {
    add(FAST, "asyncio4j", 1000);
    add(FAST, "Go", 25_000);
    add(SLOW, "asyncio4j", 130_000_000);
    assertThat(report().medians())
        .isEqualTo(
            """
            | row | unit | asyncio4j | Go |
            |---|---|---|---|
            | `fast` | ns | **100** | 2,500 (25) |
            | `slow` | ms in all | **130** |  |
            """);
  }

  @Test
  void programs_haveALineForEachPeer_withRatiosOfTimeAndOfCpu() {
    add(FAST, "asyncio4j", 100_000);
    add(FAST, "Go", 25_000);
    add(SLOW, "Go", 130_000_000);
    assertThat(report().programs())
        .isEqualTo(
            """
            | row | peer | time | to asyncio4j's | CPU | to asyncio4j's |
            |---|---|---|---|---|---|
            | `fast` | **asyncio4j** | 10,000 ns |  | 5.00 ns |  |
            | `fast` | Go | 2,500 ns | 0.25 | 5.00 ns | 1.00 |
            | `slow` | Go | 130 ms in all |  | 5.00 ns |  |
            """);
  }

  @Test
  void ratio_toAPeer_holdsUpToItsBound() {
    add(FAST, "asyncio4j", 1000);
    add(FAST, "Go", 2000);
    assertThat(than(0.5, "Go").judge(results)).isEqualTo(Verdict.HOLDS);
    assertThat(than(0.49, "Go").judge(results)).isEqualTo(Verdict.MISSED);
    assertThat(than(0.49, "Go").show(results)).isEqualTo("0.50 (100 of 200 ns)");
    assertThat(than(1, "Node").judge(results)).isEqualTo(Verdict.UNKNOWN);
  }

  @Test
  void bound_inTheUnitOfTheRow_isJudgedAlone() {
    add(FAST, "asyncio4j", 1000);
    Target target = new Target("at most 100", new Figure(FAST, "asyncio4j"), 100, null);
    assertThat(target.judge(results)).isEqualTo(Verdict.HOLDS);
    assertThat(report(target).targets()).contains("| at most 100 | 100 ns | yes |  |");
    Target missed = new Target("at most 99", new Figure(FAST, "asyncio4j"), 99, null);
    assertThat(report(missed).targets()).contains("| at most 99 | 100 ns | **no** |  |");
  }

  @Test
  void targets_haveWhatBareThreadsHaveThere() {
    add(FAST, "asyncio4j", 1000);
    add(FAST, "Go", 500);
    add(FAST, Report.BARE_THREADS, 800);
    assertThat(report(than(1, "Go")).targets())
        .contains("| bound | 2.00 (100 of 50.0 ns) | **no** | 1.60 (80.0 of 50.0 ns) |");
    Target ofAPeer = new Target("Go: at most 9", new Figure(FAST, "Go"), 9, null);
    assertThat(report(ofAPeer).targets()).contains("| Go: at most 9 | 50.0 ns | **no** |  |");
  }

  @Test
  void notWon_namesPeersThatAreAheadAndMissedTargets_butNotTheFloor() {
    add(FAST, "asyncio4j", 1000);
    add(FAST, "Go", 500);
    add(FAST, Report.FLOOR, 400);
    add(SLOW, "asyncio4j", 1_000_000);
    add(SLOW, "Go", 2_000_000);
    add(SLEEP, "asyncio4j", 1000);
    add(SLEEP, "Go", 900);
    assertThat(report(than(0.4, "Go")).notWon())
        .isEqualTo(
            """
            - `fast`, 100 ns with asyncio4j: Go (50.0, 0.50 of ours)
            - `asleep` 10, 200 bytes with asyncio4j: Go (180, 0.90 of ours)
            - missed: bound; it is 2.00 (100 of 50.0 ns)
            """);
  }

  @Test
  void notWon_whereAllIsWon_saysSo() {
    add(FAST, "asyncio4j", 1000);
    add(FAST, "Go", 2000);
    assertThat(report().notWon()).isEqualTo("Nothing.\n");
  }

  @Test
  void sizes_haveAColumnEach() {
    add(SLEEP, "asyncio4j", 1000);
    assertThat(report().sized(Unit.BYTES)).contains("| bytes each | 10 |", "| asyncio4j | 200 |");
    assertThat(report().sized(Unit.NANOS)).contains("| asyncio4j | 100 |");
  }

  @Test
  void plot_isXmlWithABarForEachPeer_shortestFirst() throws Exception {
    add(FAST, "asyncio4j", 1000);
    add(FAST, "Go", 2000);
    add(FAST, Report.FLOOR, 500);
    String svg = BarPlot.draw("A < B & C", List.of(FAST, SLOW), results);
    Document document = parse(svg);
    assertThat(document.getElementsByTagName("rect").getLength()).isEqualTo(3);
    assertThat(document.getDocumentElement().getAttribute("aria-label")).isEqualTo("A < B & C");
    assertThat(svg).containsSubsequence(Report.FLOOR, "asyncio4j", "Go").contains("×2.00");
    assertThat(svg).contains("prefers-color-scheme: dark").doesNotContain("slow");
  }

  @Test
  void plot_valuesThatDifferLittle_haveBarsThatDifferLittle() throws Exception {
    add(FAST, "asyncio4j", 1000);
    add(FAST, "Go", 1100);
    NodeList bars =
        parse(BarPlot.draw("plot", List.of(FAST), results)).getElementsByTagName("rect");
    assertThat(width(bars, 0)).isBetween(0.9 * width(bars, 1), width(bars, 1) - 1);
  }

  private static double width(NodeList bars, int index) {
    return Double.parseDouble(((Element) bars.item(index)).getAttribute("width"));
  }

  private static Document parse(String svg) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new InputSource(new StringReader(svg)));
  }
}
