package io.asyncio4j.sql;

import static io.asyncio4j.Asyncio.gather;
import static io.asyncio4j.Asyncio.run;
import static org.assertj.core.api.Assertions.assertThat;

import io.asyncio4j.LoopLocal;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;

/** The samples of docs/sql.md that are whole programs. */
final class SqlProgramSamplesTest {
  private final List<Object> printed = new ArrayList<>();

  private void print(Object value) {
    printed.add(value);
  }

  // region many
  void manyAtOnce(String url) throws SQLException {
    run(
        () -> {
          try (Database db = Database.open(url)) { // at most ten connections
            Callable<List<Integer>> select =
                () -> db.query(Integer.class, "select n from generate_series(1, 100) as t(n)");
            List<List<Integer>> results = gather(Collections.nCopies(500, select)).await();
            print(results.size() + " results over " + db.statistics().open() + " connections");
          }
        });
  }

  // endregion

  @Test
  void many_fiveHundredSelects_allSucceed() throws SQLException {
    manyAtOnce(TestDatabases.POSTGRES.url("public"));
    manyAtOnce("jdbc:h2:mem:;MODE=PostgreSQL");
    assertThat(printed)
        .containsExactly("500 results over 10 connections", "500 results over 10 connections");
  }

  @Test
  void embedded_nothingInstalled_answers() throws SQLException {
    // region embedded
    run(
        () -> {
          try (Database db = Database.embedded()) {
            db.update("create table person (id bigint primary key, name varchar, age int)");
            db.update("insert into person values (?, ?, ?)", 1, "Ada", 36);
            print(db.queryOne(String.class, "select name from person where id = 1"));
          }
        });
    // endregion
    assertThat(printed).containsExactly("Ada");
  }

  // region loops
  static final LoopLocal<Database> DB =
      LoopLocal.of(() -> Database.open(System.getProperty("db.url")));

  // endregion

  @Test
  void loopLocal_twoLoops_haveADatabaseEach() throws SQLException {
    System.setProperty("db.url", TestDatabases.POSTGRES.url("public"));
    try {
      for (int i = 0; i < 2; i++) {
        run(() -> print(DB.get().queryOne(Integer.class, "select 1")));
      }
    } finally {
      System.clearProperty("db.url");
    }
    assertThat(printed).containsExactly(1, 1);
  }
}
