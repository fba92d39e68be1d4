package io.asyncio4j.sql;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;

/** Plain JDBC, as any library does it. */
final class Plain {
  private Plain() {}

  /** Opens a connection without a pool. */
  static Connection connect(String url) throws SQLException {
    DatabaseUrl parsed = DatabaseUrl.parse(url);
    return DriverManager.getConnection(parsed.jdbc(), parsed.properties());
  }

  /** Returns a URL with one more parameter. */
  static String with(String url, String parameter) {
    return url + (url.contains("?") ? "&" : "?") + parameter;
  }

  static void execute(DataSource source, String sql) throws SQLException {
    try (Connection connection = source.getConnection()) {
      execute(connection, sql);
    }
  }

  static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** Returns the first column of all rows. */
  static List<Integer> ints(DataSource source, String sql) throws SQLException {
    try (Connection connection = source.getConnection()) {
      return ints(connection, sql);
    }
  }

  static List<Integer> ints(Connection connection, String sql) throws SQLException {
    List<Integer> rows = new ArrayList<>();
    try (PreparedStatement statement = connection.prepareStatement(sql);
        ResultSet result = statement.executeQuery()) {
      while (result.next()) {
        rows.add(result.getInt(1));
      }
    }
    return rows;
  }

  static int oneInt(DataSource source, String sql) throws SQLException {
    return ints(source, sql).getFirst();
  }

  static int oneInt(Connection connection, String sql) throws SQLException {
    return ints(connection, sql).getFirst();
  }

  /** Asks until the answer is the expected one: for what another process does in its own time. */
  static void await(Connection connection, String sql, int expected) throws SQLException {
    while (oneInt(connection, sql) != expected) {
      Thread.onSpinWait();
    }
  }
}
