package io.asyncio4j.sql;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Sets the values of a statement, those too for which JDBC has no type of its own. */
final class Binder {
  private Binder() {}

  static void bind(PreparedStatement statement, List<? extends @Nullable Object> values)
      throws SQLException {
    for (int i = 0; i < values.size(); i++) {
      bind(statement, i + 1, values.get(i));
    }
  }

  private static void bind(PreparedStatement statement, int index, @Nullable Object value)
      throws SQLException {
    switch (value) {
      case null -> statement.setNull(index, Types.NULL);
      case String string -> statement.setString(index, string);
      case Enum<?> constant when isPostgres(statement.getConnection()) ->
          statement.setObject(index, constant.name(), Types.OTHER); // a text, or an enum of its own
      case Enum<?> constant -> statement.setString(index, constant.name());
      case Character character -> statement.setString(index, character.toString());
      case Instant instant -> statement.setObject(index, instant.atOffset(ZoneOffset.UTC));
      case ZonedDateTime zoned -> statement.setObject(index, zoned.toOffsetDateTime());
      default -> statement.setObject(index, value);
    }
  }

  static boolean isPostgres(Connection connection) throws SQLException {
    return connection
        .getMetaData()
        .getDatabaseProductName()
        .toLowerCase(Locale.ROOT)
        .contains("postgresql");
  }
}
