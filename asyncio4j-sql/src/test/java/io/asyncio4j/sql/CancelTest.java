package io.asyncio4j.sql;

import static io.asyncio4j.Asyncio.createTask;
import static io.asyncio4j.Asyncio.shielded;
import static io.asyncio4j.Asyncio.sleep;
import static io.asyncio4j.Asyncio.timeout;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.asyncio4j.Asyncio;
import io.asyncio4j.Event;
import io.asyncio4j.ReturnWhen;
import io.asyncio4j.Task;
import io.asyncio4j.TimeoutException;
import io.asyncio4j.testing.TestLoop;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CancellationException;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Cancelling a task cancels its statement on a real PostgreSQL, and no other. */
class CancelTest {
  private static final String SLEEP = "SELECT 1 FROM pg_sleep(1000)";

  private static String url;

  @RegisterExtension final TestLoop loop = new TestLoop();

  @BeforeAll
  static void start() throws Exception {
    url = PostgresServer.sharedUrl();
  }

  private static Database database(String name, int connections) {
    return Database.open(
        Plain.with(url, "ApplicationName=" + name),
        DatabaseOptions.defaults().withMaxSize(connections));
  }

  /** Counts what waits on the server: the pool and the driver ask it things too. */
  private static String active(String name) {
    return "SELECT count(*) FROM pg_stat_activity WHERE state = 'active'"
        + " AND query ~ 'pg_sleep|pg_advisory_lock' AND application_name = '"
        + name
        + "'";
  }

  private static int backend(DataSource source) throws SQLException {
    return Plain.oneInt(source, "SELECT pg_backend_pid()");
  }

  @Test
  void cancel_statementEndsOnTheServerAndTheBackendIsUsedAgain() throws Exception {
    loop.run(
        () -> {
          try (Database database = database("cancel", 1);
              Connection admin = Plain.connect(url)) {
            int before = backend(database.dataSource());
            for (int i = 0; i < 5; i++) {
              Task<?> task = createTask(() -> Plain.execute(database.dataSource(), SLEEP));
              Plain.await(admin, active("cancel"), 1);
              task.cancel();
              assertThatThrownBy(task::await)
                  .isInstanceOf(CancellationException.class)
                  .cause()
                  .isInstanceOfSatisfying(
                      SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("57014"));
              assertThat(Plain.oneInt(admin, active("cancel"))).isZero();
              assertThat(backend(database.dataSource())).isEqualTo(before);
            }
          }
        });
  }

  @Test
  void timeout_cancelsTheStatementToo() throws Exception {
    Asyncio.run( // a virtual clock stands while a task waits for the network
        () -> {
          try (Database database = database("timeout", 1);
              Connection admin = Plain.connect(url)) {
            int before = backend(database.dataSource());
            assertThatThrownBy(
                    () ->
                        timeout(
                            Duration.ofMillis(50),
                            () -> Plain.execute(database.dataSource(), SLEEP)))
                .isInstanceOf(TimeoutException.class);
            assertThat(Plain.oneInt(admin, active("timeout"))).isZero();
            assertThat(backend(database.dataSource())).isEqualTo(before);
          }
        });
  }

  @Test
  void cancel_inATransaction_isRolledBackByTheSameTask() throws Exception {
    loop.run(
        () -> {
          try (Database database = database("rollback", 1);
              Connection admin = Plain.connect(url)) {
            DataSource source = database.dataSource();
            Plain.execute(source, "CREATE TEMPORARY TABLE t (x INT)");
            int before = backend(source);
            Task<?> task =
                createTask(
                    () -> {
                      try (Connection connection = source.getConnection()) {
                        connection.setAutoCommit(false);
                        try {
                          Plain.execute(connection, "INSERT INTO t VALUES (1)");
                          Plain.execute(connection, SLEEP);
                        } finally {
                          connection.rollback();
                          loop.mark("rolled back");
                        }
                      }
                    });
            Plain.await(admin, active("rollback"), 1);
            task.cancel();
            assertThatThrownBy(task::await).isInstanceOf(CancellationException.class);
            assertThat(loop.trail()).containsExactly("rolled back");
            assertThat(Plain.oneInt(source, "SELECT count(*) FROM t")).isZero();
            assertThat(backend(source)).isEqualTo(before);
          }
        });
  }

  @Test
  void cancel_whileItTidiesUp_connectionIsGivenBackInOrder() throws Exception {
    loop.run(
        () -> {
          try (Database database = database("tidy", 1);
              Connection admin = Plain.connect(url)) {
            DataSource source = database.dataSource();
            Plain.execute(source, "CREATE TEMPORARY TABLE t (x INT)");
            int before = backend(source);
            Task<?> task =
                createTask(
                    () -> {
                      try (Connection connection = source.getConnection()) {
                        connection.setAutoCommit(false);
                        Plain.execute(connection, "INSERT INTO t VALUES (1)");
                        Plain.execute(connection, SLEEP);
                      }
                    });
            Plain.await(admin, active("tidy"), 1);
            task.cancel();
            while (!task.isDone()) {
              task.cancel(); // wherever it is by now
              sleep(Duration.ZERO);
            }
            assertThat(task.isCancelled()).isTrue();
            assertThat(Plain.oneInt(source, "SELECT count(*) FROM t")).isZero();
            assertThat(backend(source)).isEqualTo(before);
          }
        });
  }

