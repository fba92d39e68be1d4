package io.asyncio4j.sql;

import static io.asyncio4j.Asyncio.createTask;
import static io.asyncio4j.Asyncio.currentTask;
import static io.asyncio4j.Asyncio.gather;
import static io.asyncio4j.Asyncio.map;
import static io.asyncio4j.Asyncio.shield;
import static io.asyncio4j.Asyncio.sleep;
import static io.asyncio4j.Asyncio.toThread;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.asyncio4j.Context;
import io.asyncio4j.Event;
import io.asyncio4j.EventLoop;
import io.asyncio4j.Future;
import io.asyncio4j.Retry;
import io.asyncio4j.Task;
import io.asyncio4j.TaskOptions;
import io.asyncio4j.testing.AsyncTest;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Transactions: their ends, their nesting, and the tasks that share one. */
@ParameterizedClass
@EnumSource(TestDatabases.class)
final class TransactionTest {
  @Parameter TestDatabases engine;

  private final String name = TestDatabases.newName();
  private Database db;

  @BeforeEach
  void createTable() throws SQLException {
    db = engine.create(name);
    db.update("create table item (id int primary key, name varchar(50))");
  }

  @AfterEach
  void drop() throws SQLException {
    engine.drop(db, name);
    db.close();
  }

  private void insert(int id) throws SQLException {
    db.update("insert into item values (?, ?)", id, "item " + id);
  }

  private List<Integer> ids() throws SQLException {
    return db.query(Integer.class, "select id from item order by id");
  }

  /** The rows that other connections see. */
  private List<Integer> committedIds() throws SQLException {
    return Context.empty().run(this::ids);
  }

  // ---- ends

  @AsyncTest
  void transaction_bodyReturns_commits() throws SQLException {
    int result =
        db.transactionResult(
            tx -> {
              tx.update("insert into item values (1, 'a')");
              insert(2); // by the database, and in the transaction all the same
              assertThat(ids()).containsExactly(1, 2);
              assertThat(committedIds()).isEmpty();
              return 7;
            });
    assertThat(result).isEqualTo(7);
    assertThat(committedIds()).containsExactly(1, 2);
  }

  @AsyncTest
  void transaction_bodyThrows_rollsBackAndPassesItOn() throws SQLException {
    IOException failure = new IOException("no");
    assertThatThrownBy(
            () ->
                db.transaction(
                    _ -> {
                      insert(1);
                      throw failure;
                    }))
        .isSameAs(failure);
    assertThat(committedIds()).isEmpty();
  }

  @AsyncTest
  void transaction_checkedExceptions_areDeclaredAsThrown() throws SQLException {
    try {
      db.transaction(
          _ -> {
            insert(1);
            throw new IOException("no");
          });
    } catch (IOException e) { // compiles since the body throws it
      assertThat(e).hasMessage("no");
    }
  }

  @AsyncTest
  void transaction_rollbackOnly_rollsBackWithoutAnException() throws SQLException {
    String result =
        db.transactionResult(
            tx -> {
              insert(1);
              tx.setRollbackOnly();
              return "done";
            });
    assertThat(result).isEqualTo("done");
    assertThat(committedIds()).isEmpty();
  }

  @AsyncTest
  void transaction_cancelled_rollsBack() throws SQLException {
    Event inside = new Event();
    Task<Void> task =
        createTask(
            () ->
                db.transaction(
                    _ -> {
                      insert(1);
                      inside.set();
                      sleep(Duration.ofDays(1));
                    }));
    inside.await();
    task.cancel();
    assertThatThrownBy(task::await).isInstanceOf(CancellationException.class);
    assertThat(committedIds()).isEmpty();
    insert(1); // no lock is left behind
  }

  @AsyncTest
  void transaction_cancelComesWithTheCommit_commitsAndThenIsCancelled() throws SQLException {
    List<String> after = new ArrayList<>();
    Task<Void> task =
        createTask(
            () -> {
              db.transaction(
                  _ -> {
                    insert(1);
                    currentTask().cancel();
                  });
              after.add("returned");
              sleep(Duration.ZERO);
              after.add("not cancelled");
            });
    assertThatThrownBy(task::await).isInstanceOf(CancellationException.class);
    assertThat(after).containsExactly("returned");
    assertThat(committedIds()).containsExactly(1);
  }

