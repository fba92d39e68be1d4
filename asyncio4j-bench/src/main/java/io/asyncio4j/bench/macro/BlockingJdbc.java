package io.asyncio4j.bench.macro;

import io.asyncio4j.bench.JdbcUrl;
import io.asyncio4j.bench.LocalPostgres;
import io.asyncio4j.bench.Rounds;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * The row blocking-jdbc: PostgreSQL's driver as it is, in {@link #CONNECTIONS} tasks, each of which
 * sends one select after the other over a connection of its own. The first argument names the
 * {@link Tasks}. It starts the server.
 */
final class BlockingJdbc {
  private static final int CONNECTIONS = 32;
  private static final int ROWS = 10;

  /** It needs no table. */
  private static final String SELECT =
      "select i, 'name ' || i from generate_series(1, cast(? as integer)) as t(i)";

  private BlockingJdbc() {}

  /** Runs the program. */
  public static void main(String[] args) throws Exception {
    JdbcUrl server = JdbcUrl.of(LocalPostgres.start());
    List<Connection> connections = new ArrayList<>();
    try (Tasks tasks = Tasks.named(args[0])) {
      for (int i = 0; i < CONNECTIONS; i++) {
        connections.add(
            DriverManager.getConnection(server.url(), server.user(), server.password()));
      }
      long sumOfOne = 0;
      for (int i = 1; i <= ROWS; i++) {
        sumOfOne += i + ("name " + i).length();
      }
      long expected = sumOfOne;
      Rounds.Work selects =
          (size, _) ->
              Rounds.check(
                  size * expected,
                  tasks.sum(
                      Tasks.divided(
                          size,
                          CONNECTIONS,
                          (task, count) -> select(connections.get(task), count))));
      Rounds.run(
          tasks.name(),
          "PostgreSQL's JDBC driver, JDK " + Runtime.version(),
          Map.of("blocking-jdbc", selects),
          Arrays.copyOfRange(args, 1, args.length));
    } finally {
      for (Connection connection : connections) {
        connection.close();
      }
    }
  }

  private static long select(Connection connection, int count) throws SQLException {
    long sum = 0;
    try (PreparedStatement statement = connection.prepareStatement(SELECT)) {
      statement.setInt(1, ROWS);
      for (int i = 0; i < count; i++) {
        try (ResultSet rows = statement.executeQuery()) {
          while (rows.next()) {
            sum += rows.getInt(1) + rows.getString(2).length();
          }
        }
      }
    }
    return sum;
  }
}