  @Test
  void cancel_ofATaskThatWaitsForItsTurn_leavesTheStatementAlone() throws Exception {
    loop.run(
        () -> {
          try (Database database = database("turn", 1);
              Connection admin = Plain.connect(url);
              Connection shared = database.dataSource().getConnection()) {
            Plain.execute(admin, "SELECT pg_advisory_lock(42)");
            Task<?> first = createTask(() -> Plain.execute(shared, "SELECT pg_advisory_lock(42)"));
            Plain.await(admin, active("turn"), 1);
            Task<?> second = createTask(() -> Plain.execute(shared, "SELECT 2"));
            sleep(Duration.ZERO);
            second.cancel();
            assertThatThrownBy(second::await)
                .isInstanceOf(CancellationException.class)
                .hasNoCause();
            assertThat(first.isDone()).isFalse();
            Plain.execute(admin, "SELECT pg_advisory_unlock(42)");
            first.await();
          }
        });
  }

  @Test
  void cancel_ofAShieldedStatement_waitsForIt() throws Exception {
    loop.run(
        () -> {
          try (Database database = database("shield", 1);
              Connection admin = Plain.connect(url)) {
            Plain.execute(admin, "SELECT pg_advisory_lock(43)");
            Task<?> task =
                createTask(
                    () -> {
                      shielded(
                          () ->
                              Plain.execute(database.dataSource(), "SELECT pg_advisory_lock(43)"));
                      loop.mark("done");
                      sleep(Duration.ZERO);
                    });
            Plain.await(admin, active("shield"), 1);
            task.cancel();
            sleep(Duration.ZERO);
            Plain.execute(admin, "SELECT pg_advisory_unlock(43)");
            assertThatThrownBy(task::await).isInstanceOf(CancellationException.class);
            assertThat(loop.trail()).containsExactly("done");
          }
        });
  }

  @Test
  void interruptFlagLeftBehind_doesNotCloseTheConnection() throws Exception {
    loop.run(
        () -> {
          try (Database database = database("flag", 1)) {
            int before = backend(database.dataSource());
            Task<?> task =
                createTask(
                    () -> {
                      try (Connection connection = database.dataSource().getConnection()) {
                        Thread.currentThread().interrupt();
                        Plain.execute(connection, "SELECT 1");
                      }
                    });
            assertThatThrownBy(task::await).isInstanceOf(CancellationException.class);
            assertThat(backend(database.dataSource())).isEqualTo(before);
          }
        });
  }

  @Test
  void cancel_betweenThePagesOfACursor_endsTheStatement() throws Exception {
    loop.run(
        () -> {
          try (Database database = database("cursor", 1)) {
            int before = backend(database.dataSource());
            Event reading = new Event();
            Task<?> task =
                createTask(
                    () -> {
                      try (Connection connection = database.dataSource().getConnection()) {
                        connection.setAutoCommit(false);
                        try (PreparedStatement statement =
                            connection.prepareStatement("SELECT generate_series(1, 1000000000)")) {
                          statement.setFetchSize(100);
                          try (ResultSet rows = statement.executeQuery()) {
                            while (rows.next()) {
                              reading.set();
                            }
                          }
                        }
                      }
                    });
            reading.await();
            task.cancel();
            assertThatThrownBy(task::await).isInstanceOf(CancellationException.class);
            assertThat(backend(database.dataSource())).isEqualTo(before);
          }
        });
  }

  /**
   * What a task was doing: its statement's own answer shows whether it was another's that ended.
   */
  private static int slowly(DataSource source, int number) throws SQLException {
    try (Connection connection = source.getConnection();
        PreparedStatement statement =
            connection.prepareStatement("SELECT ?::int FROM pg_sleep(0.002)")) {
      statement.setInt(1, number);
      try (ResultSet rows = statement.executeQuery()) {
        rows.next();
        return rows.getInt(1);
      }
    }
  }

  @Test
  void aTenthOfTenThousandStatementsCancelled_noOtherIsHit() throws Exception {
    Random random = new Random(20261121);
    loop.realTimeLimit(Duration.ofMinutes(1));
    loop.run(
        () -> {
          try (Database database = database("stress", 10);
              Connection admin = Plain.connect(url)) {
            DataSource source = database.dataSource();
            List<Task<Integer>> tasks = new ArrayList<>();
            Set<Task<Integer>> victims = new HashSet<>();
            int[] ended = {0};
            for (int i = 0; i < 10_000; i++) {
              int number = i;
              Task<Integer> task = createTask(() -> slowly(source, number));
              tasks.add(task);
              task.addDoneCallback(
                  _ -> {
                    // Each tenth end of a statement is the moment at which another one is
                    // cancelled: one that is under way, about to end, or still waits.
                    if (++ended[0] % 10 == 0) {
                      int index = Math.min(9999, ended[0] + random.nextInt(12));
                      victims.add(tasks.get(index));
                      tasks.get(index).cancel();
                    }
                  });
            }
            Asyncio.waitUntil(ReturnWhen.ALL_COMPLETED, tasks);
            int cancelled = 0;
            int cancelledOnTheServer = 0;
            for (int i = 0; i < tasks.size(); i++) {
              Task<Integer> task = tasks.get(i);
              if (task.isCancelled()) {
                assertThat(victims).contains(task);
                cancelled++;
                cancelledOnTheServer += causeOf(task) instanceof SQLException ? 1 : 0;
              } else {
                assertThat(task.await()).isEqualTo(i);
              }
            }
            assertThat(cancelled).isBetween(300, 1000);
            assertThat(cancelledOnTheServer).isPositive();
            assertThat(Plain.oneInt(admin, active("stress"))).isZero();
            assertThat(database.statistics().open()).isEqualTo(10);
            assertThat(
                    Plain.oneInt(
                        admin,
                        "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'stress'"))
                .isEqualTo(10);
          }
        });
  }

  private static @Nullable Throwable causeOf(Task<?> cancelled) {
    try {
      cancelled.await();
      throw new AssertionError(cancelled + " is not cancelled");
    } catch (CancellationException e) {
      return e.getCause();
    }
  }
}
