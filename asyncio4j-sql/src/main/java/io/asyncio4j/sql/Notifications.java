package io.asyncio4j.sql;

import io.asyncio4j.Asyncio;
import io.asyncio4j.Channel;
import io.asyncio4j.EndOfChannelException;
import io.asyncio4j.EventLoop;
import io.asyncio4j.ReturnWhen;
import io.asyncio4j.Task;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

/**
 * The notifications that come on channels of PostgreSQL, from when it was made until it is closed,
 * in the order in which they were sent.
 *
 * {@snippet :
 * try (Notifications orders = db.listen("orders")) {
 *   for (Notification order : orders) {
 *     print(order.payload());
 *   }
 * }
 * }
 *
 * <p>It has a connection for itself, which is closed with it. Up to 1000 notifications wait here
 * for a receiver; more wait in the server, which keeps up to 8 GB for all its listeners. A
 * connection that is lost is an error, after what came before: what was sent since then is lost, so
 * listen again and then read the state again. A server that has gone without a word is noticed
 * within a minute.
 *
 * <p>It is for the tasks of one loop; each notification goes to one of those that receive.
 *
 * <p>Counterpart of {@code asyncpg}'s {@code Connection.add_listener}.
 */
public final class Notifications implements Iterable<Notification>, AutoCloseable {
  private static final int BUFFER = 1000;
  private static final int SECONDS_FOR_ANSWER = 20;

  /** How long a server may be silent before it is asked whether it is there. */
  static final Duration BETWEEN_CHECKS = Duration.ofSeconds(30);

  /** Where one waits for the server, so that in portable mode too the loop goes on. */
  private static final ExecutorService THREADS =
      Executors.newThreadPerTaskExecutor(
          Thread.ofVirtual().name("asyncio4j-sql-listen-", 0).factory());

  private final String channels;
  private final Connection connection;
  private final Channel<Notification> received = new Channel<>(BUFFER);
  private final Task<@Nullable Void> reader;
  private @Nullable SQLException lost;

  private Notifications(String channels, Connection connection, Wait wait) {
    this.channels = channels;
    this.connection = connection;
    received.named("notifications of " + channels);
    reader = Asyncio.createTask("listens to " + channels, () -> read(wait));
  }

  /** Starts to listen on a connection, which is closed if that fails. */
  static Notifications on(Connection connection, Duration betweenChecks, String... channels)
      throws SQLException {
    try {
      if (channels.length == 0) {
        throw new IllegalArgumentException("there is no channel to listen to; name one");
      }
      requirePostgres(connection);
      try (Statement statement = connection.createStatement()) {
        for (String channel : channels) {
          statement.execute("listen \"" + channel.replace("\"", "\"\"") + '"');
        }
      }
      Wait wait = Wait.on(connection.unwrap(PGConnection.class), betweenChecks);
      return new Notifications(String.join(", ", channels), connection, wait);
    } catch (SQLException | RuntimeException e) {
      connection.close();
      throw e;
    }
  }

  static void requirePostgres(Connection connection) throws SQLException {
    if (!Binder.isPostgres(connection)) {
      throw new SQLFeatureNotSupportedException(
          "only PostgreSQL has notifications, but this database is "
              + connection.getMetaData().getDatabaseProductName(),
          "0A000");
    }
  }

  /** Has the connection, and closes it whatever ends this. */
  private void read(Wait wait) throws SQLException {
    try (connection;
        var sender = received.sender()) {
      try {
        while (true) {
          for (Notification one : next(wait)) {
            sender.send(one);
          }
        }
      } catch (SQLException e) {
        lost = e;
      } finally {
        Transaction.abort(connection); // it listens, so nobody else may have it
      }
    }
  }

  private static List<Notification> next(Wait wait) throws SQLException {
    return EventLoop.current().<List<Notification>>runInExecutor(THREADS, wait).await();
  }

  /** The wait for the server, on a thread of its own. */
  private record Wait(PGConnection server, Connection raw, int millis)
      implements Callable<List<Notification>> {
    static Wait on(PGConnection server, Duration betweenChecks) {
      return new Wait(server, (Connection) server, Math.toIntExact(betweenChecks.toMillis()));
    }

    @Override
    public List<Notification> call() throws SQLException {
      PGNotification[] some = server.getNotifications(millis);
      if (some == null || some.length == 0) {
        if (!raw.isValid(SECONDS_FOR_ANSWER)) {
          throw new SQLException(
              "the server does not answer within " + SECONDS_FOR_ANSWER + " s", "08006");
        }
        return List.of();
      }
      return Stream.of(some)
          .map(one -> new Notification(one.getName(), one.getParameter(), one.getPID()))
          .toList();
    }
  }

  /**
   * Suspends the calling task until a notification comes.
   *
   * <p><b>Cancellation.</b> Nothing is lost: the next receiver gets what comes.
   *
   * @return the next notification
   * @throws SQLException if the connection was lost, with the state 08006 and the cause
   * @throws IllegalStateException if this is closed
   * @throws CancellationException if the task was cancelled
   */
  public Notification receive() throws SQLException {
    try {
      return received.receiver().receive();
    } catch (EndOfChannelException e) {
      throwIfLost();
      throw new IllegalStateException(this + " are closed; listen again", e);
    }
  }

  private void throwIfLost() throws SQLException {
    if (lost != null) {
      throw new SQLException(
          "the connection that listened to "
              + channels
              + " was lost, and with it what was sent since; listen again, and then read the state"
              + " that the notifications are about",
          "08006",
          lost);
    }
  }

  /**
   * Returns the notifications as they come. Its {@code hasNext()} suspends, and is false when this
   * is closed.
   *
   * @return an iterator that throws {@code SQLException}, undeclared, if the connection was lost
   */
  @Override
  public Iterator<Notification> iterator() {
    Iterator<Notification> items = received.receiver().iterator();
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        if (items.hasNext()) {
          return true;
        }
        try {
          throwIfLost();
        } catch (SQLException e) {
          throw Rethrow.<RuntimeException>as(e);
        }
        return false;
      }

      @Override
      public Notification next() {
        return items.next();
      }
    };
  }

  /**
   * Ends listening and closes the connection. Those that wait get the end. May suspend; closing
   * again does nothing.
   *
   * <p><b>Cancellation.</b> Does not cut it short.
   */
  @Override
  public void close() {
    reader.cancel();
    Asyncio.shielded(() -> Asyncio.waitUntil(ReturnWhen.ALL_COMPLETED, List.of(reader)));
  }

  @Override
  public String toString() {
    return "notifications of " + channels;
  }
}
