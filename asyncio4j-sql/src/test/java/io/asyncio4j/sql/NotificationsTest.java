package io.asyncio4j.sql;

import static io.asyncio4j.Asyncio.createTask;
import static io.asyncio4j.Asyncio.moveOnAfter;
import static io.asyncio4j.Asyncio.sleep;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.asyncio4j.Event;
import io.asyncio4j.Task;
import io.asyncio4j.testing.AsyncTest;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** Listening to PostgreSQL. */
final class NotificationsTest {
  private Database db;

  /** Other tests on the same server have channels of their own. */
  private final String orders = TestDatabases.newName();

  @BeforeEach
  void open() {
    db = TestDatabases.POSTGRES.open("public");
  }

  @AfterEach
  void close() {
    db.close();
  }

  @AsyncTest
  void listen_notifications_comeInOrder() throws SQLException {
    try (Notifications notifications = db.listen(orders, "Other \"quoted\"")) {
      db.notify(orders, "1");
      db.update("notify \"Other \"\"quoted\"\"\"");
      db.notify("unheard_" + orders, "2");
      db.notify(orders, "3");
      assertThat(notifications.receive())
          .satisfies(
              first -> {
                assertThat(first.channel()).isEqualTo(orders);
                assertThat(first.payload()).isEqualTo("1");
                assertThat(first.processId()).isPositive();
              });
      assertThat(notifications.receive().channel()).isEqualTo("Other \"quoted\"");
      assertThat(notifications.receive().payload()).isEqualTo("3");
    }
  }

  @AsyncTest
  void listen_closedByAnotherTask_endsTheLoop() throws SQLException {
    Notifications notifications = db.listen(orders);
    List<String> payloads = new ArrayList<>();
    Task<Void> receiver =
        createTask(
            () -> {
              for (Notification notification : notifications) {
                payloads.add(notification.payload());
                notifications.close();
                notifications.close();
              }
            });
    db.notify(orders, "only");
    receiver.await();
    assertThat(payloads).containsExactly("only");
    assertThatThrownBy(notifications::receive)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("are closed");
    assertThat(db.statistics().lent()).isZero();
  }

  @AsyncTest
  void listen_cancelled_endsAndGivesItsConnectionBack() throws SQLException {
    Event listening = new Event();
    Task<Void> receiver =
        createTask(
            () -> {
              try (Notifications notifications = db.listen(orders)) {
                db.notify(orders, "ready");
                for (Notification ready : notifications) {
                  assertThat(ready.payload()).isEqualTo("ready");
                  listening.set();
                }
              }
            });
    listening.await();
    receiver.cancel();
    assertThatThrownBy(receiver::await).isInstanceOf(CancellationException.class);
    assertThat(db.statistics().lent()).isZero();
  }

  @AsyncTest
  void receive_timeLimitPasses_nothingIsLost() throws SQLException {
    try (Notifications notifications = db.listen(orders)) {
      assertThat(moveOnAfter(Duration.ZERO, notifications::receive)).isEmpty();
      db.notify(orders, "later");
      assertThat(notifications.receive().payload()).isEqualTo("later");
    }
  }

  @AsyncTest
  void listen_connectionIsLost_tellsSoAfterWhatCameBefore() throws SQLException {
    try (Notifications notifications = db.listen(orders)) {
      db.transaction(
          tx -> {
            tx.notify(orders, "first");
            tx.notify(orders, "before");
          });
      // A server that is told to end before it has passed them on drops them; it passes on both.
      assertThat(notifications.receive().payload()).isEqualTo("first");
      db.query(
          Boolean.class,
          "select pg_terminate_backend(pid) from pg_stat_activity where query like ?",
          "listen %" + orders + "%");
      assertThat(notifications.receive().payload()).isEqualTo("before");
      assertThatThrownBy(notifications::receive)
          .isInstanceOfSatisfying(
              SQLException.class,
              e -> {
                assertThat(e.getSQLState()).isEqualTo("08006");
                assertThat(e.getMessage()).contains("that listened to " + orders + " was lost");
              });
      assertThatThrownBy(
              () -> {
                for (Notification unexpected : notifications) {
                  throw new AssertionError(unexpected);
                }
              })
          .isInstanceOf(SQLException.class);
    }
    assertThat(db.statistics().lent()).isZero();
  }

  @AsyncTest
  void listen_silence_isNoEnd() throws SQLException {
    try (Notifications notifications =
        Notifications.on(db.connect(), Duration.ofMillis(1), orders)) {
      db.query(Row.class, "select pg_sleep(0.05)"); // in which it asks the server often
      db.notify(orders, "still there");
      assertThat(notifications.receive().payload()).isEqualTo("still there");
    }
  }

  @AsyncTest
  void notify_inTransaction_isSentWithTheCommit() throws SQLException {
    try (Notifications notifications = db.listen(orders)) {
      db.transaction(
          tx -> {
            tx.notify(orders, "rolled back");
            tx.setRollbackOnly();
          });
      db.transaction(tx -> tx.notify(orders, "committed"));
      assertThat(notifications.receive().payload()).isEqualTo("committed");
    }
  }

  @AsyncTest
  void listen_inTransactionOrNothingOrElsewhere_isRefused() throws SQLException {
    db.transaction(
        _ ->
            assertThatThrownBy(() -> db.listen(orders))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("listen was called in the transaction"));
    assertThatThrownBy(() -> db.listen()).isInstanceOf(IllegalArgumentException.class);
    try (Database h2 = Database.embedded()) {
      assertThatThrownBy(() -> h2.listen(orders))
          .isInstanceOf(SQLException.class)
          .hasMessage("only PostgreSQL has notifications, but this database is H2");
    }
    assertThat(db.statistics().lent()).isZero();
  }

  @AsyncTest
  void listen_manyNotifications_areReadAsTheyAreReceived() throws SQLException {
    try (Notifications notifications = db.listen(orders)) {
      db.query(Row.class, "select pg_notify(?, n::text) from generate_series(1, 5000) n", orders);
      for (int i = 1; i <= 5000; i++) {
        assertThat(notifications.receive().payload()).isEqualTo(String.valueOf(i));
        if (i == 1) {
          sleep(Duration.ofSeconds(1));
        }
      }
    }
  }
}
