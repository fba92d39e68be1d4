package io.asyncio4j.sql;

import static io.asyncio4j.Asyncio.createTask;
import static io.asyncio4j.Asyncio.gather;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.asyncio4j.Asyncio;
import io.asyncio4j.Event;
import io.asyncio4j.EventLoop;
import io.asyncio4j.LoopErrorContext;
import io.asyncio4j.LoopOptions;
import io.asyncio4j.Task;
import io.asyncio4j.testing.TestLoop;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Databases inside this process do not hold the loop, and are cancelled as servers are. */
class EnginesTest {
  private static final Duration HELD = Duration.ofMillis(300);

  @RegisterExtension final TestLoop loop = new TestLoop();

  @TempDir Path directory;

  private enum Embedded {
    H2("jdbc:h2:%s/h2", "SELECT COUNT(*) FROM SYSTEM_RANGE(1, %d) WHERE MOD(X, 7) = 3"),
    SQLITE(
        "jdbc:sqlite:%s/sqlite",
        "WITH RECURSIVE r(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM r WHERE x < %d)"
            + " SELECT count(*) FROM r WHERE x %% 7 = 3"),
    DUCKDB(
        "jdbc:duckdb:%s/duckdb",
        "SELECT count(*) FROM range(%d) a(x), range(100) b(y) WHERE (a.x * b.y) %% 7 = 3");

    private final String url;
    private final String counting;

    Embedded(String url, String counting) {
      this.url = url;
      this.counting = counting;
    }

    Database open(Path directory, int connections) {
      return Database.open(
          String.format(url, directory), DatabaseOptions.defaults().withMaxSize(connections));
    }

    String countingTo(long n) {
      return String.format(counting, n);
    }
  }

