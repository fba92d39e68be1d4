package io.asyncio4j.sql;

import static io.asyncio4j.Asyncio.createTask;
import static io.asyncio4j.Asyncio.gather;
import static io.asyncio4j.Asyncio.gatherResults;
import static io.asyncio4j.Asyncio.map;
import static io.asyncio4j.Asyncio.timeout;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.asyncio4j.Asyncio;
import io.asyncio4j.Event;
import io.asyncio4j.GatheredResults;
import io.asyncio4j.Retry;
import io.asyncio4j.ReturnWhen;
import io.asyncio4j.Task;
import io.asyncio4j.TimeoutException;
import io.asyncio4j.testing.TestLoop;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** A real MariaDB keeps the rules that hold for PostgreSQL, by both of the drivers that it has. */
@ParameterizedClass
@EnumSource(MySqlTest.Driver.class)
final class MySqlTest {
  private static final String SLEEP = "SELECT SLEEP(1000)";

  /** 127.0.0.1 for the JDK, another host for whoever does not know that. */
  private static final String REMOTE = "2130706433";

  private static MariaDbServer server;

  @Parameter Driver driver;

  @RegisterExtension final TestLoop loop = new TestLoop();

  enum Driver {
    MARIADB("mariadb", "sslMode=disable"),
    MYSQL("mysql", "sslMode=DISABLED");

    private final String scheme;
    private final String withoutTls;

    Driver(String scheme, String withoutTls) {
      this.scheme = scheme;
      this.withoutTls = withoutTls;
    }
  }

  @BeforeAll
  static void start() throws Exception {
    MariaDbServer.assumeInstalled();
    server = MariaDbServer.start();
  }

  @AfterAll
  static void end() {
    if (server != null) {
      server.close();
    }
  }

  private String url() {
    return driver.scheme + "://asyncio4j:se%2Fcret%3Apw@127.0.0.1:" + server.port() + "/shop";
  }

  private String jdbcUrl(String host) {
    return "jdbc:" + driver.scheme + "://" + host + ":" + server.port() + "/shop";
  }

  private Database database(int connections) {
    return Database.open(url(), DatabaseOptions.defaults().withMaxSize(connections));
  }

  private static int running(Connection admin) throws SQLException {
    return Plain.oneInt(
        admin,
        "SELECT count(*) FROM information_schema.processlist"
            + " WHERE info IS NOT NULL AND id <> connection_id() AND user = 'asyncio4j'");
  }

  private static void awaitRunning(Connection admin, int expected) throws SQLException {
    while (running(admin) != expected) {
      Thread.onSpinWait();
    }
  }

  private static int connections(Connection admin) throws SQLException {
    return Plain.oneInt(
        admin,
        "SELECT count(*) FROM information_schema.processlist"
            + " WHERE id <> connection_id() AND user = 'asyncio4j'");
  }

  private static int backend(Database database) throws SQLException {
    return Plain.oneInt(database.dataSource(), "SELECT connection_id()");
  }

  private static Callable<Integer> select(Database database) {
    return () -> Plain.oneInt(database.dataSource(), "SELECT 7");
  }

  // ---- the pool

  @Test
  void gather_fiveHundredSelectsOverTen_allRowsOverTenBackends() throws Exception {
    loop.run(
        () -> {
          try (Connection admin = Plain.connect(url());
              Database database = Database.open(url())) {
            awaitConnections(admin, 0);
            Callable<List<Integer>> select =
                () -> database.query(Integer.class, "SELECT seq FROM seq_1_to_100");
            assertThat(gather(Collections.nCopies(500, select)).await())
                .hasSize(500)
                .allSatisfy(rows -> assertThat(rows).hasSize(100));
            assertThat(connections(admin)).isEqualTo(10);
          }
        });
  }

  private static void awaitConnections(Connection admin, int expected) throws SQLException {
    while (connections(admin) != expected) { // those of the test before are on their way
      Thread.onSpinWait();
    }
  }

