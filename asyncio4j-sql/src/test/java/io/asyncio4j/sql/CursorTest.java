package io.asyncio4j.sql;

import static io.asyncio4j.Asyncio.createTask;
import static io.asyncio4j.Asyncio.sleep;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.asyncio4j.Task;
import io.asyncio4j.testing.AsyncTest;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Reading a result a page at a time. */
@ParameterizedClass
@EnumSource(TestDatabases.class)
final class CursorTest {
  private record Numbered(long n) {}

  @Parameter TestDatabases engine;

  private final String name = TestDatabases.newName();
  private Database db;

  @BeforeEach
  void open() throws SQLException {
    db = engine.create(name);
  }

  @AfterEach
  void drop() throws SQLException {
    engine.drop(db, name);
    db.close();
  }

  private static String numbers(int to) {
    return "select n from generate_series(1, " + to + ") as t(n)";
  }

  @AsyncTest
  void cursor_manyRows_givesAllInOrder() throws SQLException {
    long expected = 0;
    try (Cursor<Numbered> rows = db.cursor(Numbered.class, numbers(2300))) {
      for (Numbered row : rows) {
        assertThat(row.n()).isEqualTo(++expected);
      }
    }
    assertThat(expected).isEqualTo(2300);
  }

  @AsyncTest
  void cursor_rowsOfExactlyOnePage_endAfterIt() throws SQLException {
    try (Cursor<Long> rows = db.cursor(Long.class, numbers(5)).fetchSize(5)) {
      assertThat(rows).hasSize(5);
    }
    try (Cursor<Long> rows = db.cursor(Long.class, numbers(0)).fetchSize(5)) {
      assertThat(rows).isEmpty();
    }
  }

  @AsyncTest
  void cursor_betweenPages_letsOtherTasksRun() throws SQLException {
    List<Long> rowsAtTurns = new ArrayList<>();
    long[] row = {0};
    try (Cursor<Long> rows = db.cursor(Long.class, numbers(100)).fetchSize(10)) {
      for (long n : rows) {
        if (n == 1) {
          createTask(
              () -> {
                while (row[0] < 100) {
                  rowsAtTurns.add(row[0]);
                  sleep(Duration.ZERO);
                }
              });
        }
        row[0] = n;
      }
    }
    assertThat(rowsAtTurns).contains(10L, 20L, 30L, 40L, 50L, 60L, 70L, 80L, 90L);
    assertThat(rowsAtTurns).allMatch(n -> n % 10 == 0);
  }

  @AsyncTest
  void cursor_firstPage_isAllThatTheServerHasMade() throws SQLException {
    if (engine == TestDatabases.H2) {
      return; // makes the whole result, on its server
    }
    db.update("create sequence made");
    String sql = "select nextval('made') from generate_series(1, 100000)";
    try (Cursor<Long> rows = db.cursor(Long.class, sql).fetchSize(10)) {
      Iterator<Long> iterator = rows.iterator();
      for (int i = 1; i <= 10; i++) {
        assertThat(iterator.next()).isEqualTo(i);
      }
      assertThat(db.queryOne(Long.class, "select last_value from made")).isEqualTo(10);
      assertThat(iterator.next()).isEqualTo(11);
      assertThat(db.queryOne(Long.class, "select last_value from made")).isEqualTo(20);
    }
  }

  @AsyncTest
  void cursor_leftInTheMiddle_givesItsConnectionBack() throws SQLException {
    try (Cursor<Long> rows = db.cursor(Long.class, numbers(1000)).fetchSize(10)) {
      assertThat(rows.iterator().next()).isEqualTo(1);
    }
    assertThat(db.queryOne(int.class, "select 1")).isEqualTo(1);
  }

  @AsyncTest
  void cursor_changesRows_commitsThem() throws SQLException {
    if (engine == TestDatabases.H2) {
      return; // has no 'returning'
    }
    db.update("create table item (id int)");
    try (Cursor<Integer> ids =
        db.cursor(Integer.class, "insert into item select generate_series(1, 9) returning id")) {
      assertThat(ids).hasSize(9);
    }
    assertThat(db.queryOne(long.class, "select count(*) from item")).isEqualTo(9);
  }

  @AsyncTest
  void cursor_inTransaction_otherStatementsRunBetweenItsRows() throws SQLException {
    db.update("create table item (id bigint)");
    db.transaction(
        tx -> {
          for (long n : tx.cursor(Long.class, numbers(30)).fetchSize(10)) {
            tx.update("insert into item values (?)", n);
            if (n % 7 == 0) {
              tx.transaction(inner -> inner.update("insert into item values (?)", -n));
            }
          }
        });
    assertThat(db.queryOne(long.class, "select count(*) from item")).isEqualTo(34);
  }

  @AsyncTest
  void cursor_outlivesItsTransaction_isClosed() throws SQLException {
    List<Iterator<Long>> left = new ArrayList<>();
    db.transaction(
        tx -> {
          Iterator<Long> rows = tx.cursor(Long.class, numbers(30)).fetchSize(2).iterator();
          rows.next();
          left.add(rows);
        });
    Iterator<Long> rows = left.getFirst();
    assertThat(rows.next()).isEqualTo(2); // was read already
    assertThatThrownBy(rows::next)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("the cursor is closed");
  }

  @AsyncTest
  void cursor_fails_throwsTheDatabasesExceptionAndGivesTheConnectionBack() {
    assertThatThrownBy(
            () -> {
              try (Cursor<Long> rows =
                  db.cursor(Long.class, "select 10 / (3 - n) from (" + numbers(9) + ") t")
                      .fetchSize(1)) {
                rows.forEach(_ -> {});
              }
            })
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("22012"));
  }

  @AsyncTest
  void cursor_cancelled_ends() throws SQLException {
    Task<Void> task =
        createTask(
            () -> {
              try (Cursor<Long> rows = db.cursor(Long.class, numbers(1000)).fetchSize(10)) {
                for (long n : rows) {
                  if (n == 15) {
                    io.asyncio4j.Asyncio.currentTask().cancel();
                  }
                  assertThat(n).isLessThan(21);
                }
              }
            });
    assertThatThrownBy(task::await).isInstanceOf(CancellationException.class);
  }

  @AsyncTest
  void cursor_readTwiceOrAfterClose_isRefused() throws SQLException {
    Cursor<Long> rows = db.cursor(Long.class, numbers(1));
    Iterator<Long> iterator = rows.iterator();
    assertThat(iterator.next()).isEqualTo(1);
    assertThatThrownBy(iterator::next).isInstanceOf(NoSuchElementException.class);
    assertThatThrownBy(rows::iterator).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> rows.fetchSize(3)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> rows.fetchSize(0)).isInstanceOf(IllegalArgumentException.class);
    Cursor<Long> closed = db.cursor(Long.class, numbers(1));
    closed.close();
    closed.close();
    assertThatThrownBy(closed::iterator)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the cursor is closed");
  }
}