  @ParameterizedTest
  @EnumSource(Embedded.class)
  void computing_watchdogSeesNothingHoldTheLoop(Embedded engine) throws Exception {
    List<String> reports = new CopyOnWriteArrayList<>();
    LoopOptions options =
        LoopOptions.defaults()
            .withDebug(true)
            .withExceptionHandler(report -> reports.add(report.message()));
    Asyncio.run(
        options,
        () -> {
          try (Database database = engine.open(directory, 2)) {
            Plain.execute(database.dataSource(), "CREATE TABLE t (x INT)"); // loads the classes
            EventLoop.current().slowCallbackDuration(HELD);
            long wanted = 2 * HELD.toNanos();
            long size = 100_000;
            long took = 1;
            while (took < wanted) { // whatever the machine
              size *= Math.clamp(wanted / took + 1, 2, 10);
              long began = System.nanoTime();
              Plain.ints(database.dataSource(), engine.countingTo(size));
              took = System.nanoTime() - began;
            }
          }
        });
    assertThat(reports).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(Embedded.class)
  void cancel_endsTheStatementAndTheConnectionIsKept(Embedded engine) throws Exception {
    loop.run(
        () -> {
          try (Database database = engine.open(directory, 1)) {
            Connection first;
            try (Connection connection = database.dataSource().getConnection()) {
              Plain.execute(connection, "CREATE TABLE t (x INT)");
              first = connection.unwrap(driverOf(connection));
            }
            Event executing = new Event();
            Task<?> task =
                createTask(
                    () -> {
                      try (Connection connection = database.dataSource().getConnection();
                          Statement statement = connection.createStatement()) {
                        executing.set();
                        statement.executeQuery(engine.countingTo(100_000_000_000L)).next();
                      }
                    });
            executing.await();
            task.cancel();
            assertThatThrownBy(task::await)
                .isInstanceOf(CancellationException.class)
                .hasCauseInstanceOf(SQLException.class);
            try (Connection connection = database.dataSource().getConnection()) {
              assertThat((Object) connection.unwrap(driverOf(connection))).isSameAs(first);
              assertThat(Plain.oneInt(connection, engine.countingTo(1000))).isPositive();
            }
          }
        });
  }

  private static Class<? extends Connection> driverOf(Connection connection) throws SQLException {
    String name = connection.getMetaData().getDriverName();
    return switch (name) {
      case "H2 JDBC Driver" -> org.h2.jdbc.JdbcConnection.class;
      case "SQLite JDBC" -> org.sqlite.SQLiteConnection.class;
      case "DuckDBJ" -> org.duckdb.DuckDBConnection.class;
      default -> throw new AssertionError(name);
    };
  }

  @ParameterizedTest
  @EnumSource(Embedded.class)
  void transactionsAndManyTasks_workAsOnAServer(Embedded engine) throws Exception {
    loop.run(
        () -> {
          try (Database database = engine.open(directory, 3)) {
            Plain.execute(database.dataSource(), "CREATE TABLE t (x INT)");
            try (Connection connection = database.dataSource().getConnection()) {
              connection.setAutoCommit(false);
              try (Statement statement = connection.createStatement()) {
                statement.executeUpdate("INSERT INTO t VALUES (1)");
                statement.executeUpdate("INSERT INTO t VALUES (2)");
              }
              connection.commit();
              Plain.execute(connection, "INSERT INTO t VALUES (3)");
            } // and what was not committed is gone
            Callable<List<Integer>> select =
                () -> Plain.ints(database.dataSource(), "SELECT x FROM t ORDER BY x");
            assertThat(gather(Collections.nCopies(50, select)).await())
                .allSatisfy(rows -> assertThat(rows).containsExactly(1, 2));
          }
        });
  }

  @Test
  void sqlite_lockedByAnotherWriter_waitsWithoutHoldingTheLoop() throws Exception {
    List<LoopErrorContext> reports = new CopyOnWriteArrayList<>();
    Asyncio.run(
        LoopOptions.defaults().withDebug(true).withExceptionHandler(reports::add),
        () -> {
          try (Database database = Embedded.SQLITE.open(directory, 2)) {
            Plain.execute(database.dataSource(), "CREATE TABLE t (x INT)");
            EventLoop.current().slowCallbackDuration(HELD);
            try (Connection writer = database.dataSource().getConnection()) {
              Plain.execute(writer, "BEGIN IMMEDIATE");
              Task<?> second =
                  createTask(
                      () -> {
                        try (Connection other = database.dataSource().getConnection()) {
                          Plain.execute(other, "PRAGMA busy_timeout = 600");
                          assertThatThrownBy(() -> Plain.execute(other, "BEGIN IMMEDIATE"))
                              .isInstanceOf(SQLException.class)
                              .hasMessageContaining("SQLITE_BUSY");
                        }
                      });
              second.await();
              Plain.execute(writer, "ROLLBACK");
            }
          }
        });
    assertThat(reports).isEmpty();
  }

  @Test
  void embeddedDatabase_isPrivateAndGoneWhenClosed() throws Exception {
    loop.run(
        () -> {
          for (int i = 0; i < 2; i++) {
            try (Database database = Database.embedded()) {
              Plain.execute(
                  database.dataSource(),
                  "CREATE TABLE person (id bigserial PRIMARY KEY, name text)"); // as PostgreSQL has
              Plain.execute(
                  database.dataSource(),
                  "INSERT INTO person (name) VALUES ('a') ON CONFLICT DO NOTHING");
              assertThat(Plain.oneInt(database.dataSource(), "SELECT count(*) FROM person"))
                  .isEqualTo(1);
            }
          }
        });
  }

  @Test
  void embeddedServer_createsNoDatabaseForOthers() throws Exception {
    loop.run(
        () -> {
          try (Database database = Database.embedded();
              Connection connection = database.dataSource().getConnection()) {
            String url = connection.getMetaData().getURL();
            int database0 = url.indexOf("mem:");
            assertThatThrownBy(() -> Plain.connect(url.substring(0, database0) + "mem:other"))
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("not found");
            assertThatThrownBy(() -> Plain.connect(url))
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("Wrong user name or password");
          }
        });
  }

  @Test
  void urlWithoutADriver_saysWhichJarIsMissing() {
    assertThatThrownBy(() -> Database.open("jdbc:nosuch://host/db?password=secret"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no JDBC driver")
        .hasMessageContaining("jdbc:nosuch://host/db")
        .hasMessageNotContaining("secret");
  }
}
