package io.asyncio4j.sql;

import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLDataException;
import java.sql.SQLException;
import java.sql.SQLSyntaxErrorException;
import org.jspecify.annotations.Nullable;

/**
 * The choice of what reads the rows of one result. It is made anew for each result, since the same
 * text may have other columns the next time.
 */
@FunctionalInterface
interface RowMappers<T extends @Nullable Object> {
  RowMapper<? extends T> forResult(ResultSet result) throws SQLException;

  /** Reads rows as a record, as a {@link Row}, or as the one column that they have. */
  static <T> RowMappers<T> of(Class<T> type) {
    if (type.isRecord()) {
      RecordShape<T> shape = RecordShape.of(type);
      return result -> shape.mapper(result.getMetaData());
    }
    if (type == Row.class) {
      return result -> {
        Row.Columns columns = Row.Columns.of(result.getMetaData());
        return row -> type.cast(Row.read(columns, row));
      };
    }
    ColumnReader reader = ColumnReader.of(type);
    return result -> {
      checkOneColumn(result.getMetaData(), type);
      return row -> cast(type, reader.read(row, 1));
    };
  }

  static <T extends @Nullable Object> RowMappers<T> of(RowMapper<? extends T> mapper) {
    return _ -> mapper;
  }

  private static void checkOneColumn(ResultSetMetaData columns, Class<?> type) throws SQLException {
    if (columns.getColumnCount() != 1) {
      throw new SQLSyntaxErrorException(
          "a row is to be read as "
              + type.getName()
              + ", but has "
              + columns.getColumnCount()
              + " columns; select one, or use a record, a Row or a RowMapper",
          "42804");
    }
  }

  @SuppressWarnings("unchecked") // a reader of int.class gives an Integer, which no cast allows
  private static <T> T cast(Class<T> type, @Nullable Object value) throws SQLException {
    if (value == null) {
      throw new NullScalarException(type);
    }
    return type.isPrimitive() ? (T) value : type.cast(value);
  }

  /** SQL's null where a value was asked for; {@code queryOptional} takes it for none. */
  final class NullScalarException extends SQLDataException {
    private static final long serialVersionUID = 1L;

    NullScalarException(Class<?> type) {
      super(
          "the column is null, and was to be read as "
              + type.getName()
              + "; leave nulls out ('is not null'), replace them (coalesce), use queryOptional for"
              + " one row, or read Rows",
          "22002");
    }
  }
}
