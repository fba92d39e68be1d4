package io.asyncio4j.sql;

import static io.asyncio4j.Asyncio.createTask;
import static io.asyncio4j.Asyncio.gather;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.asyncio4j.Task;
import io.asyncio4j.testing.TestLoop;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.function.Function;
import javax.sql.DataSource;
import org.jdbi.v3.core.Jdbi;
import org.jooq.DSLContext;
import org.jooq.SQLDialect;
import org.jooq.impl.DSL;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** The libraries of the field run on the pool as they are, against a real PostgreSQL. */
class LibrariesTest {
  private static final String ROWS = "SELECT n FROM generate_series(1, 100) AS n";
  private static final String SLEEP = "SELECT 1 FROM pg_sleep(1000)";

  private static String url;

  @RegisterExtension final TestLoop loop = new TestLoop();

  @BeforeAll
  static void start() throws Exception {
    url = PostgresServer.sharedUrl();
  }

  private enum Library {
    PLAIN(
        source ->
            sql -> {
              List<Integer> rows = new ArrayList<>();
              try (Connection connection = source.getConnection();
                  PreparedStatement statement = connection.prepareStatement(sql);
                  ResultSet result = statement.executeQuery()) {
                while (result.next()) {
                  rows.add(result.getInt(1));
                }
              }
              return rows;
            }),
    JOOQ(
        source -> {
          DSLContext jooq = DSL.using(source, SQLDialect.POSTGRES);
          return sql -> jooq.fetch(sql).getValues(0, Integer.class);
        }),
    JDBI(
        source -> {
          Jdbi jdbi = Jdbi.create(source);
          return sql ->
              jdbi.withHandle(handle -> handle.createQuery(sql).mapTo(Integer.class).list());
        }),
    SPRING_CLIENT(
        source -> {
          JdbcClient client = JdbcClient.create(source);
          return sql -> client.sql(sql).query(Integer.class).list();
        }),
    SPRING_TRANSACTION(
        source -> {
          JdbcClient client = JdbcClient.create(source);
          TransactionTemplate transaction =
              new TransactionTemplate(new DataSourceTransactionManager(source));
          return sql -> transaction.execute(_ -> client.sql(sql).query(Integer.class).list());
        });

    @SuppressWarnings("ImmutableEnumChecker") // the functions keep nothing
    private final Function<DataSource, Select> select;

    Library(Function<DataSource, Select> select) {
      this.select = select;
    }
  }

  /** A query of one library. */
  private interface Select {
    List<Integer> rows(String sql) throws Exception;
  }

  private static Database database(Library library, int connections) {
    return Database.open(
        Plain.with(url, "ApplicationName=" + library),
        DatabaseOptions.defaults().withMaxSize(connections));
  }

  @ParameterizedTest
  @EnumSource(Library.class)
  void fiveHundredTasksOverTenConnections_allRowsNoErrorTenBackends(Library library)
      throws Exception {
    loop.run(
        () -> {
          try (Database database = database(library, 10);
              Connection admin = Plain.connect(url)) {
            Select select = library.select.apply(database.dataSource());
            Callable<List<Integer>> task = () -> select.rows(ROWS);

            List<List<Integer>> all = gather(Collections.nCopies(500, task)).await();

            List<Integer> hundred = java.util.stream.IntStream.rangeClosed(1, 100).boxed().toList();
            assertThat(all).hasSize(500).allSatisfy(rows -> assertThat(rows).isEqualTo(hundred));
            assertThat(
                    Plain.oneInt(
                        admin,
                        "SELECT count(*) FROM pg_stat_activity WHERE application_name = '"
                            + library
                            + "'"))
                .isEqualTo(10);
            assertThat(database.statistics().idle()).isEqualTo(10);
          }
        });
  }

  @ParameterizedTest
  @EnumSource(Library.class)
  void cancel_ofATask_cancelsItsStatementAndKeepsTheBackend(Library library) throws Exception {
    loop.run(
        () -> {
          try (Database database = database(library, 1);
              Connection admin = Plain.connect(url)) {
            Select select = library.select.apply(database.dataSource());
            List<Integer> before = select.rows("SELECT pg_backend_pid()");
            Task<List<Integer>> task = createTask(() -> select.rows(SLEEP));
            String active =
                "SELECT count(*) FROM pg_stat_activity"
                    + " WHERE state = 'active' AND query LIKE '%pg_sleep%' AND application_name = '"
                    + library
                    + "'";
            Plain.await(admin, active, 1);
            task.cancel();
            assertThatThrownBy(task::await).isInstanceOf(CancellationException.class);
            assertThat(Plain.oneInt(admin, active)).isZero();
            assertThat(select.rows("SELECT pg_backend_pid()")).isEqualTo(before);
          }
        });
  }

  @Test
  void springTransactions_ofManyTasks_commitOrRollBackEachForItself() throws Exception {
    loop.run(
        () -> {
          try (Database database = database(Library.SPRING_TRANSACTION, 4)) {
            DataSource source = database.dataSource();
            Plain.execute(source, "DROP TABLE IF EXISTS spring_account");
            Plain.execute(source, "CREATE TABLE spring_account (id INT)");
            JdbcClient client = JdbcClient.create(source);
            TransactionTemplate transaction =
                new TransactionTemplate(new DataSourceTransactionManager(source));
            List<Callable<Void>> work = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
              int id = i;
              work.add(
                  () -> {
                    transaction.executeWithoutResult(
                        status -> {
                          client.sql("INSERT INTO spring_account VALUES (?)").param(id).update();
                          if (id % 2 == 1) {
                            status.setRollbackOnly();
                          }
                        });
                    return null;
                  });
            }
            gather(work).await();
            assertThat(Plain.oneInt(source, "SELECT count(*) FROM spring_account WHERE id % 2 = 0"))
                .isEqualTo(50);
            assertThat(Plain.oneInt(source, "SELECT count(*) FROM spring_account")).isEqualTo(50);
            Plain.execute(source, "DROP TABLE spring_account");
          }
        });
  }
}
