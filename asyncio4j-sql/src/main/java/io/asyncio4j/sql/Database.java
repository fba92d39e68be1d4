package io.asyncio4j.sql;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Objects;
import java.util.Properties;
import java.util.concurrent.CancellationException;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * A database as the tasks of a loop see it: a pool of connections, for every library that takes a
 * {@link DataSource}, whose waits suspend the calling task only.
 *
 * <p>When all connections are lent, a task waits for one, in the order in which they asked, for as
 * long as it takes unless {@link DatabaseOptions#withAcquireTimeout} says otherwise. Connections
 * are opened when they are needed. A server that cannot be reached is an error at once, also of the
 * tasks that wait; once it is back, everything works again by itself.
 *
 * <p><b>Cancellation.</b> Cancelling a task cancels its statement on the server; the connection is
 * kept. Should the statement not end by that, the connection is closed ({@link
 * DatabaseOptions#withCancelTimeout}).
 *
 * <p>It belongs to the loop whose task first asks for a connection, until that loop is closed. The
 * tasks of the loop may share a connection: their calls take turns on it.
 *
 * <p>Counterpart of {@code asyncpg.Pool}, but for every database that has a JDBC driver.
 */
public final class Database extends SqlClient implements AutoCloseable {
  private static final String EMBEDDED =
      "jdbc:h2:mem:;MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE;DEFAULT_NULL_ORDERING=HIGH";

  private final Lender lender;
  private final @Nullable StatementLog log;
  private final DataSource dataSource;

  private Database(Lender lender, @Nullable StatementLog log) {
    this.lender = lender;
    this.log = log;
    this.dataSource = new JoiningDataSource(this);
  }

  @Override
  Database database() {
    return this;
  }

  @Override
  @Nullable Transaction level() {
    return Transaction.current(this);
  }

  /** Lends a connection, in a transaction too. */
  Connection connect() throws SQLException {
    Connection connection = lender.lend().connection();
    return log == null ? connection : log.around(connection);
  }

  /**
   * Opens a database with the default options. Does not connect yet.
   *
   * @param url as for {@link #open(String, DatabaseOptions)}
   * @return the database
   * @throws IllegalArgumentException as for {@link #open(String, DatabaseOptions)}
   */
  public static Database open(String url) {
    return open(url, DatabaseOptions.defaults());
  }

  /**
   * Opens a database. Does not connect yet. May be called by any thread.
   *
   * <p>A PostgreSQL on another host must speak TLS and prove who it is, unless the URL has a
   * parameter {@code sslmode}; the JDK's trusted certificates count, or those that the parameter
   * {@code sslrootcert} names. So must a MySQL or MariaDB, unless the URL has {@code sslMode}. A
   * database that works inside this process does so on threads of its own: H2 behind its own server
   * on a loopback port, SQLite and DuckDB with a thread for each connection.
   *
   * @param url a URL of JDBC, or {@code postgresql://user:password@host/name}, and likewise {@code
   *     mysql://} and {@code mariadb://}
   * @param options how many connections there may be, and who logs in
   * @return the database
   * @throws IllegalArgumentException if no driver on the class path takes the URL
   */
  public static Database open(String url, DatabaseOptions options) {
    DatabaseUrl parsed = DatabaseUrl.parse(url);
    Properties properties = parsed.properties();
    String user = options.user();
    if (user != null) {
      properties.setProperty("user", user);
    }
    if (Engine.of(parsed.jdbc()) == Engine.POSTGRESQL) {
      // Its driver does not let a call end while a cancel of it is on its way to a server that is
      // not there, whatever else we do to the connection.
      long seconds = Math.clamp(options.cancelTimeout().toSeconds(), 1, Integer.MAX_VALUE);
      properties.setProperty("cancelSignalTimeout", String.valueOf(seconds));
    }
    ConnectionFactory factory;
    if (EmbeddedServer.accepts(parsed.jdbc())) {
      checkHasH2();
      factory = new EmbeddedServer(parsed.jdbc(), properties);
    } else {
      factory = new UrlConnections(parsed.jdbc(), properties);
    }
    return new Database(new Pool(factory, options), options.statementLog());
  }

  /**
   * Opens a database whose connections a data source opens, such as that of a driver or a cloud.
   * Does not connect yet. May be called by any thread.
   *
   * @param source opens a connection at each call, on a thread of its own
   * @param options how many connections there may be, and who logs in
   * @return the database
   */
  public static Database open(DataSource source, DatabaseOptions options) {
    Objects.requireNonNull(source, "source");
    return new Database(
        new Pool(new DataSourceConnections(source, options.user()), options),
        options.statementLog());
  }

  /**
   * Opens a database in memory that needs no installation: an H2 that behaves as PostgreSQL in most
   * respects, private to the object that is returned and gone when that is closed. It needs {@code
   * com.h2database:h2} on the class path.
   *
   * @return the database
   * @throws IllegalArgumentException if H2 is not on the class path
   */
  public static Database embedded() {
    return open(EMBEDDED);
  }

  /**
   * Takes connections from another library's pool, whose rules hold for waiting, refusing and
   * closing. What is said here of cancellation and of sharing a connection holds as well.
   *
   * @param pool what lends connections
   * @return the database
   */
  public static Database of(DataSource pool) {
    return new Database(new BorrowedLender(Objects.requireNonNull(pool, "pool")), null);
  }

  /**
   * Listens on channels of PostgreSQL, from now on. Suspends until the server has agreed. It takes
   * one connection out of the pool's number until it is closed.
   *
   * @param channels their names; as in quotes, so that case matters
   * @return the notifications as they come, to be closed
   * @throws SQLException if there is no connection, or the database is not PostgreSQL
   * @throws IllegalStateException if the caller is in a transaction: that would have to end first
   * @throws IllegalArgumentException if there is no channel
   */
  public Notifications listen(String... channels) throws SQLException {
    Transaction level = level();
    if (level != null) {
      throw new IllegalStateException(
          "listen was called in the " + level + "; listen before it begins, or after it");
    }
    return Notifications.on(connect(), Notifications.BETWEEN_CHECKS, channels);
  }

  private static void checkHasH2() {
    try {
      Class.forName("org.h2.tools.Server", false, Database.class.getClassLoader());
    } catch (ClassNotFoundException e) {
      throw new IllegalArgumentException(
          "an embedded database needs H2: add com.h2database:h2 to the class path", e);
    }
  }

  /**
   * Returns what lends connections to tasks, for every library that takes a data source. Its {@code
   * getConnection()} suspends the calling task until there is a connection for it; {@code close()}
   * of the connection gives it back, in the state in which it was lent.
   *
   * <p>In a {@linkplain #transaction transaction} it gives that one's connection, so that other
   * libraries take part. To close it gives the turn back to the other tasks; to commit, to roll
   * back or to set auto-commit is refused, since the transaction ends with its body.
   *
   * @return the data source
   */
  public DataSource dataSource() {
    return dataSource;
  }

  /**
   * Returns the state of the pool. Does not suspend.
   *
   * @return how many connections are open, lent and waited for
   */
  public PoolStatistics statistics() {
    return lender.statistics();
  }

  /**
   * Waits until all connections have been given back, and closes them. Tasks that wait for one, and
   * those that ask from now on, are refused. Closing twice has no effect.
   *
   * <p><b>Cancellation.</b> A task that is cancelled while it waits here ends the connections that
   * are still lent.
   *
   * @throws CancellationException if the task was cancelled while it waited
   * @throws IllegalStateException if the calling task holds a connection itself, or is no task of
   *     the loop whose tasks use the database, unless that loop is closed
   */
  @Override
  public void close() {
    lender.close();
  }

  @Override
  public String toString() {
    return "Database[" + lender.describe() + ", " + statistics() + "]";
  }
}
