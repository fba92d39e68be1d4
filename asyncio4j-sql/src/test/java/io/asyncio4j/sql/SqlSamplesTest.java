package io.asyncio4j.sql;

import static io.asyncio4j.Asyncio.createTask;
import static io.asyncio4j.Asyncio.map;
import static io.asyncio4j.Asyncio.moveOnAfter;
import static io.asyncio4j.Asyncio.sleep;
import static io.asyncio4j.Asyncio.timeout;
import static java.time.Duration.ZERO;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.asyncio4j.Context;
import io.asyncio4j.Event;
import io.asyncio4j.Retry;
import io.asyncio4j.TaskOptions;
import io.asyncio4j.TimeoutException;
import io.asyncio4j.testing.AsyncTest;
import io.asyncio4j.testing.VirtualClock;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** The samples of docs/sql.md and of the Javadoc, on a real PostgreSQL. */
final class SqlSamplesTest {
  private final String name = TestDatabases.newName();
  private final List<Object> printed = new ArrayList<>();
  private Database db;

  @BeforeEach
  void create() throws SQLException {
    db = TestDatabases.POSTGRES.create(name);
    db.update("create table person (id bigint primary key, name text, age int)");
    db.update("create table account (id text primary key, amount int check (amount >= 0))");
    db.batch(
        "insert into person values (:id, :name, :age)",
        List.of(new Person(1, "Ada", 36), new Person(2, "Grace", 85), new Person(3, "Linus", 11)));
    db.update("insert into account values ('a', 500), ('b', 0)");
  }

  @AfterEach
  void drop() throws SQLException {
    TestDatabases.POSTGRES.drop(db, name);
    db.close();
  }

  private void print(Object value) {
    printed.add(value);
  }

  private void export(Person person) {
    printed.add(person.name());
  }

  @AsyncTest
  void rows_recordsScalarsRows_areRead() throws SQLException {
    // region records
    List<Person> people = db.query(Person.class, "select id, name, age from person order by id");
    Person ada = db.queryOne(Person.class, "select * from person where id = ?", 1);
    Optional<Person> nobody =
        db.queryOptional(Person.class, "select * from person where id = ?", 9);
    long count = db.queryOne(Long.class, "select count(*) from person");
    List<String> names = db.query(String.class, "select name from person order by name");
    // endregion
    assertThat(people).hasSize(3).startsWith(ada);
    assertThat(nobody).isEmpty();
    assertThat(count).isEqualTo(3);
    assertThat(names).containsExactly("Ada", "Grace", "Linus");
  }

  @AsyncTest
  void rows_byName_areRead() throws SQLException {
    List<Person> adults =
        db.query(
            Person.class, "select id, name, age from person where age >= :age", Map.of("age", 18));
    assertThat(adults).hasSize(2);
  }

  @AsyncTest
  void rows_mapper_makesObjects() throws SQLException {
    List<String> lines =
        db.query(
            row -> row.getString("name") + ";" + row.getInt("age"), "select name, age from person");
    assertThat(lines).contains("Ada;36");
  }

  @AsyncTest
  void rows_row_hasWhatTheTableHas() throws SQLException {
    for (Row row : db.query(Row.class, "select * from person")) {
      print(row.get("name") + " is " + row.get("age"));
    }
    assertThat(printed).contains("Ada is 36");
  }

  @AsyncTest
  void values_ofAllKinds_findTheirPlaces() throws SQLException {
    // region values
    db.query(Person.class, "select * from person where age between ? and ?", 18, 65);
    db.query(
        Person.class,
        "select * from person where age between :low and :high",
        Map.of("low", 18, "high", 65));
    db.query(
        Person.class,
        "select * from person where name in (:names)", // as many places as there are names
        Map.of("names", List.of("Ada", "Grace")));
    db.update("insert into person values (:id, :name, :age)", new Person(4, "Alan", 41));
    Map<String, Object> unknown = new HashMap<>(); // Map.of takes no null
    unknown.put("age", null);
    db.update("update person set age = :age where name = 'Alan'", unknown);
    // endregion
    assertThat(db.queryOptional(Integer.class, "select age from person where id = 4")).isEmpty();
  }

  @AsyncTest
  void changes_updateAndBatch_tellHowManyRows() throws SQLException {
    // region changes
    int birthdays = db.update("update person set age = age + 1 where id in (?)", List.of(1, 2));
    List<Person> newcomers = List.of(new Person(4, "Alan", 41), new Person(5, "Edsger", 72));
    int[] counts = db.batch("insert into person values (:id, :name, :age)", newcomers);
    long id =
        db.queryOne(
            Long.class, "insert into person values (?, ?, ?) returning id", 6, "Barbara", 54);
    // endregion
    assertThat(birthdays).isEqualTo(2);
    assertThat(counts).containsExactly(1, 1);
    assertThat(id).isEqualTo(6);
  }

