package io.asyncio4j.sql;

import static io.asyncio4j.Asyncio.createTask;
import static io.asyncio4j.Asyncio.gather;
import static io.asyncio4j.Asyncio.gatherResults;
import static io.asyncio4j.Asyncio.sleep;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.asyncio4j.Asyncio;
import io.asyncio4j.Event;
import io.asyncio4j.EventLoop;
import io.asyncio4j.Runner;
import io.asyncio4j.Task;
import io.asyncio4j.testing.TestLoop;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.SQLTransientConnectionException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.h2.jdbc.JdbcConnection;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** The rules of the pool: who waits, who is refused, and what state a connection has. */
class PoolTest {
  private static final Duration DAY = Duration.ofDays(1);

  @RegisterExtension final TestLoop loop = new TestLoop();

  private static Database embedded(DatabaseOptions options) {
    return Database.open("jdbc:h2:mem:", options);
  }

  private static DatabaseOptions size(int connections) {
    return DatabaseOptions.defaults().withMaxSize(connections);
  }

  /** Holds a connection until the event is set. */
  private static Task<?> hold(DataSource source, Event until) {
    return createTask(
        "holder",
        () -> {
          try (Connection _ = source.getConnection()) {
            until.await();
          }
        });
  }

  // ---- waiting

  @Test
  void gather_tenThousandTasksOverTen_noneIsRefused() throws Exception {
    loop.run(
        () -> {
          try (Database database = Database.embedded()) {
            Callable<Integer> select = () -> Plain.oneInt(database.dataSource(), "SELECT 7");
            assertThat(gather(Collections.nCopies(10_000, select)).await())
                .hasSize(10_000)
                .containsOnly(7);
            PoolStatistics statistics = database.statistics();
            assertThat(statistics.open()).isEqualTo(10);
            assertThat(statistics.idle()).isEqualTo(10);
          }
        });
  }

