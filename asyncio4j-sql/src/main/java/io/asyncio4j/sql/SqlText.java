package io.asyncio4j.sql;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The text of a statement, cut at its parameters: {@code :name} or {@code ?}. What looks like one
 * in a string, a quoted name, a comment, a cast ({@code ::}) or an array's slice is none.
 */
final class SqlText {
  /** A statement as JDBC takes it. */
  record Bound(String sql, List<@Nullable Object> values) {}

  private final String sql;

  /** One text more than there are parameters. */
  private final List<String> pieces = new ArrayList<>();

  /** The name of each parameter, or null where it is a question mark. */
  private final List<@Nullable String> names = new ArrayList<>();

  private SqlText(String sql) {
    this.sql = sql;
  }

  static SqlText parse(String sql) {
    SqlText text = new SqlText(sql);
    int from = 0;
    int i = 0;
    while (i < sql.length()) {
      int end = SqlLexer.endOfOpaque(sql, i);
      if (end > i) {
        i = end;
        continue;
      }
      char c = sql.charAt(i);
      if (c == '?' && !sql.startsWith("??", i)) {
        text.add(sql.substring(from, i), null);
        from = ++i;
      } else if (c == ':' && SqlLexer.beginsName(sql, i)) {
        int endOfName = SqlLexer.endOfWord(sql, i + 1);
        text.add(sql.substring(from, i), sql.substring(i + 1, endOfName));
        from = endOfName;
        i = endOfName;
      } else {
        i += sql.startsWith("??", i) || sql.startsWith("::", i) ? 2 : 1;
      }
    }
    text.pieces.add(sql.substring(from));
    text.checkOneKind();
    return text;
  }

  private void add(String piece, @Nullable String name) {
    pieces.add(piece);
    names.add(name);
  }

  private void checkOneKind() {
    if (names.contains(null) && !isPositional()) {
      throw new IllegalArgumentException(
          "the statement has parameters by name and by '?'; use one kind, and write '??' for an"
              + " operator that is a question mark: "
              + sql);
    }
  }

  private boolean isPositional() {
    return names.stream().allMatch(name -> name == null);
  }

  /**
   * Puts the values in. A collection takes as many places as it has elements.
   *
   * @throws IllegalArgumentException if the values are not those of the parameters
   */
  Bound bind(@Nullable Object... given) {
    List<@Nullable Object> chosen = isPositional() ? byPosition(given) : byName(given);
    StringBuilder jdbc = new StringBuilder(sql.length() + 16).append(pieces.getFirst());
    List<@Nullable Object> values = new ArrayList<>(chosen.size());
    for (int i = 0; i < chosen.size(); i++) {
      if (chosen.get(i) instanceof Collection<?> collection) {
        appendAll(collection, names.get(i), jdbc, values);
      } else {
        jdbc.append('?');
        values.add(chosen.get(i));
      }
      jdbc.append(pieces.get(i + 1));
    }
    return new Bound(jdbc.toString(), values);
  }

  /** Returns the statement for many rows, whose values have one place each. */
  String forBatch() {
    return String.join("?", pieces);
  }

  /** Returns the values of one row of many. */
  List<@Nullable Object> bindRow(@Nullable Object row) {
    if (!isPositional()) {
      return byName(row);
    }
    return switch (row) {
      case List<?> list -> byPosition(list.toArray());
      case @Nullable Object[] array -> byPosition(array);
      case null, default ->
          throw new IllegalArgumentException(
              "a row of values for '?' must be a List or an array, but is "
                  + (row == null ? "null" : "a " + row.getClass().getName())
                  + ": "
                  + sql);
    };
  }

  private void appendAll(
      Collection<?> collection,
      @Nullable String name,
      StringBuilder jdbc,
      List<@Nullable Object> values) {
    if (collection.isEmpty()) {
      throw new IllegalArgumentException(
          (name == null ? "a value" : "the value of :" + name)
              + " is an empty collection, and 'in ()' is no SQL; do not ask the database then, or"
              + " give it an array ('= any(...)'): "
              + sql);
    }
    jdbc.append("?").repeat(", ?", collection.size() - 1);
    values.addAll(collection);
  }

  private List<@Nullable Object> byPosition(@Nullable Object[] given) {
    if (given.length != names.size()) {
      throw new IllegalArgumentException(
          "the statement has "
              + names.size()
              + " parameters, but was given "
              + given.length
              + " values: "
              + sql);
    }
    return Arrays.asList(given);
  }

  private List<@Nullable Object> byName(@Nullable Object... given) {
    Object source = given.length == 1 ? given[0] : null;
    List<@Nullable Object> values = new ArrayList<>(names.size());
    for (String name : names) {
      values.add(
          switch (source) {
            case Map<?, ?> map -> fromMap(map, String.valueOf(name));
            case Record record -> fromRecord(record, String.valueOf(name));
            case null, default ->
                throw new IllegalArgumentException(
                    "the statement has parameters by name, so it needs one Map or record, but was"
                        + " given "
                        + (given.length == 1
                            ? source == null ? "null" : "a " + source.getClass().getName()
                            : given.length + " values")
                        + ": "
                        + sql);
          });
    }
    return values;
  }

  private @Nullable Object fromMap(Map<?, ?> map, String name) {
    Object value = map.get(name);
    if (value == null && !map.containsKey(name)) {
      throw new IllegalArgumentException(
          "there is no value for :" + name + "; the map has " + map.keySet() + ": " + sql);
    }
    return value;
  }

  private @Nullable Object fromRecord(Record record, String name) {
    for (RecordComponent component : record.getClass().getRecordComponents()) {
      if (component.getName().equals(name)) {
        return value(record, component);
      }
    }
    throw new IllegalArgumentException(
        "there is no value for :"
            + name
            + "; "
            + record.getClass().getName()
            + " has "
            + Arrays.stream(record.getClass().getRecordComponents())
                .map(RecordComponent::getName)
                .toList()
            + ": "
            + sql);
  }

  private static @Nullable Object value(Record record, RecordComponent component) {
    try {
      component.getAccessor().setAccessible(true);
      return component.getAccessor().invoke(record);
    } catch (InvocationTargetException e) {
      throw Rethrow.<RuntimeException>as(e.getCause() == null ? e : e.getCause());
    } catch (IllegalAccessException e) {
      throw new IllegalArgumentException(Reflection.notOpen(record.getClass()), e);
    }
  }
}