  private int balance(String id) throws SQLException {
    return db.queryOne(Integer.class, "select amount from account where id = ?", id);
  }

  @AsyncTest
  void transaction_ofTwoUpdates_commitsBothOrNone() throws SQLException {
    db.transaction(
        tx -> {
          tx.update("update account set amount = amount - ? where id = ?", 100, "a");
          tx.update("update account set amount = amount + ? where id = ?", 100, "b");
        });
    assertThat(balance("a")).isEqualTo(400);
    assertThat(balance("b")).isEqualTo(100);
  }

  // region transfer
  void transfer(int amount, String from, String to) throws SQLException {
    db.transaction(
        _ -> {
          book(-amount, from);
          book(amount, to); // if this throws, both are rolled back
        });
  }

  void book(int amount, String account) throws SQLException {
    db.update( // in a transaction when its caller is in one
        "update account set amount = amount + ? where id = ?", amount, account);
  }

  // endregion

  @AsyncTest
  void transfer_tooMuch_isRolledBack() throws SQLException {
    transfer(200, "a", "b");
    assertThatThrownBy(() -> transfer(-301, "a", "b")).isInstanceOf(SQLException.class);
    assertThat(balance("a")).isEqualTo(300);
    assertThat(balance("b")).isEqualTo(200);
  }

  @AsyncTest
  void transaction_withResult_returnsIt() throws SQLException {
    // region result
    int total =
        db.transactionResult(
            tx -> {
              tx.update("insert into account values ('c', 7)");
              return tx.queryOne(Integer.class, "select sum(amount) from account");
            });
    // endregion
    assertThat(total).isEqualTo(507);
  }

  @AsyncTest
  void gather_inTransaction_takesTurns() throws SQLException {
    // region gather
    db.transaction(
        tx -> {
          tx.update("insert into account values ('new', 1)");
          List<Integer> counts =
              map(
                      IntStream.range(0, 100).boxed().toList(),
                      i -> db.queryOne(Integer.class, "select count(*)::int from account"))
                  .await();
          print(counts.stream().allMatch(count -> count == 3)); // all see the new row
        });
    // endregion
    assertThat(printed).containsExactly(true);
  }

  @AsyncTest
  void nested_fails_isRolledBackAlone() throws SQLException {
    // region nested
    db.transaction(
        tx -> {
          tx.update("insert into account values ('c', 1)");
          try {
            tx.transaction(inner -> inner.update("insert into account values ('c', 2)"));
          } catch (SQLException e) {
            print("there already"); // and the transaction can go on
          }
          tx.update("insert into account values ('d', 1)");
        });
    // endregion
    assertThat(db.query(String.class, "select id from account order by id"))
        .containsExactly("a", "b", "c", "d");
  }

  @AsyncTest
  void options_retry_isUsed() throws SQLException {
    TransactionOptions careful =
        TransactionOptions.defaults().withIsolation(Isolation.SERIALIZABLE).withRetry(Retry.of(5));
    // region retry
    TransactionOptions serializable =
        TransactionOptions.defaults()
            .withIsolation(Isolation.SERIALIZABLE)
            .withRetry(Retry.of(5).withBackoff(ofMillis(5), ofSeconds(1)));
    db.transaction(
        serializable,
        tx -> {
          int sum = tx.queryOne(Integer.class, "select sum(amount)::int from account");
          tx.update("insert into account values ('sum', ?)", sum); // may run several times
        });
    // endregion
    assertThat(careful).hasToString(serializable.toString());
    assertThat(balance("sum")).isEqualTo(500);
  }

  @AsyncTest
  void task_withAContextOfItsOwn_isNoPartOfTheTransaction() throws SQLException {
    // region outside
    db.transaction(
        tx -> {
          createTask(
                  TaskOptions.defaults().withContext(Context.empty()),
                  () -> db.update("insert into account values ('audit', 1)"))
              .await();
          tx.setRollbackOnly();
        });
    // endregion
    assertThat(balance("audit")).isEqualTo(1);
  }

  @AsyncTest
  void cursor_manyRows_areRead() throws SQLException {
    try (Cursor<Person> people = db.cursor(Person.class, "select * from person order by id")) {
      for (Person person : people) {
        export(person);
      }
    }
    assertThat(printed).containsExactly("Ada", "Grace", "Linus");
  }

  @AsyncTest
  void cursor_inTransaction_changesWhatItReads() throws SQLException {
    // region cursor
    db.transaction(
        tx -> {
          try (Cursor<Person> minors =
              tx.cursor(Person.class, "select * from person where age < ?", 18).fetchSize(1000)) {
            for (Person person : minors) {
              tx.update("update person set name = name || ' junior' where id = ?", person.id());
            }
          }
        });
    // endregion
    assertThat(db.queryOne(String.class, "select name from person where id = 3"))
        .isEqualTo("Linus junior");
  }

