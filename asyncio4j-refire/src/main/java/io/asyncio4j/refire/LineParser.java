package io.asyncio4j.refire;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonReadFeature;

/**
 * Finds out what format a line has, and reads it. Each line is looked at by itself, so that a file
 * may mix formats. Never throws, whatever the line is.
 */
final class LineParser {
  /** What came of a line. */
  sealed interface Result {}

  /** A line that could be read. */
  record Understood(LogLine line) implements Result {}

  /**
   * A line that could not be read.
   *
   * @param reason why, as a part of a sentence
   */
  record Unreadable(String reason) implements Result {}

  private static final int MAX_WRAPPINGS = 3;

  /** Lenient where servers are sloppy; without a table of names, which hostile logs could fill. */
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .disable(TokenStreamFactory.Feature.CANONICALIZE_PROPERTY_NAMES)
          .enable(JsonReadFeature.ALLOW_BACKSLASH_ESCAPING_ANY_CHARACTER)
          .enable(JsonReadFeature.ALLOW_UNESCAPED_CONTROL_CHARS)
          .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
          .enable(JsonReadFeature.ALLOW_LEADING_ZEROS_FOR_NUMBERS)
          .build();

  private LineParser() {}

  /** Reads a line, given without its line break. */
  static Result parse(String text) {
    return parse(text, 0);
  }

  private static Result parse(String text, int wrappings) {
    if (wrappings > MAX_WRAPPINGS) {
      return new Unreadable("too many wrappings around the line");
    }
    if (isQuoted(text)) {
      Embedded body = unquote(text);
      if (parse(body.text(), wrappings + 1) instanceof Understood(LogLine inner)) {
        return new Understood(new LogLine.Wrapped(text, body, inner, List.of()));
      }
    }
    if (text.startsWith("{")) {
      return parseJson(text, 0, wrappings);
    }
    ClfLine clf = ClfLine.parse(text);
    if (clf != null) {
      return new Understood(clf);
    }
    int brace = text.indexOf('{');
    boolean prefixed = brace > 0 && text.endsWith("}") && text.lastIndexOf('"', brace) < 0;
    return prefixed ? parseJson(text, brace, wrappings) : new Unreadable("no known format");
  }

  private static boolean isQuoted(String text) {
    return text.length() > 2 && text.charAt(0) == '"' && text.charAt(text.length() - 1) == '"';
  }

  /**
   * Takes a line out of quotes; how quotes inside are written shows at the first that must be one.
   */
  private static Embedded unquote(String text) {
    int end = text.length() - 1;
    if (text.startsWith("{\\\"", 1) || text.contains("] \\\"")) {
      return Embedded.jsonString(text, 1, end);
    }
    if (text.startsWith("{\"\"", 1) || text.contains("] \"\"")) {
      return Embedded.csvField(text, 1, end);
    }
    return Embedded.plain(text, 1, end);
  }

  private static Result parseJson(String text, int start, int wrappings) {
    Map<String, JsonLine.Field> fields = new LinkedHashMap<>();
    boolean nested;
    try (JsonParser parser =
        JSON.createParser(ObjectReadContext.empty(), start == 0 ? text : text.substring(start))) {
      nested = collect(parser, text, start, fields);
    } catch (JacksonException malformed) {
      return new Unreadable("malformed JSON");
    }
    List<JsonLine.Field> known = new ArrayList<>(fields.values());
    JsonLine.Field status = find(known, JsonLine.Meaning.STATUS);
    if (status == null) {
      JsonLine.Field line = find(known, JsonLine.Meaning.LINE);
      return line == null || !line.string()
          ? new Unreadable("JSON without a status")
          : parseWrapped(text, line, known, wrappings);
    }
    Integer code = JsonLine.parseStatus(status.value(text).text());
    if (code == null) {
      return new Unreadable("JSON whose status is no status");
    }
    LogFormat format = nested ? LogFormat.CADDY_JSON : LogFormat.NGINX_JSON;
    return new Understood(new JsonLine(text, format, code, known));
  }

  private static Result parseWrapped(
      String text, JsonLine.Field line, List<JsonLine.Field> known, int wrappings) {
    Embedded body = line.value(text).withoutLineBreak();
    Result result = parse(body.text(), wrappings + 1);
    if (!(result instanceof Understood(LogLine inner))) {
      return result;
    }
    List<LogLine.TimeField> times = new ArrayList<>();
    for (JsonLine.Field field : known) {
      TimeStyle style =
          field.meaning() == JsonLine.Meaning.TIME ? TimeStyle.of(field.value(text).text()) : null;
      if (style != null) {
        times.add(new LogLine.TimeField(field.start(), field.end(), style));
      }
    }
    return new Understood(new LogLine.Wrapped(text, body, inner, times));
  }

  private static JsonLine.@Nullable Field find(
      List<JsonLine.Field> fields, JsonLine.Meaning meaning) {
    for (JsonLine.Field field : fields) {
      if (field.meaning() == meaning) {
        return field;
      }
    }
    return null;
  }

  /**
   * Collects the fields whose meaning is known.
   *
   * @return whether the request is an object of its own
   * @throws JacksonException if the text is anything but one JSON object
   */
  private static boolean collect(
      JsonParser parser, String text, int shift, Map<String, JsonLine.Field> fields) {
    parser.nextToken();
    boolean nested = false;
    String outer = "";
    int depth = 1;
    while (depth > 0) {
      JsonToken token = parser.nextToken();
      if (token == null) {
        throw new IncompleteJsonException();
      }
      switch (token) {
        case START_OBJECT, START_ARRAY -> {
          String name = depth == 1 ? parser.currentName() : null;
          if (depth == 1) {
            outer = name == null ? "" : name;
            nested |= token == JsonToken.START_OBJECT && outer.equals("request");
          } else if (depth == 2 && parser.currentName() != null) {
            add(parser, outer + "." + parser.currentName(), text, shift, fields);
          }
          depth++;
        }
        case END_OBJECT, END_ARRAY -> depth--;
        case PROPERTY_NAME -> {}
        default -> {
          String name = parser.currentName();
          if (name != null && depth == 1) {
            add(parser, name, text, shift, fields);
          } else if (name != null && depth == 2 && !outer.isEmpty()) {
            add(parser, outer + "." + name, text, shift, fields);
          }
        }
      }
    }
    if (parser.nextToken() != null) {
      throw new IncompleteJsonException();
    }
    return nested;
  }

  private static void add(
      JsonParser parser, String name, String text, int shift, Map<String, JsonLine.Field> fields) {
    JsonLine.Meaning meaning = JsonLine.meaning(name);
    JsonToken token = parser.currentToken();
    boolean string = token == JsonToken.VALUE_STRING;
    boolean number = token.isNumeric();
    boolean tls = meaning == JsonLine.Meaning.TLS && token == JsonToken.START_OBJECT;
    if (meaning == null || !(string || number || tls)) {
      return;
    }
    int start = shift + (int) parser.currentTokenLocation().getCharOffset();
    if (!tls) {
      parser.finishToken();
    }
    int end = shift + (int) parser.currentLocation().getCharOffset();
    if (string) {
      start++;
      end--;
    }
    fields.remove(name);
    fields.put(
        name, new JsonLine.Field(name, meaning, string, start, Math.min(end, text.length())));
  }

  /** A text that ends within an object, or goes on after it. */
  private static final class IncompleteJsonException extends JacksonException {
    private static final long serialVersionUID = 1L;

    private IncompleteJsonException() {
      super("not one JSON object");
    }
  }
}
