package io.asyncio4j.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What was measured of rows with peers, and the versions of the peers. */
final class Results {
  /** The peer that this is about. */
  static final String OURS = "asyncio4j";

  private final List<String> peers;
  private final Map<Row, Map<String, Cell>> cells = new LinkedHashMap<>();
  private final Map<String, String> versions = new LinkedHashMap<>();

  /** Creates one for peers, in the order in which they are shown. */
  Results(List<String> peers) {
    this.peers = List.copyOf(peers);
  }

  Cell cell(Row row, String peer) {
    return cells
        .computeIfAbsent(row, _ -> new LinkedHashMap<>())
        .computeIfAbsent(peer, _ -> new Cell());
  }

  void version(String peer, String version) {
    versions.put(peer, version);
  }

  Map<String, String> versions() {
    return versions;
  }

  List<Row> rows() {
    return List.copyOf(cells.keySet());
  }

  /** Returns the peers that have a figure in some of the rows. */
  List<String> peers(List<Row> some) {
    return peers.stream()
        .filter(peer -> some.stream().anyMatch(row -> measured(row, peer) != null))
        .toList();
  }

  /** Returns what was measured, or null if nothing was. */
  @Nullable Cell measured(Row row, String peer) {
    Cell cell = cells.getOrDefault(row, Map.of()).get(peer);
    return cell != null && cell.isMeasured() ? cell : null;
  }

  /** Returns the median in the row's own unit, NaN if nothing was measured. */
  double median(Row row, String peer) {
    return median(row, peer, row.unit());
  }

  double median(Row row, String peer, Unit unit) {
    Cell cell = measured(row, peer);
    return cell == null ? Double.NaN : cell.median(unit);
  }

  /** Returns how many times as much as ours a peer's median is, NaN if there is not both. */
  double ratio(Row row, String peer) {
    return median(row, peer) / median(row, OURS);
  }

  /** Returns what went wrong, each with its row and peer. */
  List<String> failures() {
    List<String> failures = new ArrayList<>();
    cells.forEach(
        (row, of) ->
            of.forEach(
                (peer, cell) ->
                    cell.failures()
                        .forEach(
                            failure -> failures.add(row.name() + ", " + peer + ": " + failure))));
    return failures;
  }
}
