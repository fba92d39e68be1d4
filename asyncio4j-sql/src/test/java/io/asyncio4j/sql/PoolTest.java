package io.asyncio4j.sql;

import static io.asyncio4j.Asyncio.gather;
import static org.assertj.core.api.Assertions.assertThat;

import io.asyncio4j.testing.TestLoop;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The rules of the pool. */
class PoolTest {
  @RegisterExtension final TestLoop loop = new TestLoop();

  private static int count(DataSource source, String sql) throws SQLException {
    int rows = 0;
    try (Connection connection = source.getConnection();
        PreparedStatement statement = connection.prepareStatement(sql);
        ResultSet result = statement.executeQuery()) {
      while (result.next()) {
        rows += result.getInt(1) > 0 ? 1 : 0;
      }
    }
    return rows;
  }

  @Test
  void fiveHundredSelects_tenConnections_allRows() throws Exception {
    loop.run(
        () -> {
          try (Database database = Database.embedded()) {
            DataSource source = database.dataSource();
            Callable<Integer> select = () -> count(source, "SELECT * FROM generate_series(1, 100)");
            long t = System.nanoTime();
            List<Integer> rows = gather(Collections.nCopies(500, select)).await();
            System.err.println("H2 " + (System.nanoTime() - t) / 1000_000);
            assertThat(rows).hasSize(500).containsOnly(100);
            assertThat(database.statistics().open()).isEqualTo(10);
          }
        });
  }

  @Test
  void fiveHundredSelects_tenConnections_allRowsPg() throws Exception {
    String url = PostgresServer.sharedUrl();
    loop.run(
        () -> {
          try (Database database = Database.open(url)) {
            DataSource source = database.dataSource();
            Callable<Integer> select = () -> count(source, "SELECT generate_series(1, 100)");
            for (int i = 0; i < 10; i++) {
              long t = System.nanoTime();
              List<Integer> rows = gather(Collections.nCopies(500, select)).await();
              System.err.println("PG " + (System.nanoTime() - t) / 1000_000);
              assertThat(rows).hasSize(500).containsOnly(100);
              assertThat(database.statistics().open()).isEqualTo(10);
            }
          }
        });
  }
}
