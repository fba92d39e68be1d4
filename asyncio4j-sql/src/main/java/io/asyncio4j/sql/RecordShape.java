package io.asyncio4j.sql;

import java.lang.invoke.MethodType;
import java.lang.reflect.Constructor;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLDataException;
import java.sql.SQLException;
import java.sql.SQLSyntaxErrorException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What is known of a record type: how its components are read, and how one is made. */
final class RecordShape<T> {
  private static final ClassValue<RecordShape<?>> SHAPES =
      new ClassValue<>() {
        @Override
        protected RecordShape<?> computeValue(Class<?> type) {
          return new RecordShape<>(type);
        }
      };

  private final Class<T> type;
  private final RecordComponent[] components;
  private final ColumnReader[] readers;
  private final Constructor<T> constructor;

  private RecordShape(Class<T> type) {
    this.type = type;
    components = type.getRecordComponents();
    readers =
        Arrays.stream(components)
            .map(component -> ColumnReader.of(component.getGenericType()))
            .toArray(ColumnReader[]::new);
    try {
      constructor =
          type.getDeclaredConstructor(
              Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new));
      constructor.setAccessible(true);
    } catch (NoSuchMethodException e) {
      throw new AssertionError("a record without its constructor: " + type, e);
    } catch (InaccessibleObjectException e) {
      throw new IllegalArgumentException(Reflection.notOpen(type), e);
    }
  }

  @SuppressWarnings("unchecked") // the shape of Class<T> is a RecordShape<T>
  static <T> RecordShape<T> of(Class<T> type) {
    return (RecordShape<T>) SHAPES.get(type);
  }

  /** Finds the column of each component. */
  RowMapper<T> mapper(ResultSetMetaData columns) throws SQLException {
    int[] indexes = new int[components.length];
    for (int i = 0; i < indexes.length; i++) {
      indexes[i] = find(columns, components[i].getName());
    }
    return row -> create(row, indexes);
  }

  private int find(ResultSetMetaData columns, String component) throws SQLException {
    int found = 0;
    String wanted = normal(component);
    for (int i = 1; i <= columns.getColumnCount(); i++) {
      if (normal(columns.getColumnLabel(i)).equals(wanted)) {
        if (found > 0) {
          throw new SQLSyntaxErrorException(
              "two columns are called "
                  + columns.getColumnLabel(i)
                  + ", so what "
                  + type.getName()
                  + "."
                  + component
                  + " is cannot be told; name them apart with 'as'",
              "42702");
        }
        found = i;
      }
    }
    if (found == 0) {
      throw new SQLSyntaxErrorException(
          "there is no column for "
              + type.getName()
              + "."
              + component
              + "; the columns are "
              + labels(columns)
              + ", and case and '_' make no difference",
          "42703");
    }
    return found;
  }

  private static String normal(String name) {
    return name.replace("_", "").toLowerCase(Locale.ROOT);
  }

  static List<String> labels(ResultSetMetaData columns) throws SQLException {
    List<String> labels = new ArrayList<>();
    for (int i = 1; i <= columns.getColumnCount(); i++) {
      labels.add(columns.getColumnLabel(i));
    }
    return labels;
  }

  private T create(ResultSet row, int[] indexes) throws SQLException {
    @Nullable Object[] values = new @Nullable Object[indexes.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = readers[i].read(row, indexes[i]);
      if (values[i] == null && components[i].getType().isPrimitive()) {
        throw new SQLDataException(
            "the column of "
                + type.getName()
                + "."
                + components[i].getName()
                + " is null, which no "
                + components[i].getType()
                + " can be; make the component "
                + MethodType.methodType(components[i].getType()).wrap().returnType().getSimpleName()
                + ", or replace nulls with coalesce",
            "22002");
      }
    }
    try {
      return constructor.newInstance(values);
    } catch (InvocationTargetException e) {
      throw Rethrow.<RuntimeException>as(e.getCause() == null ? e : e.getCause());
    } catch (InstantiationException | IllegalAccessException e) {
      throw new LinkageError("the constructor of a record cannot be called: " + type, e);
    }
  }
}
