package io.asyncio4j.refire;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A line of the family of the Common Log Format:
 *
 * <pre>[vhost[:port]] client ident user [time] "request" status size ["referer" "agent" [more]]
 * </pre>
 *
 * <p>What stands before the time is not looked at, but for the virtual host. What follows the size
 * is kept as it is, but for the duration that Traefik and the nginx ingress write.
 *
 * @param text the line
 * @param format which of the family
 * @param status the status, or {@link #NO_STATUS}
 * @param host the virtual host
 * @param timeStart where the time begins, inside its brackets
 * @param timeEnd where the time ends
 * @param requestStart where the request begins, inside its quotes
 * @param requestEnd where the request ends; a space, the status, a space and the size follow its
 *     quote
 * @param sizeEnd where the size ends
 */
record ClfLine(
    String text,
    LogFormat format,
    int status,
    @Nullable String host,
    int timeStart,
    int timeEnd,
    int requestStart,
    int requestEnd,
    int sizeEnd)
    implements LogLine {

  /** Reads a line; null if it is not of this family. */
  static @Nullable ClfLine parse(String text) {
    for (int open = text.indexOf('['); open >= 0; open = text.indexOf('[', open + 1)) {
      int close = timeEnd(text, open + 1);
      if (close >= 0) {
        return parse(text, open, close);
      }
    }
    return null;
  }

  private static @Nullable ClfLine parse(String text, int open, int close) {
    int quote = skipSpaces(text, close + 1);
    if (quote == close + 1 || quote >= text.length() || text.charAt(quote) != '"') {
      return null;
    }
    int end = requestEnd(text, quote + 1);
    String head = text.substring(0, open).strip();
    if (end < 0 || head.isEmpty()) {
      return null;
    }
    int statusEnd = tokenEnd(text, end + 2);
    int sizeEnd = tokenEnd(text, statusEnd + 1);
    String host = virtualHost(head);
    LogFormat format;
    if (host != null) {
      format = LogFormat.VHOST_COMBINED;
    } else {
      boolean more = text.indexOf('"', sizeEnd) >= 0;
      format = more ? LogFormat.COMBINED : LogFormat.COMMON;
    }
    int status =
        statusEnd - (end + 2) == 1
            ? NO_STATUS
            : Integer.parseInt(text.substring(end + 2, statusEnd));
    return new ClfLine(text, format, status, host, open + 1, close, quote + 1, end, sizeEnd);
  }

  /** Returns where the time ends if one begins at the index, else -1. */
  private static int timeEnd(String text, int start) {
    int close = text.indexOf(']', start);
    if (close < start + 19 || close > start + 40) {
      return -1;
    }
    boolean clf =
        text.charAt(start + 2) == '/'
            && text.charAt(start + 6) == '/'
            && text.charAt(start + 11) == ':';
    boolean iso =
        text.charAt(start + 4) == '-'
            && text.charAt(start + 7) == '-'
            && text.charAt(start + 10) == 'T';
    return (clf || iso) && HttpSyntax.isDigit(text.charAt(start)) ? close : -1;
  }

  /**
   * Returns where the request ends: at the first quote that no backslash escapes and that status
   * and size follow. Where there is none, a quote after a backslash will do: not all servers
   * escape.
   */
  private static int requestEnd(String text, int start) {
    int escaped = -1;
    boolean backslash = false;
    for (int i = start; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' && statusAndSizeAt(text, i + 1)) {
        if (!backslash) {
          return i;
        }
        escaped = escaped < 0 ? i : escaped;
      }
      backslash = c == '\\' && !backslash;
    }
    return escaped;
  }

  private static boolean statusAndSizeAt(String text, int index) {
    if (index >= text.length() || text.charAt(index) != ' ') {
      return false;
    }
    int statusEnd = tokenEnd(text, index + 1);
    if (!isDash(text, index + 1, statusEnd)
        && !(statusEnd - index == 4 && digits(text, index + 1, statusEnd))) {
      return false;
    }
    if (statusEnd >= text.length()) {
      return false;
    }
    int sizeEnd = tokenEnd(text, statusEnd + 1);
    return isDash(text, statusEnd + 1, sizeEnd) || digits(text, statusEnd + 1, sizeEnd);
  }

  /**
   * Returns the virtual host: what stands first, if client, ident and user follow. A user's name
   * may hold spaces, so ident must show where it is.
   */
  private static @Nullable String virtualHost(String head) {
    String[] words = head.split(" +", -1);
    if (words.length != 4 || words[1].equals("-") || !words[2].equals("-")) {
      return null;
    }
    return Origin.Authority.parse(words[0]) == null ? null : words[0];
  }

  @Override
  public LoggedRequest request() {
    String request = text.substring(requestStart, requestEnd);
    RequestLine parts = RequestLine.parse(request);
    if (parts == null) {
      return new LoggedRequest(null, null, null, host);
    }
    String target = Escapes.decodeQuoted(parts.target(request));
    return new LoggedRequest(parts.method(), target, null, host);
  }

  @Override
  public List<Edit> edits(Answer answer) {
    List<Edit> edits = new ArrayList<>();
    TimeStyle style = TimeStyle.of(text.substring(timeStart, timeEnd));
    if (style != null) {
      edits.add(new TimeField(timeStart, timeEnd, style).edit(answer));
    }
    String request = text.substring(requestStart, requestEnd);
    RequestLine parts = RequestLine.parse(request);
    if (parts != null) {
      Edit mark = Mark.insertion(parts.target(request));
      if (mark != null) {
        edits.add(mark.shifted(requestStart + parts.targetStart()));
      }
    }
    edits.add(new Edit(requestEnd + 2, sizeEnd, statusAndSize(answer)));
    Edit duration = duration(answer);
    if (duration != null) {
      edits.add(duration);
    }
    return edits;
  }

  private String statusAndSize(Answer answer) {
    if (!answer.came()) {
      return "- -";
    }
    boolean dashForNothing = text.charAt(sizeEnd - 1) == '-' && answer.size() == 0;
    return "%03d %s"
        .formatted(answer.status(), dashForNothing ? "-" : Long.toString(answer.size()));
  }

  /**
   * Returns the change to the duration that Traefik writes last and the nginx ingress in between.
   */
  private @Nullable Edit duration(Answer answer) {
    int afterReferer = quotedEnd(sizeEnd);
    int afterAgent = afterReferer < 0 ? -1 : quotedEnd(afterReferer);
    if (afterAgent < 0 || afterAgent >= text.length()) {
      return null;
    }
    int first = afterAgent + 1;
    int firstEnd = tokenEnd(text, first);
    int last = text.lastIndexOf(' ') + 1;
    int second = firstEnd + 1;
    int secondEnd = tokenEnd(text, Math.min(second, text.length()));
    if (!digits(text, first, firstEnd)) {
      return null;
    }
    if (text.endsWith("ms") && digits(text, last, text.length() - 2)) {
      return new Edit(last, text.length() - 2, Long.toString(answer.took().toMillis()));
    }
    int point = text.indexOf('.', second);
    boolean seconds =
        point > second
            && point < secondEnd
            && digits(text, second, point)
            && digits(text, point + 1, secondEnd)
            && text.startsWith(" [", secondEnd);
    return seconds ? new Edit(second, secondEnd, answer.seconds(secondEnd - point - 1)) : null;
  }

  /** Returns the end of the quoted field that begins after a space at the index, or -1. */
  private int quotedEnd(int index) {
    if (!text.startsWith(" \"", index)) {
      return -1;
    }
    for (int i = index + 2; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\\') {
        i++;
      } else if (c == '"') {
        return i + 1;
      }
    }
    return -1;
  }

  private static int skipSpaces(String text, int index) {
    int i = index;
    while (i < text.length() && text.charAt(i) == ' ') {
      i++;
    }
    return i;
  }

  private static int tokenEnd(String text, int index) {
    int end = text.indexOf(' ', index);
    return end < 0 ? text.length() : end;
  }

  private static boolean isDash(String text, int start, int end) {
    return end - start == 1 && text.charAt(start) == '-';
  }

  private static boolean digits(String text, int start, int end) {
    for (int i = start; i < end; i++) {
      if (!HttpSyntax.isDigit(text.charAt(i))) {
        return false;
      }
    }
    return end > start && end - start <= 18;
  }
}