  @AsyncTest
  void transaction_databaseCannotCommit_isAnError() throws SQLException {
    if (engine == TestDatabases.H2) {
      return; // has no deferred constraints
    }
    db.update(
        "create table part (id int, item int references item(id) deferrable initially deferred)");
    assertThatThrownBy(() -> db.transaction(tx -> tx.update("insert into part values (1, 99)")))
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("23503"));
  }

  @AsyncTest
  void transaction_onNoTask_isRefused() throws Exception {
    assertThatThrownBy(() -> toThread(() -> db.transaction(_ -> {})))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("which is no task");
  }

  // ---- options

  @AsyncTest
  void options_isolationAndReadOnly_holdForTheTransactionOnly() throws SQLException {
    if (engine == TestDatabases.H2) {
      return; // takes read-only as a hint
    }
    TransactionOptions options =
        TransactionOptions.defaults().withIsolation(Isolation.SERIALIZABLE).withReadOnly(true);
    String show = "select current_setting('transaction_isolation')";
    assertThat(
            db.<String, RuntimeException>transactionResult(
                options, tx -> tx.queryOne(String.class, show)))
        .isEqualTo("serializable");
    assertThatThrownBy(() -> db.transaction(options, _ -> insert(1)))
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("25006"));
    assertThat(db.queryOne(String.class, show)).isEqualTo("read committed");
    insert(1);
  }

  @AsyncTest
  void options_retry_runsTheBodyAgainAfterASerializationFailure() throws SQLException {
    if (engine == TestDatabases.H2) {
      return; // lets one wait instead
    }
    insert(1);
    insert(2);
    TransactionOptions options =
        TransactionOptions.defaults().withIsolation(Isolation.SERIALIZABLE).withRetry(Retry.of(5));
    int[] runs = {0};
    Event first = new Event();
    Task<Void> other =
        createTask(
            () -> {
              first.await();
              db.transaction(
                  TransactionOptions.defaults().withIsolation(Isolation.SERIALIZABLE),
                  tx -> {
                    tx.queryOne(Long.class, "select count(*) from item");
                    tx.update("insert into item values (3, 'three')");
                  });
            });
    db.transaction(
        options,
        tx -> {
          long count = tx.queryOne(Long.class, "select count(*) from item");
          if (++runs[0] == 1) {
            first.set();
            other.await();
          }
          tx.update("insert into item values (?, 'by count')", 10 + count);
        });
    assertThat(runs[0]).isEqualTo(2);
    assertThat(committedIds()).containsExactly(1, 2, 3, 13);
  }

  @AsyncTest
  void options_retry_onlyAfterSerializationFailures() {
    int[] runs = {0};
    TransactionOptions options = TransactionOptions.defaults().withRetry(Retry.of(5));
    assertThatThrownBy(
            () ->
                db.transaction(
                    options,
                    _ -> {
                      runs[0]++;
                      throw new IOException("no");
                    }))
        .isInstanceOf(IOException.class);
    assertThat(runs[0]).isEqualTo(1);
  }

  @AsyncTest
  void options_retry_findsTheStateInWhatOtherLibrariesThrow() throws SQLException {
    int[] runs = {0};
    TransactionOptions options = TransactionOptions.defaults().withRetry(Retry.of(3));
    db.transaction(
        options,
        _ -> {
          insert(1);
          if (++runs[0] < 3) {
            throw new IllegalStateException("wrapped", new SQLException("deadlock", "40P01"));
          }
        });
    assertThat(runs[0]).isEqualTo(3);
    assertThat(committedIds()).containsExactly(1);
  }

  // ---- nesting

  @AsyncTest
  void nested_fails_isRolledBackAlone() throws SQLException {
    db.transaction(
        tx -> {
          insert(1);
          assertThatThrownBy(
                  () ->
                      tx.transaction(
                          _ -> {
                            insert(2);
                            insert(1); // is there already
                          }))
              .isInstanceOf(SQLException.class);
          db.transaction(
              inner -> {
                inner.update("insert into item values (3, 'x')");
                tx.update("insert into item values (4, 'x')"); // in the inner one, too
              });
        });
    assertThat(committedIds()).containsExactly(1, 3, 4);
  }

  @AsyncTest
  void nested_refused_isAnError() throws SQLException {
    db.transaction(
        tx ->
            assertThatThrownBy(
                    () -> db.transaction(TransactionOptions.defaults().withNesting(false), _ -> {}))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("the options refuse to nest"));
  }

  @AsyncTest
  void nested_withIsolationOrRetry_isAnError() throws SQLException {
    TransactionOptions options =
        TransactionOptions.defaults().withIsolation(Isolation.SERIALIZABLE);
    db.transaction(
        tx ->
            assertThatThrownBy(() -> tx.transaction(options, _ -> {}))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("are for the outermost one"));
  }

  @AsyncTest
  void nested_ofManyTasksAtOnce_rollBackNobodyElsesWork() throws SQLException {
    db.transaction(
        tx ->
            map(
                    IntStream.range(0, 20).boxed().toList(),
                    i -> {
                      try {
                        db.transaction(
                            inner -> {
                              insert(i);
                              sleep(Duration.ofMillis(20 - i));
                              if (i % 2 == 0) {
                                throw new IOException("even");
                              }
                            });
                      } catch (IOException expected) {
                        assertThat(i % 2).isZero();
                      }
                      return i;
                    })
                .await());
    assertThat(committedIds()).containsExactly(1, 3, 5, 7, 9, 11, 13, 15, 17, 19);
  }

  @AsyncTest
  void nested_deadlockIsSwallowed_goesOnOrCommitsNothing() throws SQLException {
    insert(1);
    insert(2);
    Event one = new Event();
    Event two = new Event();
    List<String> states = new ArrayList<>();
    gather(() -> cross(1, 2, one, two, states), () -> cross(2, 1, two, one, states)).await();
    List<String> names = db.query(String.class, "select name from item where id > 10");
    if (engine == TestDatabases.H2) { // which rolls back all of the transaction
      assertThat(states).containsExactly("40001");
      assertThat(names).hasSize(1);
    } else {
      assertThat(states).isEmpty();
      assertThat(names).hasSize(2);
    }
    List<String> updated = db.query(String.class, "select name from item where id < 10");
    assertThat(updated).doesNotContain("item 1", "item 2").containsOnly(updated.getFirst());
  }

  /** Changes two rows, as another task does in the other order, and goes on when that fails. */
  private Void cross(int first, int second, Event mine, Event other, List<String> states) {
    String name = "by " + first;
    try {
      db.transaction(
          tx -> {
            try {
              tx.transaction(
                  _ -> {
                    db.update("update item set name = ? where id = ?", name, first);
                    mine.set();
                    other.await();
                    db.update("update item set name = ? where id = ?", name, second);
                  });
            } catch (SQLException e) {
              assertThat(e.getSQLState()).isIn("40001", "40P01");
            }
            insert(10 + first);
          });
    } catch (SQLException e) {
      assertThat((Throwable) e).hasMessageContaining("has rolled back the whole transaction");
      states.add(e.getSQLState());
    }
    return null;
  }

  // ---- tasks in a transaction

  @AsyncTest
  void gather_inTransaction_takesTurnsOnTheOneConnection() throws SQLException {
    insert(0);
    db.transaction(
        tx -> {
          insert(1); // seen by the others only if they run on this connection
          List<Integer> seen =
              map(
                      IntStream.range(0, 100).boxed().toList(),
                      i -> db.queryOne(Integer.class, "select count(*) + ? - ? from item", i, i))
                  .await();
          assertThat(seen).hasSize(100).containsOnly(2);
          gather(() -> insert(2), () -> tx.update("insert into item values (3, 'c')")).await();
        });
    assertThat(committedIds()).containsExactly(0, 1, 2, 3);
  }

  @AsyncTest
  void childTask_outlivesTheTransaction_getsAnError() throws SQLException {
    Event ended = new Event();
    List<Task<Void>> children = new ArrayList<>();
    db.transaction(
        _ ->
            children.add(
                createTask(
                    "late",
                    () -> {
                      ended.await();
                      insert(1);
                    })));
    ended.set();
    assertThatThrownBy(() -> children.getFirst().await())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("has ended, and task late has outlived it");
    assertThat(committedIds()).isEmpty();
  }

  @AsyncTest
  void childTask_waitsForItsTurnWhenTheTransactionEnds_getsAnError() throws SQLException {
    List<Future<?>> children = new ArrayList<>();
    Event goOn = new Event();
    assertThatThrownBy(
            () ->
                db.transaction(
                    _ -> {
                      children.add(
                          createTask(
                              () -> {
                                try (Connection _ = db.dataSource().getConnection()) {
                                  goOn.await(); // has the turn
                                }
                              }));
                      children.add(createTask(() -> insert(1)));
                      children.add(createTask(() -> insert(2)));
                      sleep(Duration.ZERO);
                      EventLoop.current().callLater(Duration.ofMillis(10), goOn::set);
                      throw new IOException("no");
                    }))
        .isInstanceOf(IOException.class);
    children.getFirst().await();
    for (Future<?> child : children.subList(1, 3)) {
      assertThatThrownBy(child::await).isInstanceOf(IllegalStateException.class);
    }
    assertThat(committedIds()).isEmpty();
  }

  @AsyncTest
  void childTask_withAContextOfItsOwn_isNoPartOfTheTransaction() throws SQLException {
    assertThatThrownBy(
            () ->
                db.transaction(
                    _ -> {
                      insert(1);
                      createTask(
                              TaskOptions.defaults().withContext(Context.empty()), () -> insert(2))
                          .await();
                      throw new IOException("no");
                    }))
        .isInstanceOf(IOException.class);
    assertThat(committedIds()).containsExactly(2);
  }

  @AsyncTest
  void childTask_cancelled_losesNoTurn() throws SQLException {
    db.transaction(
        tx -> {
          Task<Void> holding =
              createTask(
                  () ->
                      tx.transaction(
                          _ -> {
                            sleep(Duration.ofMillis(10));
                            insert(1);
                          }));
          sleep(Duration.ZERO);
          Task<Void> waiting = createTask(() -> insert(2));
          Task<Void> behind = createTask(() -> insert(3));
          sleep(Duration.ZERO);
          waiting.cancel();
          gather(holding, shield(behind)).await();
          assertThat(waiting.isCancelled()).isTrue();
        });
    assertThat(committedIds()).containsExactly(1, 3);
  }

  @AsyncTest
  void statement_byAThread_isRefused() throws Exception {
    db.transaction(
        tx ->
            assertThatThrownBy(() -> toThread(() -> tx.update("delete from item")))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("which is no task"));
  }

  @AsyncTest
  void transfers_manyCancelledAtAnyMoment_neitherMakeNorLoseMoney() throws SQLException {
    db.update("create table account (id int primary key, amount int)");
    db.batch(
        "insert into account values (?, 100)", IntStream.range(0, 10).mapToObj(List::of).toList());
    Random random = new Random(6);
    List<Task<Void>> transfers = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      int lower = random.nextInt(9);
      int higher = lower + 1 + random.nextInt(9 - lower); // in this order nobody deadlocks
      transfers.add(
          createTask(
              () ->
                  db.transaction(
                      _ -> {
                        book(lower, -1);
                        gather(() -> book(higher, 1), () -> db.transaction(_ -> book(lower, 0)))
                            .await();
                      })));
    }
    Task<Void> canceller =
        createTask(
            () -> {
              for (int i = 0; i < transfers.size(); i++) { // among those that have a connection
                while (!transfers.get(Math.max(0, i - 8)).isDone()) {
                  sleep(Duration.ZERO);
                }
                if (random.nextInt(2) == 0) {
                  transfers.get(i).cancel();
                }
              }
            });
    int committed = 0;
    for (Task<Void> transfer : transfers) {
      try {
        transfer.await();
        committed++;
      } catch (CancellationException expected) {
        assertThat(transfer.isCancelled()).isTrue();
      }
    }
    canceller.await();
    assertThat(committed).isBetween(1, 199);
    assertThat(db.queryOne(Integer.class, "select sum(amount) from account")).isEqualTo(1000);
    assertThat(db.statistics().lent()).isZero();
  }

  private void book(int account, int amount) throws SQLException {
    db.update("update account set amount = amount + ? where id = ?", amount, account);
  }

  @AsyncTest
  void twoDatabases_haveTransactionsOfTheirOwn() throws SQLException {
    Database other = engine.open(name);
    assertThatThrownBy(
            () ->
                db.transaction(
                    _ -> {
                      insert(1);
                      other.transaction(
                          inner -> {
                            other.update("insert into item values (2, 'other')");
                            insert(3);
                          });
                      throw new IOException("no");
                    }))
        .isInstanceOf(IOException.class);
    other.close();
    assertThat(committedIds()).containsExactly(2);
  }

  @AsyncTest
  void transaction_connectionIsLost_failsWithThatAndTheNextOneWorks() throws SQLException {
    if (engine == TestDatabases.H2) {
      return; // ends no session at another's request
    }
    assertThatThrownBy(
            () ->
                db.transaction(
                    tx -> {
                      insert(1);
                      tx.query(Row.class, "select pg_terminate_backend(pg_backend_pid())");
                    }))
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("57P01"));
    db.transaction(_ -> insert(2));
    assertThat(committedIds()).containsExactly(2);
  }

  @AsyncTest
  void childTask_statementIsCancelled_spoilsOnlyItsNestedTransaction() throws SQLException {
    if (engine == TestDatabases.H2) {
      return; // has no pg_sleep
    }
    db.transaction(
        tx -> {
          insert(1);
          Task<Void> slow =
              createTask(
                  () -> tx.transaction(inner -> inner.query(Row.class, "select pg_sleep(600)")));
          while (!serverSleeps()) {
            sleep(Duration.ZERO);
          }
          slow.cancel();
          assertThatThrownBy(slow::await).isInstanceOf(CancellationException.class);
          insert(2); // on the same connection
        });
    assertThat(committedIds()).containsExactly(1, 2);
    assertThat(serverSleeps()).isFalse();
  }

  private boolean serverSleeps() throws SQLException {
    return Context.empty()
        .run(
            () ->
                db.queryOne(
                    Boolean.class,
                    "select count(*) > 0 from pg_stat_activity where state = 'active' and query = ?",
                    "select pg_sleep(600)"));
  }

  @AsyncTest
  void nested_rollbackOnly_isRolledBackAlone() throws SQLException {
    db.transaction(
        tx -> {
          insert(1);
          tx.transaction(
              inner -> {
                insert(2);
                inner.setRollbackOnly();
              });
        });
    assertThat(committedIds()).containsExactly(1);
  }

  // ---- other libraries

  @AsyncTest
  void dataSource_inTransaction_isThatOnesConnection() throws SQLException {
    assertThatThrownBy(
            () ->
                db.transaction(
                    _ -> {
                      insert(1);
                      try (Connection connection = db.dataSource().getConnection();
                          Statement statement = connection.createStatement();
                          ResultSet result = statement.executeQuery("select count(*) from item")) {
                        result.next();
                        assertThat(result.getInt(1)).isEqualTo(1);
                        insert(2); // the same task has the turn already
                      }
                      throw new IOException("no");
                    }))
        .isInstanceOf(IOException.class);
    assertThat(committedIds()).isEmpty();
  }

  @AsyncTest
  void dataSource_inTransaction_refusesToEndIt() throws SQLException {
    db.transaction(
        _ -> {
          try (Connection connection = db.dataSource().getConnection()) {
            assertThat(connection.getAutoCommit()).isFalse();
            connection.setAutoCommit(false);
            for (var refused :
                List.<org.assertj.core.api.ThrowableAssert.ThrowingCallable>of(
                    connection::commit,
                    connection::rollback,
                    () -> connection.setAutoCommit(true),
                    () -> connection.setReadOnly(true))) {
              assertThatThrownBy(refused)
                  .isInstanceOf(SQLException.class)
                  .hasMessageContaining("which ends with its body");
            }
            connection.releaseSavepoint(connection.setSavepoint());
          }
          insert(1);
        });
    assertThat(committedIds()).containsExactly(1);
  }

  @AsyncTest
  void dataSource_closedConnection_isNotUsedAgain() throws SQLException {
    db.transaction(
        _ -> {
          Connection connection = db.dataSource().getConnection();
          connection.close();
          connection.close();
          assertThat(connection.isClosed()).isTrue();
          assertThatThrownBy(connection::createStatement)
              .isInstanceOf(SQLException.class)
              .hasMessageContaining("the connection was closed");
        });
  }

  @AsyncTest
  void dataSource_ofManyTasksInTransaction_takeTurns() throws SQLException {
    db.transaction(
        _ ->
            map(
                    IntStream.range(0, 20).boxed().toList(),
                    i -> {
                      try (Connection connection = db.dataSource().getConnection();
                          Statement statement = connection.createStatement()) {
                        sleep(Duration.ofMillis(1));
                        return statement.executeUpdate("insert into item values (" + i + ", 'x')");
                      }
                    })
                .await());
    assertThat(committedIds()).hasSize(20);
  }

  @AsyncTest
  void dataSource_taskEndsWithoutClosing_givesItsTurnBack() throws SQLException {
    db.transaction(
        _ -> {
          createTask(() -> db.dataSource().getConnection()).await();
          insert(1);
        });
    assertThat(committedIds()).containsExactly(1);
  }
}
