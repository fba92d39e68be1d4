package io.asyncio4j.refire;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** A change to a text: what stands from start to end is replaced. */
record Edit(int start, int end, String replacement) {
  /** Returns the text with all changes made. They must not overlap; their order does not matter. */
  static String apply(String text, List<Edit> edits) {
    List<Edit> sorted = new ArrayList<>(edits);
    sorted.sort(Comparator.comparingInt(Edit::start));
    StringBuilder result = new StringBuilder(text.length() + 32);
    int done = 0;
    for (Edit edit : sorted) {
      result.append(text, done, edit.start).append(edit.replacement);
      done = edit.end;
    }
    return result.append(text, done, text.length()).toString();
  }

  Edit shifted(int by) {
    return new Edit(start + by, end + by, replacement);
  }
}
