package io.asyncio4j.sql;

import java.lang.reflect.Array;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.sql.ResultSet;
import java.sql.SQLDataException;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What reads one column as a Java type. */
@FunctionalInterface
interface ColumnReader {
  @Nullable Object read(ResultSet row, int column) throws SQLException;

  /** The types for which a result has a method of its own, since drivers convert more there. */
  Map<Class<?>, ColumnReader> BASIC =
      Map.ofEntries(
          Map.entry(String.class, ResultSet::getString),
          Map.entry(Boolean.class, ResultSet::getBoolean),
          Map.entry(Byte.class, ResultSet::getByte),
          Map.entry(Short.class, ResultSet::getShort),
          Map.entry(Integer.class, ResultSet::getInt),
          Map.entry(Long.class, ResultSet::getLong),
          Map.entry(Float.class, ResultSet::getFloat),
          Map.entry(Double.class, ResultSet::getDouble),
          Map.entry(BigDecimal.class, ResultSet::getBigDecimal),
          Map.entry(byte[].class, ResultSet::getBytes),
          Map.entry(Object.class, ResultSet::getObject),
          Map.entry(BigInteger.class, ColumnReader::bigInteger),
          Map.entry(Character.class, ColumnReader::character),
          Map.entry(Instant.class, ColumnReader::instant),
          Map.entry(ZonedDateTime.class, ColumnReader::zoned));

  Map<Class<?>, Class<?>> BOXES =
      Map.of(
          boolean.class, Boolean.class,
          byte.class, Byte.class,
          short.class, Short.class,
          char.class, Character.class,
          int.class, Integer.class,
          long.class, Long.class,
          float.class, Float.class,
          double.class, Double.class);

  /** Returns what reads a column as a type; SQL's null is null. */
  static ColumnReader of(Type type) {
    if (type instanceof ParameterizedType parameterized) {
      Type inner = parameterized.getActualTypeArguments()[0];
      if (parameterized.getRawType() == Optional.class) {
        ColumnReader reader = of(inner);
        return (row, column) -> Optional.ofNullable(reader.read(row, column));
      }
      if (parameterized.getRawType() == List.class) {
        return (row, column) -> list(row, column, inner);
      }
      return of(parameterized.getRawType());
    }
    if (type instanceof GenericArrayType || !(type instanceof Class<?> given)) {
      throw new IllegalArgumentException(
          "no column can be read as " + type.getTypeName() + "; use a class without parameters");
    }
    Class<?> boxed = BOXES.getOrDefault(given, given);
    ColumnReader basic = BASIC.get(boxed);
    if (basic != null) {
      return (row, column) -> {
        Object value = basic.read(row, column);
        return row.wasNull() ? null : value;
      };
    }
    if (boxed.isEnum()) {
      return (row, column) -> constant(boxed, row.getString(column));
    }
    if (boxed.isArray()) {
      return (row, column) -> array(row, column, boxed.getComponentType());
    }
    return (row, column) -> row.getObject(column, boxed);
  }

  private static @Nullable BigInteger bigInteger(ResultSet row, int column) throws SQLException {
    BigDecimal value = row.getBigDecimal(column);
    return value == null ? null : value.toBigIntegerExact();
  }

  private static @Nullable Character character(ResultSet row, int column) throws SQLException {
    String value = row.getString(column);
    if (value != null && value.length() != 1) {
      throw new SQLDataException(
          "a column of " + value.length() + " characters is to be read as one char", "22001");
    }
    return value == null ? null : value.charAt(0);
  }

  private static @Nullable Instant instant(ResultSet row, int column) throws SQLException {
    OffsetDateTime value = row.getObject(column, OffsetDateTime.class);
    return value == null ? null : value.toInstant();
  }

  private static @Nullable ZonedDateTime zoned(ResultSet row, int column) throws SQLException {
    OffsetDateTime value = row.getObject(column, OffsetDateTime.class);
    return value == null ? null : value.toZonedDateTime();
  }

  private static @Nullable Object constant(Class<?> type, @Nullable String name)
      throws SQLException {
    if (name == null) {
      return null;
    }
    for (Object constant : type.getEnumConstants()) {
      if (((Enum<?>) constant).name().equals(name)) {
        return constant;
      }
    }
    throw new SQLDataException(
        "a column has '" + name + "', which is no constant of " + type.getName(), "22018");
  }

  private static @Nullable Object array(ResultSet row, int column, Class<?> component)
      throws SQLException {
    Object elements = elements(row, column);
    if (elements == null || component.isInstance(elements) || componentOf(elements) == component) {
      return elements;
    }
    int length = Array.getLength(elements);
    Object copy = Array.newInstance(component, length);
    for (int i = 0; i < length; i++) {
      Array.set(copy, i, element(Array.get(elements, i), component));
    }
    return copy;
  }

  private static @Nullable Class<?> componentOf(Object array) {
    return array.getClass().getComponentType();
  }

  private static @Nullable List<@Nullable Object> list(ResultSet row, int column, Type component)
      throws SQLException {
    Object elements = elements(row, column);
    if (elements == null) {
      return null;
    }
    List<@Nullable Object> list = new ArrayList<>();
    for (int i = 0; i < Array.getLength(elements); i++) {
      list.add(
          component instanceof Class<?> type
              ? element(Array.get(elements, i), type)
              : Array.get(elements, i));
    }
    return Collections.unmodifiableList(list);
  }

  private static @Nullable Object elements(ResultSet row, int column) throws SQLException {
    java.sql.Array array = row.getArray(column);
    if (array == null) {
      return null;
    }
    try {
      return array.getArray();
    } finally {
      array.free();
    }
  }

  /** Drivers give the elements as the types that they think best. */
  private static @Nullable Object element(@Nullable Object value, Class<?> type)
      throws SQLException {
    Class<?> boxed = BOXES.getOrDefault(type, type);
    if (value == null || boxed.isInstance(value)) {
      return value;
    }
    if (value instanceof Number number) {
      Object converted = number(number, boxed);
      if (converted != null) {
        return converted;
      }
    }
    if (boxed.isEnum()) {
      return constant(boxed, value.toString());
    }
    throw new SQLDataException(
        "an array has elements of "
            + value.getClass().getName()
            + ", which cannot be read as "
            + type.getName(),
        "22018");
  }

  private static @Nullable Number number(Number value, Class<?> type) {
    if (type == Long.class) {
      return value.longValue();
    }
    if (type == Double.class) {
      return value.doubleValue();
    }
    if (type == Integer.class && value.longValue() == value.intValue()) {
      return value.intValue();
    }
    return null;
  }
}
