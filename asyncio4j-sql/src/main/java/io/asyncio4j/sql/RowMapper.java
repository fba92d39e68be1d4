package io.asyncio4j.sql;

import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * What makes an object of a row, where a record's components do not say it.
 *
 * {@snippet :
 * List<String> lines =
 *     db.query(row -> row.getString("name") + ";" + row.getInt("age"), "select name, age from person");
 * }
 *
 * <p>Counterpart of {@code asyncpg}'s {@code record_class}, and the same as the row mappers of
 * Spring and JDBI.
 *
 * @param <T> the type of the objects
 */
@FunctionalInterface
public interface RowMapper<T extends @Nullable Object> {
  /**
   * Makes an object of the row at which a result stands. It must not move the result, and had
   * better not suspend, since it has the connection meanwhile.
   *
   * @param row the result
   * @return the object
   * @throws SQLException if the row cannot be read
   */
  T map(ResultSet row) throws SQLException;
}