  private boolean serverSleeps() throws SQLException {
    return db.queryOne(
        Boolean.class,
        "select count(*) > 0 from pg_stat_activity where state = 'active' and query = ?",
        "select pg_sleep(600)");
  }

  @AsyncTest
  void timeout_slowStatement_isCancelledOnTheServer(VirtualClock clock) throws SQLException {
    createTask(
        () -> {
          while (!serverSleeps()) {
            sleep(ZERO);
          }
          clock.jump(ofSeconds(2)); // it stands still while a task waits for a server
        });
    // region cancel
    try {
      timeout(ofSeconds(2), () -> db.query(Row.class, "select pg_sleep(600)"));
    } catch (TimeoutException e) {
      print("given up, and the server works on it no more");
    }
    // endregion
    assertThat(printed).hasSize(1);
    assertThat(serverSleeps()).isFalse();
  }

  @AsyncTest
  void listen_orders_arePrinted() throws SQLException {
    var listener =
        createTask(
            () -> {
              try (Notifications orders = db.listen("orders")) {
                for (Notification order : orders) {
                  print(order.payload());
                }
              }
            });
    while (printed.isEmpty()) {
      // region notify
      db.transaction(tx -> tx.notify("orders", "order 4711")); // is sent with the commit
      // endregion
      db.query(Row.class, "select pg_sleep(0.01)"); // until the other task listens
    }
    listener.cancel();
    assertThat(printed.getFirst()).isEqualTo("order 4711");
  }

  @AsyncTest
  void listen_untilTheConnectionIsLost_listensAgain() throws SQLException {
    db.update("create table job (id serial primary key)");
    int[] lost = {0};
    // region listen
    Callable<Void> worker =
        () -> {
          while (true) {
            try (Notifications jobs = db.listen("jobs")) {
              work(); // what was put there before, or while nobody listened
              for (Notification _ : jobs) {
                work();
              }
            } catch (SQLException e) { // the server has gone
              lost[0]++;
              sleep(ofSeconds(1));
            }
          }
        };
    // endregion
    var running = createTask(worker);
    hasWorked.await();
    db.query(
        Boolean.class,
        "select pg_terminate_backend(pid) from pg_stat_activity where query = 'listen \"jobs\"'");
    hasWorked.clear();
    hasWorked.await();
    running.cancel();
    assertThat(lost[0]).isEqualTo(1);
  }

  private final Event hasWorked = new Event();

  private void work() {
    hasWorked.set();
  }

  @AsyncTest
  void receive_withALimit_givesWhatCameInTime() throws SQLException {
    try (Notifications orders = db.listen("orders_" + name)) {
      db.notify("orders_" + name, "in time");
      // region receive
      Optional<Notification> next = moveOnAfter(ofSeconds(1), orders::receive);
      // endregion
      assertThat(next.map(Notification::payload)).contains("in time");
    }
  }

  @AsyncTest
  void log_slowStatements_areWarnings() throws SQLException {
    // region log
    DatabaseOptions options =
        DatabaseOptions.defaults()
            .withStatementLog(StatementLog.defaults().withSlowAfter(ofMillis(200)));
    // endregion
    try (Database logged = Database.open(TestDatabases.POSTGRES.url(name), options)) {
      assertThat(logged.queryOne(Integer.class, "select 1")).isEqualTo(1);
    }
  }

  @AsyncTest
  void options_ofThePool_areUsed() throws SQLException {
    String url = TestDatabases.POSTGRES.url(name);
    // region options
    DatabaseOptions options =
        DatabaseOptions.defaults()
            .withMaxSize(20)
            .withAcquireTimeout(ofSeconds(30)) // by default a task waits as long as it takes
            .withIdleTimeout(ofMinutes(5))
            .withMaxLifetime(ofMinutes(30));
    try (Database db = Database.open(url, options)) {
      print(db.queryOne(Integer.class, "select 1"));
      PoolStatistics now = db.statistics();
      print(now.open() + " of " + now.maxSize() + ", " + now.waiting() + " wait");
    }
    // endregion
    assertThat(printed).containsExactly(1, "1 of 20, 0 wait");
  }

  @AsyncTest
  void jdbc_plain_suspendsItsTaskOnly() throws SQLException {
    // region jdbc
    try (Connection connection = db.dataSource().getConnection(); // waits for its turn
        PreparedStatement statement =
            connection.prepareStatement("select name from person where age > ?")) {
      statement.setInt(1, 40);
      try (ResultSet result = statement.executeQuery()) {
        while (result.next()) {
          print(result.getString("name"));
        }
      }
    }
    // endregion
    assertThat(printed).containsExactly("Grace");
  }
}
