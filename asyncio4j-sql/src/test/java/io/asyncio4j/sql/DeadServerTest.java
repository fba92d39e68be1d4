package io.asyncio4j.sql;

import static io.asyncio4j.Asyncio.createTask;
import static io.asyncio4j.Asyncio.gather;
import static io.asyncio4j.Asyncio.gatherResults;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.asyncio4j.Event;
import io.asyncio4j.GatheredResults;
import io.asyncio4j.Task;
import io.asyncio4j.testing.TestLoop;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the pool makes of a real PostgreSQL that is killed, stopped, started again, or refuses. */
class DeadServerTest {
  private static PostgresServer server;

  @RegisterExtension final TestLoop loop = new TestLoop();

  @BeforeAll
  static void start() throws Exception {
    server = PostgresServer.start();
  }

  @AfterAll
  static void end() {
    server.close();
  }

  private static Database database() {
    return Database.open(server.url());
  }

  private static Callable<Integer> select(Database database) {
    return () -> Plain.oneInt(database.dataSource(), "SELECT 7");
  }

  private static void assertAllGood(Database database) {
    assertThat(gather(Collections.nCopies(50, select(database))).await()).containsOnly(7);
    assertThat(database.statistics().open()).isEqualTo(10);
    assertThat(database.statistics().lent()).isZero();
  }

  @Test
  void killedUnderAHundredTasks_allEndAtOnceAndAfterARestartAllWorks() throws Exception {
    loop.run(
        () -> {
          try (Database database = database()) {
            assertAllGood(database);
            int[] running = {0};
            Event full = new Event();
            Callable<Integer> long10 =
                () -> {
                  try (Connection connection = database.dataSource().getConnection()) {
                    if (++running[0] == 10) {
                      full.set();
                    }
                    return Plain.oneInt(connection, "SELECT 1 FROM pg_sleep(1000)");
                  }
                };
            Task<GatheredResults<Integer>> all =
                createTask(() -> gatherResults(Collections.nCopies(100, long10)).await());
            full.await();
            server.kill();

            GatheredResults<Integer> results = all.await();

            assertThat(results.exceptions()).hasSize(100);
            assertThat(results.exceptions())
                .allSatisfy(
                    e -> {
                      assertThat(e).isInstanceOf(SQLException.class);
                      assertThat(PhysicalConnection.isLost((SQLException) e)).isTrue();
                    });
            assertThat(results.exceptions().stream().map(Throwable::getMessage))
                .anyMatch(message -> message.contains("refused"));
            assertThat(database.statistics().open()).isZero();
            assertThat(gatherResults(select(database)).await().exceptions())
                .singleElement()
                .satisfies(e -> assertThat(e).hasMessageContaining("refused"));

            server.restart();
            assertAllGood(database);
          }
        });
  }

  @Test
  void stoppedInOrderAndStartedAgain_idleConnectionsAreReplacedWithoutAnError() throws Exception {
    loop.run(
        () -> {
          try (Database database = database()) {
            assertAllGood(database);
            server.stop();
            server.restart();
            assertAllGood(database);
          }
        });
  }

  @Test
  void killedAndStartedAgain_idleConnectionsAreReplacedWithoutAnError() throws Exception {
    loop.run(
        () -> {
          try (Database database = database()) {
            assertAllGood(database);
            server.kill();
            server.restart();
            assertAllGood(database);
          }
        });
  }

  @Test
  void idleBackendsTerminated_nobodyNotices() throws Exception {
    loop.run(
        () -> {
          try (Database database = Database.open(Plain.with(server.url(), "ApplicationName=idle"));
              Connection admin = Plain.connect(server.url())) {
            for (int i = 0; i < 3; i++) {
              assertAllGood(database);
              Plain.execute(
                  admin,
                  "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                      + " WHERE application_name = 'idle'");
              Plain.await(
                  admin,
                  "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'idle'",
                  0);
              Plain.execute(admin, "SELECT pg_sleep(0.03)"); // what was in use just now is trusted
            }
            assertAllGood(database);
          }
        });
  }

  @Test
  void backendTerminatedInAStatement_thatTaskFailsAndItsSlotGoesOn() throws Exception {
    loop.run(
        () -> {
          try (Database database =
                  Database.open(
                      Plain.with(server.url(), "ApplicationName=busy"),
                      DatabaseOptions.defaults().withMaxSize(1));
              Connection admin = Plain.connect(server.url())) {
            Task<Integer> victim =
                createTask(
                    () -> Plain.oneInt(database.dataSource(), "SELECT 1 FROM pg_sleep(1000)"));
            Task<Integer> waiter = createTask(select(database));
            Plain.await(
                admin,
                "SELECT count(*) FROM pg_stat_activity"
                    + " WHERE application_name = 'busy' AND query LIKE '%pg_sleep%'"
                    + " AND state = 'active'",
                1);
            Plain.execute(
                admin,
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    + " WHERE application_name = 'busy'");
            assertThatThrownBy(victim::await)
                .isInstanceOfSatisfying(
                    SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("57P01"));
            assertThat(waiter.await()).isEqualTo(7);
            assertThat(database.statistics().open()).isEqualTo(1);
          }
        });
  }

  @Test
  void serverThatRefusesMoreConnections_isAnErrorOfThoseWhoAskOnly() throws Exception {
    loop.run(
        () -> {
          List<Connection> taken = new ArrayList<>();
          try (Database database = database()) {
            boolean full = false;
            while (!full) { // max_connections of the server
              try {
                taken.add(Plain.connect(server.url()));
              } catch (SQLException e) {
                assertThat(e.getSQLState()).isEqualTo("53300");
                full = true;
              }
            }
            assertThat(
                    gatherResults(Collections.nCopies(20, select(database))).await().exceptions())
                .hasSize(20)
                .allSatisfy(e -> assertThat(((SQLException) e).getSQLState()).isEqualTo("53300"));
            for (Connection connection : taken) {
              connection.close();
            }
            try (Connection admin = connectWhenThereIsRoom()) {
              Plain.await(
                  admin,
                  "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'",
                  1);
            }
            assertAllGood(database);
          }
        });
  }

  private static Connection connectWhenThereIsRoom() throws SQLException {
    while (true) {
      try {
        return Plain.connect(server.url());
      } catch (SQLException e) {
        if (!e.getSQLState().equals("53300")) {
          throw e;
        }
      }
    }
  }
}