  @Test
  void killedUnderAHundredTasks_allEndAtOnceAndAfterARestartAllWorks() throws Exception {
    loop.run(
        () -> {
          try (Database database = Database.open(url())) {
            int[] running = {0};
            Event full = new Event();
            Callable<Integer> slow =
                () -> {
                  try (Connection connection = database.dataSource().getConnection()) {
                    if (++running[0] == 10) {
                      full.set();
                    }
                    return Plain.oneInt(connection, SLEEP);
                  }
                };
            Task<GatheredResults<Integer>> all =
                createTask(() -> gatherResults(Collections.nCopies(100, slow)).await());
            full.await();
            server.kill();

            assertThat(all.await().exceptions())
                .hasSize(100)
                .allSatisfy(
                    e -> {
                      assertThat(e).isInstanceOf(SQLException.class);
                      assertThat(PhysicalConnection.isLost((SQLException) e)).isTrue();
                    })
                .anySatisfy(e -> assertThat(everything(e)).contains("Connection refused"));
            assertThat(database.statistics().open()).isZero();
            assertThat(gatherResults(select(database)).await().exceptions())
                .singleElement()
                .satisfies(e -> assertThat(everything(e)).contains("Connection refused"));

            server.restart();
            assertThat(gather(Collections.nCopies(50, select(database))).await()).containsOnly(7);
            server.stop();
            server.restart(); // and nobody notices that the idle ones are gone
            assertThat(gather(Collections.nCopies(50, select(database))).await()).containsOnly(7);
            assertThat(database.statistics().open()).isEqualTo(10);
          }
        });
  }

  @Test
  void connectionKilledInAStatement_thatTaskFailsAndItsSlotGoesOn() throws Exception {
    loop.run(
        () -> {
          try (Database database = database(1);
              Connection admin = Plain.connect(url())) {
            int victim = backend(database);
            Task<Integer> slow = createTask(() -> Plain.oneInt(database.dataSource(), SLEEP));
            Task<Integer> waiter = createTask(select(database));
            awaitRunning(admin, 1);
            Plain.execute(admin, "KILL " + victim);
            assertThatThrownBy(slow::await)
                .isInstanceOfSatisfying(
                    SQLException.class,
                    e -> assertThat(PhysicalConnection.isLost(e)).as(e.toString()).isTrue());
            assertThat(waiter.await()).isEqualTo(7);
            assertThat(backend(database)).isNotEqualTo(victim);
          }
        });
  }

  // ---- cancelling

  @Test
  void cancel_statementEndsOnTheServerAndTheConnectionIsUsedAgain() throws Exception {
    loop.run(
        () -> {
          try (Database database = database(1);
              Connection admin = Plain.connect(url())) {
            int before = backend(database);
            for (int i = 0; i < 5; i++) {
              Task<?> task = createTask(() -> Plain.execute(database.dataSource(), SLEEP));
              awaitRunning(admin, 1);
              task.cancel();
              // A SLEEP that is killed fails, or returns as if it had slept: both end the task.
              assertThatThrownBy(task::await).isInstanceOf(CancellationException.class);
              awaitRunning(admin, 0);
              assertThat(backend(database)).isEqualTo(before);
            }
          }
        });
  }

  @Test
  void timeout_cancelsTheStatementToo() throws Exception {
    Asyncio.run( // a virtual clock stands while a task waits for the network
        () -> {
          try (Database database = database(1);
              Connection admin = Plain.connect(url())) {
            int before = backend(database);
            assertThatThrownBy(
                    () ->
                        timeout(
                            Duration.ofMillis(50),
                            () -> Plain.execute(database.dataSource(), SLEEP)))
                .isInstanceOf(TimeoutException.class);
            awaitRunning(admin, 0);
            assertThat(backend(database)).isEqualTo(before);
          }
        });
  }

