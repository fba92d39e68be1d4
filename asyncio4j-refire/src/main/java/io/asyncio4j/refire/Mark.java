package io.asyncio4j.refire;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The parameter {@code retry=True} that marks a URL as fired again. It is always put at the end of
 * the query, so the last parameter is the mark of an earlier run, while the same text elsewhere is
 * the client's own.
 */
final class Mark {
  static final String PARAMETER = "retry=True";

  private Mark() {}

  /** Returns the marked URL; the same one if it is marked already. */
  static String add(String url) {
    Edit edit = insertion(url);
    return edit == null ? url : Edit.apply(url, List.of(edit));
  }

  /** Returns the change that marks a URL; null if it is marked already. */
  static @Nullable Edit insertion(String url) {
    if (isMarked(url)) {
      return null;
    }
    int end = queryEnd(url);
    int query = queryStart(url, end);
    String separator;
    if (query < 0) {
      separator = "?";
    } else {
      separator = query == end || url.charAt(end - 1) == '&' ? "" : "&";
    }
    return new Edit(end, end, separator + PARAMETER);
  }

  /** Returns the change that marks a query that stands alone, without its question mark. */
  static @Nullable Edit queryInsertion(String query) {
    Edit edit = insertion("?" + query);
    return edit == null ? null : edit.shifted(-1);
  }

  /** Tells whether the mark is one of the URL's parameters. */
  static boolean isMarked(String url) {
    int end = queryEnd(url);
    int at = queryStart(url, end);
    if (at < 0) {
      return false;
    }
    while (at <= end) {
      int next = url.indexOf('&', at);
      int stop = next < 0 || next > end ? end : next;
      if (stop - at == PARAMETER.length() && url.startsWith(PARAMETER, at)) {
        return true;
      }
      at = stop + 1;
    }
    return false;
  }

  /** Returns the URL as it was before an earlier run marked it. */
  static String removeLast(String url) {
    int end = queryEnd(url);
    int query = queryStart(url, end);
    int at = end - PARAMETER.length();
    if (query < 0 || at < query || !url.startsWith(PARAMETER, at)) {
      return url;
    }
    char before = url.charAt(at - 1);
    return before == '&' || before == '?' ? url.substring(0, at - 1) + url.substring(end) : url;
  }

  private static int queryEnd(String url) {
    int fragment = url.indexOf('#');
    return fragment < 0 ? url.length() : fragment;
  }

  private static int queryStart(String url, int end) {
    int question = url.indexOf('?');
    return question < 0 || question >= end ? -1 : question + 1;
  }
}
