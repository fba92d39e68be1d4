package io.asyncio4j.refire;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A set of HTTP status codes, written as codes and ranges: {@code 500-599,429}.
 *
 * @param ranges the ranges in the order in which they were written; at least one
 */
public record StatusSet(List<Range> ranges) {
  /** The statuses that say that a server failed: 500 to 599. */
  public static final StatusSet SERVER_ERRORS = parse("500-599");

  /** The statuses that count as an answer well given: 200 to 299, and 304. */
  public static final StatusSet RECOVERED = parse("200-299,304");

  /**
   * Statuses from the first to the last, both included.
   *
   * @param first the lowest status, 100 to 999
   * @param last the highest status, {@code first} to 999
   */
  public record Range(int first, int last) {
    /**
     * Makes a range.
     *
     * @throws IllegalArgumentException if the statuses are not in 100 to 999 or in the wrong order
     */
    public Range {
      if (first < 100 || last > 999 || first > last) {
        throw new IllegalArgumentException(
            "status range %d-%d is empty or not within 100-999".formatted(first, last));
      }
    }

    @Override
    public String toString() {
      return first == last ? Integer.toString(first) : first + "-" + last;
    }
  }

  /**
   * Makes a set of ranges.
   *
   * @throws IllegalArgumentException if there is no range
   */
  public StatusSet {
    ranges = List.copyOf(ranges);
    if (ranges.isEmpty()) {
      throw new IllegalArgumentException("a set of statuses needs one status at least");
    }
  }

  /**
   * Reads a set such as {@code 500-599,429}. Blanks around codes are ignored.
   *
   * @throws IllegalArgumentException if the text is anything else, saying which part
   */
  public static StatusSet parse(String text) {
    List<Range> ranges = new ArrayList<>();
    for (String part : text.split(",", -1)) {
      String item = part.strip();
      if (!item.matches("\\d{3}(\\s*-\\s*\\d{3})?")) {
        throw new IllegalArgumentException(
            "'%s' in '%s' is no status; write codes and ranges such as 500-599,429"
                .formatted(item, text));
      }
      int first = Integer.parseInt(item.substring(0, 3));
      int last = Integer.parseInt(item.substring(item.length() - 3));
      ranges.add(new Range(first, last));
    }
    return new StatusSet(ranges);
  }

  /** Tells whether the status is in the set. */
  public boolean contains(int status) {
    for (Range range : ranges) {
      if (range.first <= status && status <= range.last) {
        return true;
      }
    }
    return false;
  }

  /** Returns the set as it is written: {@code 500-599,429}. */
  @Override
  public String toString() {
    return ranges.stream().map(Range::toString).collect(Collectors.joining(","));
  }
}