  @Test
  void aTenthOfTwoThousandStatementsCancelled_noOtherIsHit() throws Exception {
    Random random = new Random(20261121);
    loop.realTimeLimit(Duration.ofMinutes(1));
    loop.run(
        () -> {
          try (Database database = Database.open(url());
              Connection admin = Plain.connect(url())) {
            List<Task<Integer>> tasks = new ArrayList<>();
            Set<Task<Integer>> victims = new HashSet<>();
            int[] ended = {0};
            int count = 2_000;
            for (int i = 0; i < count; i++) {
              int number = i;
              Task<Integer> task =
                  createTask(
                      () ->
                          database.queryOne(
                              Integer.class,
                              "SELECT ? + slept FROM (SELECT SLEEP(0.002) AS slept) s",
                              number));
              tasks.add(task);
              task.addDoneCallback(
                  _ -> {
                    if (++ended[0] % 10 == 0) { // one under way, about to end, or waiting
                      int index = Math.min(count - 1, ended[0] + random.nextInt(12));
                      victims.add(tasks.get(index));
                      tasks.get(index).cancel();
                    }
                  });
            }
            Asyncio.waitUntil(ReturnWhen.ALL_COMPLETED, tasks);
            for (int i = 0; i < count; i++) {
              Task<Integer> task = tasks.get(i);
              if (task.isCancelled()) {
                assertThat(victims).contains(task);
              } else {
                assertThat(task.await()).isEqualTo(i);
              }
            }
            assertThat(tasks.stream().filter(Task::isCancelled)).hasSizeBetween(50, count / 10);
            // One that was cancelled while the pool asked whether it is alive is gone.
            int open = database.statistics().open();
            assertThat(open).isBetween(1, 10);
            awaitConnections(admin, open); // those that cancelled are on their way
            awaitRunning(admin, 0);
          }
        });
  }

  // ---- transactions

  private static void createAccounts(Database database) throws SQLException {
    database.update("DROP TABLE IF EXISTS account");
    database.update("CREATE TABLE account (id INT PRIMARY KEY, amount INT)");
    database.batch(
        "INSERT INTO account VALUES (?, 100)", IntStream.range(0, 4).mapToObj(List::of).toList());
  }

  private static void book(Database database, int account, int amount) throws SQLException {
    database.update("UPDATE account SET amount = amount + ? WHERE id = ?", amount, account);
  }

  private static List<Integer> amounts(Database database) throws SQLException {
    return database.query(Integer.class, "SELECT amount FROM account ORDER BY id");
  }

  @Test
  void transaction_nestedAndSharedByTasks_isAllOrNothing() throws Exception {
    loop.run(
        () -> {
          try (Database database = Database.open(url())) {
            createAccounts(database);
            database.transaction(
                tx -> {
                  book(database, 0, -10);
                  assertThatThrownBy(
                          () ->
                              tx.transaction(
                                  _ -> {
                                    book(database, 1, 5);
                                    throw new IllegalStateException("only this part");
                                  }))
                      .isInstanceOf(IllegalStateException.class);
                  map(List.of(1, 2), account -> changed(database, account, 5)).await();
                });
            assertThat(amounts(database)).containsExactly(90, 105, 105, 100);
            assertThatThrownBy(
                    () ->
                        database.transaction(
                            _ -> {
                              book(database, 3, 1000);
                              throw new IllegalStateException("all of it");
                            }))
                .isInstanceOf(IllegalStateException.class);
            assertThat(amounts(database)).containsExactly(90, 105, 105, 100);
          }
        });
  }

  private static int changed(Database database, int account, int amount) throws SQLException {
    book(database, account, amount);
    return account;
  }

  @Test
  void transaction_cancelled_rollsBackOnTheSameConnection() throws Exception {
    loop.run(
        () -> {
          try (Database database = database(1);
              Connection admin = Plain.connect(url())) {
            createAccounts(database);
            int before = backend(database);
            Task<?> task =
                createTask(
                    () ->
                        database.transaction(
                            tx -> {
                              book(database, 0, 1);
                              tx.query(Row.class, SLEEP);
                            }));
            awaitRunning(admin, 1);
            task.cancel();
            assertThatThrownBy(task::await).isInstanceOf(CancellationException.class);
            assertThat(amounts(database)).containsOnly(100);
            assertThat(backend(database)).isEqualTo(before);
          }
        });
  }

