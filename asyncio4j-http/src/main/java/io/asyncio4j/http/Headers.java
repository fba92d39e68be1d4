package io.asyncio4j.http;

import java.util.AbstractMap.SimpleImmutableEntry;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An immutable list of header fields, in their order; names are compared without regard to case.
 *
 * <p>May be used by any thread. Counterpart of {@code httpx.Headers}, but immutable, and a name may
 * stand several times without its values being joined.
 */
public final class Headers implements Iterable<Map.Entry<String, String>> {
  private static final Headers EMPTY = new Headers(List.of());
  private static final String TOKEN_PUNCTUATION = "!#$%&'*+-.^_`|~";

  /** Names and values by turns. */
  private final List<String> fields;

  private Headers(List<String> fields) {
    this.fields = fields;
  }

  /**
   * Returns headers without a field.
   *
   * @return the empty headers
   */
  public static Headers empty() {
    return EMPTY;
  }

  /**
   * Returns headers of these fields.
   *
   * @param namesAndValues names and values by turns
   * @return the headers
   * @throws IllegalArgumentException if a value is missing, or as {@link #with} says
   */
  public static Headers of(String... namesAndValues) {
    if (namesAndValues.length % 2 != 0) {
      throw new IllegalArgumentException(
          "the header '" + namesAndValues[namesAndValues.length - 1] + "' has no value");
    }
    Headers headers = EMPTY;
    for (int i = 0; i < namesAndValues.length; i += 2) {
      headers = headers.with(namesAndValues[i], namesAndValues[i + 1]);
    }
    return headers;
  }

  /** Returns headers of fields that came from the network, unchecked. */
  static Headers received(List<String> namesAndValues) {
    return new Headers(List.copyOf(namesAndValues));
  }

  /**
   * Returns these headers with one field more, at the end.
   *
   * @param name the field's name
   * @param value its value
   * @return new headers
   * @throws IllegalArgumentException if the name is no HTTP token, or the value holds a line break,
   *     another control character, or a character beyond U+00FF
   */
  public Headers with(String name, String value) {
    checkName(name);
    checkValue(name, value);
    List<String> more = new ArrayList<>(fields.size() + 2);
    more.addAll(fields);
    more.add(name);
    more.add(value);
    return new Headers(List.copyOf(more));
  }

  /**
   * Returns these headers with one field in the place of all that have its name.
   *
   * @param name the field's name
   * @param value its value
   * @return new headers
   * @throws IllegalArgumentException as {@link #with} says
   */
  public Headers replacing(String name, String value) {
    return without(name).with(name, value);
  }

  /**
   * Returns these headers without the fields of a name.
   *
   * @param name the name
   * @return new headers, or these if there is none
   */
  public Headers without(String name) {
    if (!contains(name)) {
      return this;
    }
    List<String> fewer = new ArrayList<>(fields.size());
    for (int i = 0; i < fields.size(); i += 2) {
      if (!fields.get(i).equalsIgnoreCase(name)) {
        fewer.add(fields.get(i));
        fewer.add(fields.get(i + 1));
      }
    }
    return new Headers(List.copyOf(fewer));
  }

  /** Returns these headers with others in the place of those that have their names. */
  Headers overriddenBy(Headers others) {
    if (others.fields.isEmpty()) {
      return this;
    }
    Headers kept = this;
    for (Map.Entry<String, String> field : others) {
      kept = kept.without(field.getKey());
    }
    List<String> joined = new ArrayList<>(kept.fields);
    joined.addAll(others.fields);
    return new Headers(List.copyOf(joined));
  }

  /**
   * Returns the first value of a name.
   *
   * @param name the name, in any case
   * @return the value, or null if there is none
   */
  public @Nullable String get(String name) {
    for (int i = 0; i < fields.size(); i += 2) {
      if (fields.get(i).equalsIgnoreCase(name)) {
        return fields.get(i + 1);
      }
    }
    return null;
  }

  /**
   * Returns all values of a name, in their order.
   *
   * @param name the name, in any case
   * @return the values; empty if there is none
   */
  public List<String> all(String name) {
    List<String> values = new ArrayList<>();
    for (int i = 0; i < fields.size(); i += 2) {
      if (fields.get(i).equalsIgnoreCase(name)) {
        values.add(fields.get(i + 1));
      }
    }
    return List.copyOf(values);
  }

  /**
   * Tells whether there is a field of a name.
   *
   * @param name the name, in any case
   * @return whether there is one
   */
  public boolean contains(String name) {
    return get(name) != null;
  }

  /**
   * Returns how many fields there are.
   *
   * @return the number of fields
   */
  public int size() {
    return fields.size() / 2;
  }

  /**
   * Returns the values by name, names in lower case.
   *
   * @return a map in the order of the fields
   */
  public Map<String, List<String>> toMap() {
    Map<String, List<String>> map = new LinkedHashMap<>();
    for (Map.Entry<String, String> field : this) {
      map.computeIfAbsent(field.getKey().toLowerCase(Locale.ROOT), _ -> new ArrayList<>())
          .add(field.getValue());
    }
    return map;
  }

  /** Iterates over the fields, in their order. */
  @Override
  public Iterator<Map.Entry<String, String>> iterator() {
    List<Map.Entry<String, String>> entries = new ArrayList<>(size());
    for (int i = 0; i < fields.size(); i += 2) {
      entries.add(new SimpleImmutableEntry<>(fields.get(i), fields.get(i + 1)));
    }
    return List.copyOf(entries).iterator();
  }

  private static void checkName(String name) {
    Objects.requireNonNull(name, "name");
    boolean token = !name.isEmpty();
    for (int i = 0; i < name.length() && token; i++) {
      char c = name.charAt(i);
      token =
          (c >= '0' && c <= '9')
              || (c >= 'A' && c <= 'Z')
              || (c >= 'a' && c <= 'z')
              || TOKEN_PUNCTUATION.indexOf(c) >= 0;
    }
    if (!token) {
      throw new IllegalArgumentException(
          "'"
              + printable(name)
              + "' is no header name; use letters, digits and "
              + TOKEN_PUNCTUATION);
    }
  }

  private static void checkValue(String name, String value) {
    Objects.requireNonNull(value, "value");
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if ((c < ' ' && c != '\t') || c == 0x7f || c > 0xff) {
        throw new IllegalArgumentException(
            String.format(
                "the value of header %s holds U+%04X at index %d; encode it, HTTP headers carry"
                    + " neither control characters nor characters beyond U+00FF",
                name, (int) c, i));
      }
    }
  }

  private static String printable(String text) {
    return text.replace("\r", "\\r").replace("\n", "\\n");
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Headers headers && headers.fields.equals(fields);
  }

  @Override
  public int hashCode() {
    return fields.hashCode();
  }

  /** Returns the fields, a line each. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (Map.Entry<String, String> field : this) {
      text.append(field.getKey()).append(": ").append(field.getValue()).append('\n');
    }
    return text.toString();
  }
}
