package io.asyncio4j.refire;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A line that is a JSON object: flat, as nginx is told to write it, under the many names that
 * people give its fields, or with a nested request, as Caddy writes it.
 *
 * <p>Of a name that stands there twice the last one counts. The changes concern the values of known
 * fields only; all other bytes stay.
 *
 * @param text the line
 * @param format which of the two
 * @param status the status, or {@link #NO_STATUS}
 * @param fields the fields whose meaning is known, in their order, each name once
 */
record JsonLine(String text, LogFormat format, int status, List<Field> fields) implements LogLine {

  /** What a field means. */
  enum Meaning {
    STATUS,
    /** A request line, or a path alone. */
    REQUEST,
    /** The request target as it was sent. */
    TARGET,
    /** nginx's normalized path, without the query. */
    PATH,
    /** The query without its question mark. */
    QUERY,
    METHOD,
    /** The host that the client asked for. */
    HOST,
    /** The server's own name, for want of better. */
    SERVER,
    SCHEME,
    TIME,
    /** The size of the body. */
    BODY_SIZE,
    /** The size of the body and the headers. */
    WHOLE_SIZE,
    /** Seconds. */
    DURATION,
    /** Another line, in a string. */
    LINE,
    /** An object that shows that the connection was encrypted. */
    TLS
  }

  private static final Map<String, Meaning> FLAT =
      Map.ofEntries(
          Map.entry("status", Meaning.STATUS),
          Map.entry("http_status", Meaning.STATUS),
          Map.entry("status_code", Meaning.STATUS),
          Map.entry("response_status", Meaning.STATUS),
          Map.entry("response_code", Meaning.STATUS),
          Map.entry("request", Meaning.REQUEST),
          Map.entry("request_line", Meaning.REQUEST),
          Map.entry("request_uri", Meaning.TARGET),
          Map.entry("request_url", Meaning.TARGET),
          Map.entry("url", Meaning.TARGET),
          Map.entry("uri", Meaning.PATH),
          Map.entry("path", Meaning.PATH),
          Map.entry("args", Meaning.QUERY),
          Map.entry("query_string", Meaning.QUERY),
          Map.entry("request_method", Meaning.METHOD),
          Map.entry("method", Meaning.METHOD),
          Map.entry("http_method", Meaning.METHOD),
          Map.entry("http_host", Meaning.HOST),
          Map.entry("host", Meaning.HOST),
          Map.entry("domain_http_host", Meaning.HOST),
          Map.entry("vhost", Meaning.HOST),
          Map.entry("request_host", Meaning.HOST),
          Map.entry("server_name", Meaning.SERVER),
          Map.entry("scheme", Meaning.SCHEME),
          Map.entry("request_scheme", Meaning.SCHEME),
          Map.entry("@timestamp", Meaning.TIME),
          Map.entry("time", Meaning.TIME),
          Map.entry("time_local", Meaning.TIME),
          Map.entry("time_iso8601", Meaning.TIME),
          Map.entry("timestamp", Meaning.TIME),
          Map.entry("msec", Meaning.TIME),
          Map.entry("ts", Meaning.TIME),
          Map.entry("body_bytes_sent", Meaning.BODY_SIZE),
          Map.entry("size", Meaning.BODY_SIZE),
          Map.entry("bytes", Meaning.BODY_SIZE),
          Map.entry("response_size", Meaning.BODY_SIZE),
          Map.entry("bytes_sent", Meaning.WHOLE_SIZE),
          Map.entry("request_time", Meaning.DURATION),
          Map.entry("duration", Meaning.DURATION),
          Map.entry("log", Meaning.LINE),
          Map.entry("message", Meaning.LINE));

  private static final Map<String, Meaning> NESTED =
      Map.of(
          "request.method", Meaning.METHOD,
          "request.uri", Meaning.TARGET,
          "request.host", Meaning.HOST,
          "request.tls", Meaning.TLS);

  /**
   * A field whose meaning is known.
   *
   * @param name its name, with that of the object around it
   * @param meaning what it means
   * @param string whether the value is a string
   * @param start where the value begins, inside its quotes
   * @param end where the value ends, inside its quotes
   */
  record Field(String name, Meaning meaning, boolean string, int start, int end) {
    Embedded value(String text) {
      return string ? Embedded.jsonString(text, start, end) : Embedded.plain(text, start, end);
    }
  }

  /** Returns what a field of this name means; null if that is not known. */
  static @Nullable Meaning meaning(String name) {
    return name.indexOf('.') >= 0 ? NESTED.get(name) : FLAT.get(name.toLowerCase(Locale.ROOT));
  }

  /** Reads the text of a status; null if it is none. */
  static @Nullable Integer parseStatus(String value) {
    if (value.equals("-")) {
      return NO_STATUS;
    }
    String digits = value.endsWith(".0") ? value.substring(0, value.length() - 2) : value;
    boolean three =
        digits.length() == 3 && digits.chars().allMatch(c -> HttpSyntax.isDigit((char) c));
    return three || digits.equals("0") ? Integer.valueOf(digits) : null;
  }

  @Override
  public LoggedRequest request() {
    String method = value(Meaning.METHOD);
    String target = null;
    Field request = find(Meaning.REQUEST);
    String line = request == null ? null : request.value(text).text();
    RequestLine parts = line == null ? null : RequestLine.parse(line);
    Field exact = find(Meaning.TARGET);
    if (exact != null) {
      target = exact.value(text).text();
    } else if (line != null && parts != null) {
      target = parts.target(line);
    } else if (line != null && line.startsWith("/")) {
      target = line;
    } else {
      target = pathAndQuery();
    }
    if (method == null && parts != null) {
      method = parts.method();
    }
    boolean named = method != null && target != null && HttpSyntax.isToken(method);
    return new LoggedRequest(named ? method : null, named ? target : null, scheme(), host());
  }

  private @Nullable String pathAndQuery() {
    String path = value(Meaning.PATH);
    String query = value(Meaning.QUERY);
    boolean plain = path == null || query == null || path.indexOf('?') >= 0;
    return plain ? path : path + "?" + query;
  }

  private @Nullable String host() {
    String host = value(Meaning.HOST);
    if (host == null) {
      host = value(Meaning.SERVER);
    }
    return "_".equals(host) ? null : host;
  }

  private @Nullable String scheme() {
    if (format == LogFormat.CADDY_JSON) {
      return find(Meaning.TLS) == null ? "http" : "https";
    }
    String scheme = value(Meaning.SCHEME);
    return scheme == null ? null : scheme.toLowerCase(Locale.ROOT);
  }

  private @Nullable String value(Meaning meaning) {
    Field field = find(meaning);
    return field == null ? null : field.value(text).text();
  }

  /** Returns the first field of a meaning that says something. */
  private @Nullable Field find(Meaning meaning) {
    for (Field field : fields) {
      if (field.meaning == meaning && field.end > field.start && !isDash(field)) {
        return field;
      }
    }
    return null;
  }

  private boolean isDash(Field field) {
    return field.end - field.start == 1 && text.charAt(field.start) == '-';
  }

  @Override
  public List<Edit> edits(Answer answer) {
    List<Edit> edits = new ArrayList<>();
    boolean bodySize = fields.stream().anyMatch(f -> f.meaning == Meaning.BODY_SIZE);
    for (Field field : fields) {
      switch (field.meaning) {
        case STATUS -> edits.add(replace(field, statusText(field, answer)));
        case BODY_SIZE -> addNumber(edits, field, Long.toString(answer.size()));
        case WHOLE_SIZE -> {
          if (!bodySize) {
            addNumber(edits, field, Long.toString(answer.size()));
          }
        }
        case DURATION -> addNumber(edits, field, answer.seconds(fractionDigits(field)));
        case TIME -> {
          TimeStyle style = TimeStyle.of(field.value(text).text());
          if (style != null) {
            edits.add(replace(field, style.format(answer.at())));
          }
        }
        case REQUEST, TARGET, PATH, QUERY -> addMark(edits, field);
        case METHOD, HOST, SERVER, SCHEME, LINE, TLS -> {}
      }
    }
    return edits;
  }

  private static String statusText(Field field, Answer answer) {
    if (answer.came()) {
      return "%03d".formatted(answer.status());
    }
    return field.string ? "-" : "\"-\"";
  }

  private static Edit replace(Field field, String value) {
    return new Edit(field.start, field.end, value);
  }

  /** Replaces a number by another; anything else, such as a duration with a unit, stays. */
  private void addNumber(List<Edit> edits, Field field, String value) {
    String old = field.value(text).text();
    boolean number = !old.isEmpty() && old.chars().allMatch(c -> "0123456789.eE+-".indexOf(c) >= 0);
    if (number) {
      edits.add(replace(field, value));
    }
  }

  private int fractionDigits(Field field) {
    String value = field.value(text).text();
    int point = value.indexOf('.');
    boolean scientific = value.indexOf('e') >= 0 || value.indexOf('E') >= 0;
    return point < 0 || scientific ? 9 : Math.min(9, Math.max(3, value.length() - point - 1));
  }

  /** Marks each field that holds the URL, so that they go on saying the same. */
  private void addMark(List<Edit> edits, Field field) {
    Embedded value = field.value(text);
    Edit mark = markOf(field.meaning, value.text());
    if (mark != null && field.string) {
      edits.add(value.outward(mark));
    }
  }

  private @Nullable Edit markOf(Meaning meaning, String value) {
    boolean whole = find(Meaning.TARGET) != null || find(Meaning.REQUEST) != null;
    switch (meaning) {
      case REQUEST -> {
        RequestLine parts = RequestLine.parse(value);
        if (parts != null) {
          Edit edit = Mark.insertion(parts.target(value));
          return edit == null ? null : edit.shifted(parts.targetStart());
        }
        return value.startsWith("/") ? Mark.insertion(value) : null;
      }
      case TARGET -> {
        return Mark.insertion(value);
      }
      case PATH -> {
        return whole || find(Meaning.QUERY) != null ? null : Mark.insertion(value);
      }
      case QUERY -> {
        return whole || value.isEmpty() || value.equals("-") ? null : Mark.queryInsertion(value);
      }
      default -> {
        return null;
      }
    }
  }
}