  /** Two transactions of which the database ends one, since they lock two rows crosswise. */
  private static void deadlock(Database database, Callable<Void> first, Callable<Void> second)
      throws SQLException {
    createAccounts(database);
    gather(first, second).await();
  }

  /** Books on one account, and when another task has done so too, on the other one. */
  private static void cross(Database database, int from, int to, Event mine, Event other)
      throws SQLException {
    book(database, from, -1);
    mine.set();
    other.await();
    book(database, to, 1);
  }

  @Test
  void transaction_deadlock_isRunAgain() throws Exception {
    loop.run(
        () -> {
          try (Database database = Database.open(url())) {
            Event one = new Event();
            Event two = new Event();
            int[] runs = {0};
            TransactionOptions again = TransactionOptions.defaults().withRetry(Retry.of(3));
            deadlock(
                database,
                () -> {
                  database.transaction(
                      again,
                      _ -> {
                        runs[0]++;
                        cross(database, 0, 1, one, two);
                      });
                  return null;
                },
                () -> {
                  database.transaction(
                      again,
                      _ -> {
                        runs[0]++;
                        cross(database, 1, 0, two, one);
                      });
                  return null;
                });
            assertThat(runs[0]).isEqualTo(3);
            assertThat(amounts(database)).containsOnly(100);
          }
        });
  }

  @Test
  void transaction_deadlockIsSwallowed_commitsNothingAndSaysSo() throws Exception {
    loop.run(
        () -> {
          try (Database database = Database.open(url())) {
            Event one = new Event();
            Event two = new Event();
            List<SQLException> failures = new ArrayList<>();
            deadlock(
                database,
                () -> swallow(database, 0, 1, one, two, failures),
                () -> swallow(database, 1, 0, two, one, failures));
            assertThat(failures)
                .singleElement()
                .satisfies(
                    e -> {
                      assertThat((Throwable) e)
                          .hasMessageContaining("has rolled back the whole transaction");
                      assertThat(e.getSQLState()).isEqualTo("40001");
                    });
            List<Integer> amounts = amounts(database);
            assertThat(amounts.get(0) + amounts.get(1)).isEqualTo(200);
            assertThat(amounts.get(2)).isEqualTo(101); // by one of the two
          }
        });
  }

  private static @Nullable Void swallow(
      Database database, int from, int to, Event mine, Event other, List<SQLException> failures) {
    try {
      database.transaction(
          tx -> {
            try {
              tx.transaction(_ -> cross(database, from, to, mine, other));
            } catch (SQLException e) {
              assertThat(e.getSQLState()).isEqualTo("40001"); // and goes on
            }
            book(database, 2, 1);
          });
    } catch (SQLException e) {
      failures.add(e);
    }
    return null;
  }

  @Test
  void transaction_isolationAndReadOnly_holdForItOnly() throws Exception {
    loop.run(
        () -> {
          try (Database database = database(1)) {
            createAccounts(database);
            TransactionOptions options =
                TransactionOptions.defaults()
                    .withIsolation(Isolation.SERIALIZABLE)
                    .withReadOnly(true);
            String isolation = "SELECT @@tx_isolation";
            assertThat(
                    database.<String, RuntimeException>transactionResult(
                        options, tx -> tx.queryOne(String.class, isolation)))
                .isEqualTo("SERIALIZABLE");
            assertThatThrownBy(() -> database.transaction(options, _ -> book(database, 0, 1)))
                .isInstanceOf(SQLException.class);
            assertThat(database.queryOne(String.class, isolation)).isEqualTo("REPEATABLE-READ");
            book(database, 0, 1);
          }
        });
  }

  // ---- the thin layer

  private enum Kind {
    SMALL,
    LARGE
  }

  private record Thing(
      long id, String name, Kind kind, boolean sold, BigDecimal price, LocalDate day, Instant at) {}

