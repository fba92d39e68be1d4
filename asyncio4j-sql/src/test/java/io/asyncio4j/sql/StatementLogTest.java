package io.asyncio4j.sql;

import static io.asyncio4j.Asyncio.createTask;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.asyncio4j.testing.AsyncTest;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.h2.jdbcx.JdbcConnectionPool;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is written of statements, and what is not. */
final class StatementLogTest {
  /** Kept, since java.util.logging keeps loggers weakly. */
  private static final Logger LOGGER = Logger.getLogger(StatementLog.LOGGER_NAME);

  private final List<String> lines = new ArrayList<>();
  private final Handler handler =
      new Handler() {
        @Override
        public void publish(LogRecord line) {
          lines.add(line.getLevel() + " " + line.getMessage());
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };

  /** Each look at the clock takes 1.5 ms. */
  private final long[] clock = {0};

  private final StatementLog log =
      new StatementLog(Duration.ofSeconds(1), false, () -> clock[0] += 1_500_000);

  @BeforeEach
  void listen() {
    LOGGER.setLevel(Level.ALL);
    LOGGER.setUseParentHandlers(false);
    LOGGER.addHandler(handler);
  }

  @AfterEach
  void stopListening() {
    LOGGER.removeHandler(handler);
    LOGGER.setUseParentHandlers(true);
    LOGGER.setLevel(null);
  }

  private static Database open(StatementLog log) {
    return Database.open(
        "jdbc:h2:mem:;MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE",
        DatabaseOptions.defaults().withStatementLog(log));
  }

  @AsyncTest
  void log_statements_areWrittenWithoutValues() throws SQLException {
    try (Database db = open(log)) {
      createTask(
              "maker",
              () -> {
                db.update("create table person (id int, name varchar(20))");
                db.update("insert into person values (1, 'Ada')");
                db.update("update person set name = ?", "Grace");
                db.query(
                    String.class,
                    "select name from person where name = :name",
                    Map.of("name", "x"));
                db.batch("insert into person values (?, 'y')", List.of(List.of(2), List.of(3)));
              })
          .await();
    }
    assertThat(lines)
        .containsExactly(
            "FINE 1.5 ms, 0 rows, task 'maker': create table person (id int, name varchar(?))",
            "FINE 1.5 ms, 1 row, task 'maker': insert into person values (?, ?)",
            "FINE 1.5 ms, 1 row, task 'maker': update person set name = ?",
            "FINE 1.5 ms, task 'maker': select name from person where name = ?",
            "FINE 1.5 ms, batch of 2, task 'maker': insert into person values (?, ?)");
  }

  @AsyncTest
  void log_valuesAskedFor_areWritten() throws SQLException {
    try (Database db = open(log.withValues(true))) {
      db.query(String.class, "select cast(? as varchar) || 'b' where 1 = ?", "a", 1);
    }
    assertThat(lines)
        .singleElement()
        .asString()
        .endsWith("': select cast(? as varchar) || 'b' where 1 = ? <- [a, 1]");
  }

  @AsyncTest
  void log_slowStatement_isAWarning() throws SQLException {
    try (Database db = open(log.withSlowAfter(Duration.ofMillis(1)))) {
      db.queryOne(Integer.class, "select 1");
      LOGGER.setLevel(Level.OFF);
      db.queryOne(Integer.class, "select 2");
    }
    assertThat(lines).singleElement().asString().startsWith("WARNING 1.5 ms, slow, task '");
  }

  @AsyncTest
  void log_failure_hasItsStateButNotItsMessage() throws SQLException {
    try (Database db = open(log)) {
      db.update("create table person (name varchar(20) primary key)");
      db.update("insert into person values (?)", "secret");
      assertThatThrownBy(() -> db.update("insert into person values (?)", "secret"))
          .hasMessageContaining("secret");
    }
    assertThat(lines.getLast()).contains(", failed with 23505, task '").doesNotContain("secret");
  }

  @AsyncTest
  void log_otherLibraries_areLoggedToo() throws SQLException {
    try (Database db = open(log);
        Connection connection = db.dataSource().getConnection();
        Statement statement = connection.createStatement();
        PreparedStatement prepared = connection.prepareStatement("select 'a'")) {
      statement.execute("select 'b'");
      prepared.executeQuery().close();
      assertThat(statement.getConnection()).isEqualTo(connection);
      assertThat(connection.unwrap(Connection.class)).isNotNull();
    }
    assertThat(lines).hasSize(2).allMatch(line -> line.endsWith("': select ?"));
  }

  @AsyncTest
  void around_dataSourceOfAnotherPool_logs() throws SQLException {
    JdbcConnectionPool pool = JdbcConnectionPool.create("jdbc:h2:mem:", "sa", "");
    try (Database db = Database.of(log.around(pool))) {
      db.queryOne(Integer.class, "select 1");
      db.transaction(tx -> tx.queryOne(Integer.class, "select 2"));
    } finally {
      pool.dispose();
    }
    assertThat(lines).hasSize(2);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '^',
      value = {
        "select 'a''b', E'\\'x', 12, 1.5e10, -3 | select ??, E?, ?, ?, -?",
        "a1 = 5 and \"b 2\" = $1 limit 10 | a1 = ? and \"b 2\" = $1 limit ?",
        "select $$secret$$, $t$x$t$ -- 5 'x' | select ?, ? -- 5 'x'",
      })
  void redact_literals_areQuestionMarks(String sql, String redacted) {
    assertThat(SqlLexer.redact(sql)).isEqualTo(redacted);
  }

  @Test
  void toString_saysWhatItDoes() {
    assertThat(StatementLog.defaults().withValues(true))
        .hasToString("StatementLog[slowAfter=PT1S, values=true]");
  }
}