  @Test
  void fullPool_waitersGetConnectionsInTheOrderInWhichTheyAsked() throws Exception {
    loop.run(
        () -> {
          try (Database database = embedded(size(2))) {
            DataSource source = database.dataSource();
            List<Callable<Void>> work = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
              String name = "task " + i;
              work.add(
                  () -> {
                    try (Connection _ = source.getConnection()) {
                      loop.mark(name);
                      sleep(Duration.ofSeconds(1));
                    }
                    return null;
                  });
            }
            gather(work).await();
            assertThat(loop.trail().subList(2, 20))
                .containsExactlyElementsOf(
                    IntStream.range(2, 20).mapToObj(i -> "task " + i).toList());
          }
        });
  }

  @Test
  void fullPool_withoutATimeout_waitsAsLongAsItTakes() throws Exception {
    loop.run(
        () -> {
          try (Database database = embedded(size(1))) {
            Event done = new Event();
            Task<?> holder = hold(database.dataSource(), done);
            Task<Integer> waiter =
                createTask(() -> Plain.oneInt(database.dataSource(), "SELECT 7"));
            sleep(DAY);
            assertThat(waiter.isDone()).isFalse();
            assertThat(database.statistics().waiting()).isEqualTo(1);
            done.set();
            assertThat(waiter.await()).isEqualTo(7);
            assertThat(database.statistics().longestWait()).isGreaterThanOrEqualTo(DAY);
            holder.await();
          }
        });
  }

  @Test
  void acquireTimeout_passed_saysWhoHoldsTheConnections() throws Exception {
    loop.run(
        () -> {
          try (Database database = embedded(size(1).withAcquireTimeout(Duration.ofSeconds(3)))) {
            Event done = new Event();
            Task<?> holder = hold(database.dataSource(), done);
            Task<?> waiter =
                createTask(
                    () -> {
                      assertThatThrownBy(() -> database.dataSource().getConnection())
                          .isInstanceOf(SQLTransientConnectionException.class)
                          .hasMessageContaining("within PT3S")
                          .hasMessageContaining("1 of 1 are lent (to task 'holder')")
                          .hasMessageContaining("0 other tasks wait");
                    });
            waiter.await();
            done.set();
            holder.await();
            assertThat(Plain.oneInt(database.dataSource(), "SELECT 7")).isEqualTo(7);
          }
        });
  }

  @Test
  void cancelledWaiters_loseNoSlot() throws Exception {
    loop.run(
        () -> {
          try (Database database = embedded(size(3))) {
            Callable<Integer> select = () -> Plain.oneInt(database.dataSource(), "SELECT 7");
            List<Task<Integer>> tasks = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
              tasks.add(createTask(select));
            }
            sleep(Duration.ZERO);
            for (int i = 0; i < 40; i += 2) {
              tasks.get(i).cancel();
            }
            for (int i = 0; i < 40; i++) {
              Task<Integer> task = tasks.get(i);
              if (i % 2 == 0) {
                assertThatThrownBy(task::await).isInstanceOf(CancellationException.class);
              } else {
                assertThat(task.await()).isEqualTo(7);
              }
            }
            gather(Collections.nCopies(10, select)).await();
            PoolStatistics statistics = database.statistics();
            assertThat(statistics.open()).isLessThanOrEqualTo(3);
            assertThat(statistics.lent()).isZero();
            assertThat(statistics.opening()).isZero();
          }
        });
  }

  @Test
  void cancel_whileItsConnectionIsOpened_connectionIsKeptForTheNext() throws Exception {
    loop.run(
        () -> {
          try (Database database = embedded(size(1))) {
            Task<Connection> connecting = createTask(() -> database.dataSource().getConnection());
            sleep(Duration.ZERO);
            assertThat(database.statistics().opening()).isEqualTo(1);
            Task<Integer> waiter =
                createTask(() -> Plain.oneInt(database.dataSource(), "SELECT 7"));
            connecting.cancel();
            assertThatThrownBy(connecting::await).isInstanceOf(CancellationException.class);
            assertThat(waiter.await()).isEqualTo(7);
            assertThat(database.statistics().open()).isEqualTo(1);
          }
        });
  }

  @Test
  void fortyLoopingTasks_twoConnections_areServedEqually() throws Exception {
    loop.run(
        () -> {
          try (Database database = embedded(size(2))) {
            Callable<Integer> first = () -> Plain.oneInt(database.dataSource(), "SELECT 7");
            gather(first, first).await(); // so that no task has to open a connection meanwhile
            int spread = Integer.MAX_VALUE;
            // Where the machine holds one connection up, the tasks on the other get ahead; a pool
            // that is not fair is so in each round.
            for (int round = 0; round < 5 && spread > 5; round++) {
              spread = Math.min(spread, spreadOfServed(database));
            }
            assertThat(spread).isLessThanOrEqualTo(5); // of a hundred each
          }
        });
  }

  /** Has forty tasks ask as often as they can; returns how much more often one was served. */
  private static int spreadOfServed(Database database) {
    int[] served = new int[40];
    int[] left = {4000};
    List<Callable<Void>> work = new ArrayList<>();
    for (int i = 0; i < served.length; i++) {
      int index = i;
      work.add(
          () -> {
            while (left[0] > 0) {
              left[0]--;
              Plain.oneInt(database.dataSource(), "SELECT 7");
              served[index]++;
            }
            return null;
          });
    }
    gather(work).await();
    return Arrays.stream(served).max().orElseThrow() - Arrays.stream(served).min().orElseThrow();
  }

  // ---- holding one and waiting for another

  @Test
  void allHoldOneAndWaitForAnother_oneIsRefusedByNameAndTheOthersGoOn() throws Exception {
    loop.run(
        () -> {
          try (Database database = embedded(size(5))) {
            DataSource source = database.dataSource();
            Event all = new Event();
            int[] holding = {0};
            List<Callable<String>> work = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
              work.add(
                  () -> {
                    try (Connection outer = source.getConnection()) {
                      if (++holding[0] == 5) {
                        all.set();
                      }
                      all.await();
                      return "got " + Plain.oneInt(source, "SELECT 7") + outer.isClosed();
                    }
                  });
            }
            var results = gatherResults(work).await();
            assertThat(results.successes()).hasSize(4).containsOnly("got 7false");
            assertThat(results.exceptions())
                .singleElement()
                .isInstanceOf(IllegalStateException.class)
                .extracting(Throwable::getMessage)
                .asString()
                .contains("holds 1 of the 5 connections of jdbc:h2:mem:")
                .contains("none of them could ever go on");
          }
        });
  }

  @Test
  void allHoldOneAndGatherTasksThatWantOne_isRefusedByNameAndTheOthersGoOn() throws Exception {
    loop.run(
        () -> {
          try (Database database = embedded(size(3))) {
            DataSource source = database.dataSource();
            Event all = new Event();
            int[] holding = {0};
            List<Callable<List<Integer>>> work = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
              work.add(
                  () -> {
                    try (Connection _ = source.getConnection()) {
                      if (++holding[0] == 3) {
                        all.set();
                      }
                      all.await();
                      Callable<Integer> child = () -> Plain.oneInt(source, "SELECT 7");
                      return gather(child, child).await();
                    }
                  });
            }
            Task<Integer> bystander =
                createTask(
                    () -> {
                      all.await();
                      return Plain.oneInt(source, "SELECT 8");
                    });

            var results = gatherResults(work).await();

            assertThat(results.successes()).hasSize(2).containsOnly(List.of(7, 7));
            assertThat(results.exceptions())
                .singleElement()
                .isInstanceOf(IllegalStateException.class)
                .extracting(Throwable::getMessage)
                .asString()
                .contains("would wait for ever for a connection of jdbc:h2:mem:")
                .contains("3 of 3 are lent");
            assertThat(bystander.await()).isEqualTo(8);
          }
        });
  }

  @Test
  void oneHoldsOneAndGathersTasksThatWantOne_whileAnotherConnectionMoves_isNotRefused()
      throws Exception {
    loop.run(
        () -> {
          try (Database database = embedded(size(2))) {
            DataSource source = database.dataSource();
            Event done = new Event();
            Task<?> other = hold(source, done);
            sleep(Duration.ZERO);
            Task<List<Integer>> parent =
                createTask(
                    () -> {
                      try (Connection _ = source.getConnection()) {
                        Callable<Integer> child = () -> Plain.oneInt(source, "SELECT 7");
                        return gather(child, child).await();
                      }
                    });
            sleep(Duration.ofMinutes(1));
            assertThat(parent.isDone()).isFalse();
            done.set();
            assertThat(parent.await()).containsExactly(7, 7);
            other.await();
          }
        });
  }

  @Test
  void taskThatHoldsOne_getsAnotherWhileThereAreSome() throws Exception {
    loop.run(
        () -> {
          try (Database database = embedded(size(2))) {
            try (Connection outer = database.dataSource().getConnection()) {
              assertThat(Plain.oneInt(database.dataSource(), "SELECT 7")).isEqualTo(7);
              assertThat(Plain.oneInt(outer, "SELECT 8")).isEqualTo(8);
            }
          }
        });
  }

  // ---- loops and threads

  @Test
  void useFromAnotherLoop_isRefusedByName() throws Exception {
    try (Runner first = new Runner();
        Runner second = new Runner()) {
      Database database = Database.embedded();
      first.run(() -> assertThat(Plain.oneInt(database.dataSource(), "SELECT 7")).isEqualTo(7));
      second.run(
          () ->
              assertThatThrownBy(() -> database.dataSource().getConnection())
                  .isInstanceOf(IllegalStateException.class)
                  .hasMessageContaining("belongs to loop " + first.loop().name())
                  .hasMessageContaining(EventLoop.current().name())
                  .hasMessageContaining("LoopLocal"));
      first.run(database::close);
    }
  }

  @Test
  void useAfterItsLoopWasClosed_belongsToTheNextLoop() throws Exception {
    Database database = Database.open("jdbc:h2:mem:", size(1));
    for (int i = 0; i < 3; i++) {
      Asyncio.run(() -> assertThat(Plain.oneInt(database.dataSource(), "SELECT 7")).isEqualTo(7));
      assertThat(database.statistics().open()).isEqualTo(1);
    }
    database.close();
  }

  @Test
  void connectionLeftLentByALoopThatIsGone_isNotMissed() throws Exception {
    Database database = Database.open("jdbc:h2:mem:", size(1));
    Asyncio.run(() -> database.dataSource().getConnection());
    Asyncio.run(() -> assertThat(Plain.oneInt(database.dataSource(), "SELECT 7")).isEqualTo(7));
    database.close();
  }

  @Test
  void useOutsideOfATask_isRefusedByName() throws Exception {
    try (Database database = Database.embedded()) {
      assertThatThrownBy(() -> database.dataSource().getConnection())
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("which is no task");
    }
    loop.run(
        () -> {
          try (Database database = Database.embedded();
              Connection connection = database.dataSource().getConnection()) {
            assertThatThrownBy(() -> Asyncio.toThread(() -> connection.createStatement()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("which is no task");
          }
        });
  }

  // ---- closing

  @Test
  void close_waitsForWhatIsLentAndRefusesWhoWaits() throws Exception {
    loop.run(
        () -> {
          Database database = embedded(size(1));
          Event done = new Event();
          Task<?> holder = hold(database.dataSource(), done);
          sleep(Duration.ZERO);
          Task<Connection> waiter = createTask(() -> database.dataSource().getConnection());
          sleep(Duration.ZERO);
          Task<?> closing = createTask(database::close);
          assertThatThrownBy(waiter::await)
              .isInstanceOf(IllegalStateException.class)
              .hasMessageContaining("was closed");
          sleep(DAY);
          assertThat(closing.isDone()).isFalse();
          done.set();
          closing.await();
          assertThat(holder.isDone()).isTrue();
          assertThat(database.statistics().open()).isZero();
          assertThatThrownBy(() -> database.dataSource().getConnection())
              .isInstanceOf(IllegalStateException.class)
              .hasMessageContaining("was closed");
          database.close(); // has no effect
        });
  }

  @Test
  void close_byATaskThatHoldsAConnection_isRefusedByName() throws Exception {
    loop.run(
        () -> {
          try (Database database = Database.embedded();
              Connection _ = database.dataSource().getConnection()) {
            assertThatThrownBy(database::close)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("that it holds itself");
          }
        });
  }

  @Test
  void close_cancelled_endsWhatIsLent() throws Exception {
    loop.run(
        () -> {
          Database database = Database.embedded();
          Event connected = new Event();
          Event done = new Event();
          Task<Boolean> holder =
              createTask(
                  () -> {
                    try (Connection connection = database.dataSource().getConnection()) {
                      connected.set();
                      done.await();
                      assertThatThrownBy(() -> Plain.execute(connection, "SELECT 7"))
                          .isInstanceOf(SQLException.class);
                      return connection.isClosed();
                    }
                  });
          connected.await();
          Task<?> closing = createTask(database::close);
          sleep(Duration.ZERO);
          closing.cancel();
          assertThatThrownBy(closing::await).isInstanceOf(CancellationException.class);
          done.set();
          assertThat(holder.await()).isTrue();
          assertThat(database.statistics().open()).isZero();
        });
  }

  // ---- the lives of connections

  @Test
  void idleConnection_isClosedAfterTheIdleTimeout() throws Exception {
    loop.run(
        () -> {
          try (Database database = embedded(size(3).withIdleTimeout(Duration.ofMinutes(5)))) {
            Callable<Integer> select = () -> Plain.oneInt(database.dataSource(), "SELECT 7");
            gather(Collections.nCopies(3, select)).await();
            assertThat(database.statistics().idle()).isEqualTo(3);
            sleep(Duration.ofMinutes(3));
            select.call(); // one of them is in use
            sleep(Duration.ofMinutes(3));
            assertThat(database.statistics().idle()).isEqualTo(1);
            sleep(Duration.ofMinutes(3));
            assertThat(database.statistics().open()).isZero();
            assertThat(select.call()).isEqualTo(7);
          }
        });
  }

  @Test
  void connection_olderThanItsMaximum_isReplaced() throws Exception {
    loop.run(
        () -> {
          try (Database database = embedded(size(1).withMaxLifetime(Duration.ofHours(1)))) {
            int first = Plain.oneInt(database.dataSource(), "SELECT SESSION_ID()");
            sleep(Duration.ofMinutes(30));
            assertThat(Plain.oneInt(database.dataSource(), "SELECT SESSION_ID()")).isEqualTo(first);
            try (Connection lent = database.dataSource().getConnection()) {
              sleep(Duration.ofMinutes(31));
              assertThat(Plain.oneInt(lent, "SELECT SESSION_ID()")).isEqualTo(first);
            }
            assertThat(database.statistics().open()).isZero();
            assertThat(Plain.oneInt(database.dataSource(), "SELECT SESSION_ID()"))
                .isNotEqualTo(first);
          }
        });
  }

  @Test
  void givenBack_inTheStateInWhichItWasLent() throws Exception {
    loop.run(
        () -> {
          try (Database database = embedded(size(1))) {
            DataSource source = database.dataSource();
            Plain.execute(source, "CREATE TABLE t (x INT)");
            Plain.execute(source, "CREATE SCHEMA other");
            Statement left;
            Connection first = source.getConnection();
            first.setAutoCommit(false);
            first.setReadOnly(true);
            first.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
            first.setSchema("OTHER");
            left = first.createStatement();
            left.execute("INSERT INTO PUBLIC.t VALUES (1)");
            first.close();
            first.close(); // has no effect
            assertThat(first.isClosed()).isTrue();
            assertThat(left.isClosed()).isTrue();
            assertThatThrownBy(first::createStatement)
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("given back to the pool already");
            try (Connection second = source.getConnection()) {
              assertThat(second.getAutoCommit()).isTrue();
              assertThat(second.isReadOnly()).isFalse();
              assertThat(second.getTransactionIsolation())
                  .isEqualTo(Connection.TRANSACTION_READ_COMMITTED);
              assertThat(second.getSchema()).isEqualTo("PUBLIC");
              assertThat(Plain.oneInt(second, "SELECT COUNT(*) FROM t")).isZero();
            }
            assertThat(database.statistics().open()).isEqualTo(1);
          }
        });
  }

  @Test
  void wrappers_leadToOneAnotherAndToTheDriver() throws Exception {
    loop.run(
        () -> {
          try (Database database = embedded(size(1));
              Connection connection = database.dataSource().getConnection();
              Statement statement = connection.createStatement();
              var rows = statement.executeQuery("SELECT 7")) {
            assertThat(statement.getConnection()).isSameAs(connection);
            assertThat(rows.getStatement()).isSameAs(statement);
            assertThat(connection.getMetaData().getConnection()).isSameAs(connection);
            assertThat(connection.unwrap(JdbcConnection.class).isClosed()).isFalse();
            assertThat(connection.isWrapperFor(JdbcConnection.class)).isTrue();
            assertThat(connection.unwrap(Connection.class)).isSameAs(connection);
            assertThatThrownBy(() -> database.dataSource().getConnection("a", "b"))
                .isInstanceOf(SQLFeatureNotSupportedException.class);
          }
        });
  }

  @Test
  void callableStatement_andGeneratedKeys_areForwarded() throws Exception {
    loop.run(
        () -> {
          try (Database database = embedded(size(1));
              Connection connection = database.dataSource().getConnection()) {
            Plain.execute(
                connection, "CREATE TABLE t (id INT GENERATED ALWAYS AS IDENTITY, x INT)");
            try (var call = connection.prepareCall("CALL 6 * ?")) {
              call.setInt(1, 7);
              try (var rows = call.executeQuery()) {
                assertThat(rows.next()).isTrue();
                assertThat(rows.getInt(1)).isEqualTo(42);
              }
            }
            try (var insert =
                connection.prepareStatement(
                    "INSERT INTO t (x) VALUES (?)", Statement.RETURN_GENERATED_KEYS)) {
              insert.setInt(1, 7);
              insert.addBatch();
              insert.setInt(1, 8);
              insert.addBatch();
              assertThat(insert.executeBatch()).containsExactly(1, 1);
              List<Integer> keys = new ArrayList<>();
              try (var rows = insert.getGeneratedKeys()) {
                while (rows.next()) {
                  keys.add(rows.getInt(1));
                }
              }
              assertThat(keys).containsExactly(1, 2);
            }
          }
        });
  }

  @Test
  void oneConnection_usedByManyTasks_theyTakeTurns() throws Exception {
    loop.run(
        () -> {
          try (Database database = embedded(size(1));
              Connection connection = database.dataSource().getConnection()) {
            Callable<Integer> select =
                () -> Plain.oneInt(connection, "SELECT COUNT(*) FROM SYSTEM_RANGE(1, 100)");
            assertThat(gather(Collections.nCopies(50, select)).await())
                .hasSize(50)
                .containsOnly(100);
          }
        });
  }

  // ---- other data sources

  @Test
  void poolOfAnotherLibrary_isUsedAsItIs() throws Exception {
    List<Connection> taken = new ArrayList<>();
    DataSource other =
        new DelegatingDataSource(new DriverManagerDataSource("jdbc:h2:mem:other")) {
          @Override
          public Connection getConnection() throws SQLException {
            Connection connection = super.getConnection();
            taken.add(connection);
            return connection;
          }
        };
    loop.run(
        () -> {
          Database database = Database.of(other);
          try (Connection connection = database.dataSource().getConnection()) {
            assertThat(Plain.oneInt(connection, "SELECT 7")).isEqualTo(7);
            assertThat(connection.unwrap(JdbcConnection.class)).isSameAs(taken.getFirst());
            assertThat(database.statistics().lent()).isEqualTo(1);
          }
          assertThat(taken).singleElement().satisfies(c -> assertThat(c.isClosed()).isTrue());
          assertThat(database.statistics().lent()).isZero();
          database.close();
          assertThat(Plain.oneInt(database.dataSource(), "SELECT 7")).isEqualTo(7);
        });
  }

  @Test
  void dataSourceOfADriver_isPooled() throws Exception {
    DataSource driver = new DriverManagerDataSource("jdbc:h2:mem:driver");
    loop.run(
        () -> {
          try (Database database = Database.open(driver, size(2))) {
            Callable<Integer> select = () -> Plain.oneInt(database.dataSource(), "SELECT 7");
            assertThat(gather(Collections.nCopies(20, select)).await()).containsOnly(7);
            assertThat(database.statistics().open()).isEqualTo(2);
          }
        });
  }

  @Test
  void passwordSupplier_isAskedForEachConnection() throws Exception {
    int[] asked = {0};
    Supplier<char[]> password =
        () -> {
          sleep(Duration.ofSeconds(1)); // a token of a cloud, say
          asked[0]++;
          return "secret".toCharArray();
        };
    loop.run(
        () -> {
          try (Database database = embedded(size(3).withUser("sa").withPassword(password))) {
            Callable<Integer> select = () -> Plain.oneInt(database.dataSource(), "SELECT 7");
            assertThat(gather(Collections.nCopies(20, select)).await()).containsOnly(7);
            assertThat(asked[0]).isEqualTo(3);
          }
        });
  }
}