  @Test
  void records_areWrittenAndRead() throws Exception {
    loop.run(
        () -> {
          try (Database database = Database.open(url())) {
            database.update("DROP TABLE IF EXISTS thing");
            database.update(
                "CREATE TABLE thing (id BIGINT PRIMARY KEY, name VARCHAR(20), kind VARCHAR(10),"
                    + " sold BOOLEAN, price DECIMAL(10, 2), day DATE, at TIMESTAMP NULL)");
            Thing thing =
                new Thing(
                    1,
                    "chair é",
                    Kind.LARGE,
                    true,
                    new BigDecimal("12.50"),
                    LocalDate.of(2026, 11, 21),
                    Instant.parse("2026-11-21T12:34:56Z"));
            database.update(
                "INSERT INTO thing VALUES (:id, :name, :kind, :sold, :price, :day, :at)", thing);
            assertThat(database.queryOne(Thing.class, "SELECT * FROM thing WHERE id = ?", 1))
                .isEqualTo(thing);
          }
        });
  }

  @Test
  void cursor_closedEarly_readsNotAllTheRestAndLeavesTheConnectionUsable() throws Exception {
    String rows = driver == Driver.MARIADB ? "seq_1_to_1000000000000" : "seq_1_to_100000";
    loop.run(
        () -> {
          try (Database database =
              Database.open(
                  url() + "?useCursorFetch=true", DatabaseOptions.defaults().withMaxSize(1))) {
            int before = backend(database);
            List<Integer> some = new ArrayList<>();
            try (Cursor<Integer> cursor =
                database.cursor(Integer.class, "SELECT seq FROM " + rows).fetchSize(10)) {
              Iterator<Integer> numbers = cursor.iterator();
              for (int i = 0; i < 25 && numbers.hasNext(); i++) {
                some.add(numbers.next());
              }
            }
            assertThat(some).hasSize(25).last().isEqualTo(25);
            assertThat(backend(database)).isEqualTo(before);
          }
        });
  }

  @Test
  void listenAndNotify_areRefusedByName() throws Exception {
    loop.run(
        () -> {
          try (Database database = database(1)) {
            assertThatThrownBy(() -> database.listen("jobs"))
                .isInstanceOf(SQLFeatureNotSupportedException.class)
                .hasMessageContaining("only PostgreSQL has notifications");
            assertThatThrownBy(() -> database.notify("jobs", "one"))
                .isInstanceOf(SQLFeatureNotSupportedException.class)
                .hasMessageContaining("only PostgreSQL has notifications");
            assertThat(select(database).call()).isEqualTo(7);
          }
        });
  }

  // ---- who logs in, and where

  private Throwable refused(String url, String password) throws Exception {
    Throwable[] thrown = new Throwable[1];
    loop.run(
        () -> {
          DatabaseOptions login =
              DatabaseOptions.defaults().withUser("asyncio4j").withPassword(password.toCharArray());
          try (Database database = Database.open(url, login)) {
            assertThatThrownBy(() -> database.dataSource().getConnection())
                .isInstanceOfSatisfying(SQLException.class, e -> thrown[0] = e);
          }
        });
    return thrown[0];
  }

  private static String everything(Throwable failure) {
    StringWriter text = new StringWriter();
    failure.printStackTrace(new PrintWriter(text));
    return text.toString();
  }

  @Test
  void wrongPassword_isNotTold() throws Exception {
    Throwable failure = refused(jdbcUrl("127.0.0.1") + "?password=hidden1", "hidden2");
    assertThat(failure).hasMessageContaining("Access denied");
    assertThat(everything(failure)).doesNotContain("hidden1").doesNotContain("hidden2");
  }

  @Test
  void serverOnAnotherHostWithoutTls_isRefusedAndTheWayOutIsNamed() throws Exception {
    assertThat(refused(jdbcUrl(REMOTE), MariaDbServer.PASSWORD))
        .hasMessageContaining("on a network that you trust, " + driver.withoutTls);
    String trusting = jdbcUrl(REMOTE) + "?" + driver.withoutTls;
    loop.run(
        () -> {
          try (Database database =
              Database.open(
                  trusting,
                  DatabaseOptions.defaults()
                      .withUser(MariaDbServer.USER)
                      .withPassword(MariaDbServer.PASSWORD.toCharArray()))) {
            assertThat(select(database).call()).isEqualTo(7);
          }
        });
  }
}
