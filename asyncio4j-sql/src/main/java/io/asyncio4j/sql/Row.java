package io.asyncio4j.sql;

import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * A row whose columns are not known before: its values in the types that the driver gives them.
 * Immutable, but for values that are not.
 *
 * {@snippet :
 * for (Row row : db.query(Row.class, "select * from person")) {
 *   print(row.get("name") + " is " + row.get("age"));
 * }
 * }
 *
 * <p>Counterpart of {@code asyncpg.Record}.
 */
public final class Row {
  private final Columns columns;
  private final @Nullable Object[] values;

  private Row(Columns columns, @Nullable Object[] values) {
    this.columns = columns;
    this.values = values;
  }

  /** What the rows of one result have in common. */
  record Columns(List<String> labels) {
    static Columns of(ResultSetMetaData metaData) throws SQLException {
      return new Columns(List.copyOf(RecordShape.labels(metaData)));
    }

    private int indexOf(String name) {
      int found = -1;
      for (int i = 0; i < labels.size(); i++) {
        if (labels.get(i).equalsIgnoreCase(name)) {
          if (found >= 0) {
            throw new IllegalArgumentException(
                "two columns are called " + name + "; name them apart with 'as', or use get(int)");
          }
          found = i;
        }
      }
      if (found < 0) {
        throw new NoSuchElementException(
            "there is no column " + name + "; the columns are " + labels);
      }
      return found;
    }
  }

  static Row read(Columns columns, ResultSet row) throws SQLException {
    @Nullable Object[] values = new @Nullable Object[columns.labels().size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = row.getObject(i + 1);
    }
    return new Row(columns, values);
  }

  /**
   * Returns the names of the columns, in their order.
   *
   * @return the labels, as the database gives them
   */
  public List<String> columns() {
    return columns.labels();
  }

  /**
   * Returns the value of a column.
   *
   * @param column its name; case makes no difference
   * @return the value, or null
   * @throws NoSuchElementException if there is no such column
   * @throws IllegalArgumentException if two columns have that name
   */
  public @Nullable Object get(String column) {
    return values[columns.indexOf(column)];
  }

  /**
   * Returns the value of a column.
   *
   * @param index which one, from 0
   * @return the value, or null
   * @throws IndexOutOfBoundsException if there is no such column
   */
  public @Nullable Object get(int index) {
    return values[index];
  }

  /**
   * Returns all values by the names of their columns, in lower case, in the columns' order.
   *
   * @return an unmodifiable map
   */
  public Map<String, @Nullable Object> toMap() {
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
    for (int i = 0; i < values.length; i++) {
      map.put(columns.labels().get(i).toLowerCase(Locale.ROOT), values[i]);
    }
    return Collections.unmodifiableMap(map);
  }

  /** Returns the names and the values; these may be private, so mind where it is logged. */
  @Override
  public String toString() {
    return "Row" + toMap();
  }
}
