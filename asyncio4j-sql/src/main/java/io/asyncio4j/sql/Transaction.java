package io.asyncio4j.sql;

import io.asyncio4j.Asyncio;
import io.asyncio4j.ContextVar;
import io.asyncio4j.Retry;
import io.asyncio4j.Task;
import io.asyncio4j.ThrowingCallable;
import io.asyncio4j.ThrowingFunction;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A transaction of a {@link Database}, or a part of one that can be rolled back alone, while its
 * body runs. It ends with its body, never before.
 *
 * <p>It is for the tasks of one loop. Tasks that run statements at once take turns on the one
 * connection, in the order in which they asked. While a nested one runs, only its own tasks have
 * turns: a savepoint that is rolled back would take the work of the others with it.
 *
 * <p>Counterpart of {@code asyncpg.transaction.Transaction}.
 */
public final class Transaction extends SqlClient {
  private static final System.Logger LOGGER = System.getLogger("io.asyncio4j.sql");

  private static final ContextVar<@Nullable Transaction> CURRENT =
      ContextVar.of("io.asyncio4j.sql.transaction", null);

  private final Database database;
  private final Session session;
  private final @Nullable Transaction outer;
  private final @Nullable Savepoint savepoint;

  /** What the body's caller runs in: the outer one, one of another database, or nothing. */
  private final @Nullable Transaction before;

  private final String beganIn;
  private final Turns turns;
  private final Set<Cursor<?>> cursors = new LinkedHashSet<>();
  private boolean ended;
  private boolean rollbackOnly;

  private Transaction(
      Database database,
      Session session,
      @Nullable Transaction outer,
      @Nullable Savepoint savepoint) {
    this.database = database;
    this.session = session;
    this.outer = outer;
    this.savepoint = savepoint;
    this.before = CURRENT.get();
    Task<?> task = requireTask();
    this.beganIn = task.name();
    this.turns = new Turns(task.loop(), "turn on the connection of the " + this);
  }

  /** A connection for a transaction, and what it was like before. */
  private record Session(
      Connection connection,
      PhysicalConnection physical,
      @Nullable Integer isolation,
      boolean madeReadOnly) {}

  // ---- which one

  /** Returns the innermost transaction of a database that the calling task is in, or null. */
  static @Nullable Transaction current(Database database) {
    for (Transaction tx = CURRENT.get(); tx != null; tx = tx.before) {
      if (tx.database == database) {
        return tx;
      }
    }
    return null;
  }

  @Override
  Database database() {
    return database;
  }

  /** In a nested one there is no way around it: a savepoint has the whole connection. */
  @Override
  Transaction level() {
    Transaction innermost = current(database);
    for (Transaction tx = innermost; innermost != null && tx != null; tx = tx.outer) {
      if (tx == this) {
        return innermost;
      }
    }
    return this;
  }

  // ---- the body

  static <T extends @Nullable Object, X extends Exception> T run(
      Database database,
      @Nullable Transaction outer,
      TransactionOptions options,
      TransactionalCallable<T, X> body)
      throws X, SQLException {
    if (outer != null) {
      outer.checkMayNest(options);
      return Transaction.<T, X>runNested(outer, body);
    }
    Retry retry = options.retry();
    if (retry == null) {
      return Transaction.<T, X>runOutermost(database, options, body);
    }
    ThrowingCallable<T, Exception> once =
        () -> Transaction.<T, X>runOutermost(database, options, body);
    try {
      return retry.run(once);
    } catch (Exception e) { // an X, an SQLException, or unchecked
      throw Rethrow.<RuntimeException>as(e);
    }
  }

  private void checkMayNest(TransactionOptions options) {
    if (!options.nesting()) {
      throw new IllegalStateException(
          "the caller is in the " + this + " already, and the options refuse to nest");
    }
    if (options.needsOutermost()) {
      throw new IllegalStateException(
          "a transaction within the "
              + this
              + " was asked for with "
              + options
              + "; isolation, read-only and retries are for the outermost one");
    }
  }

  private static <T extends @Nullable Object, X extends Exception> T runOutermost(
      Database database, TransactionOptions options, TransactionalCallable<T, X> body)
      throws X, SQLException {
    requireTask();
    try (Connection connection = database.connect()) {
      Session session = begin(connection, options);
      try {
        return new Transaction(database, session, null, null).runBody(body);
      } finally {
        Asyncio.shielded(() -> restore(session));
      }
    }
  }

  private static <T extends @Nullable Object, X extends Exception> T runNested(
      Transaction outer, TransactionalCallable<T, X> body) throws X, SQLException {
    outer.takeTurn();
    try {
      Savepoint savepoint = outer.session.connection.setSavepoint();
      return new Transaction(outer.database, outer.session, outer, savepoint).runBody(body);
    } finally {
      outer.turns.give();
    }
  }

  private <T extends @Nullable Object, X extends Exception> T runBody(
      TransactionalCallable<T, X> body) throws X, SQLException {
    T result;
    try (var _ = CURRENT.set(this)) {
      result = body.call(this);
    } catch (Throwable failure) { // whatever it is, it ends the transaction and goes on
      try {
        Asyncio.shielded(() -> end(false));
      } catch (SQLException | RuntimeException e) { // the rollback's failure is not the first
        failure.addSuppressed(e);
      }
      throw failure;
    }
    Asyncio.shielded(() -> end(!rollbackOnly));
    return result;
  }

  // ---- begin and end

  private static Task<?> requireTask() {
    Task<?> task = Asyncio.currentTask();
    if (task == null) {
      throw new IllegalStateException(
          "a transaction was asked for on thread "
              + Thread.currentThread().getName()
              + ", which is no task; transactions belong to tasks of a loop");
    }
    return task;
  }

  private static Session begin(Connection connection, TransactionOptions options)
      throws SQLException {
    Isolation isolation = options.isolation();
    boolean bySql = isolation != null && Binder.isPostgres(connection);
    Integer before = null;
    if (isolation != null && !bySql) {
      before = connection.getTransactionIsolation();
      connection.setTransactionIsolation(isolation.jdbc());
    }
    boolean makeReadOnly = options.readOnly() && !connection.isReadOnly();
    if (makeReadOnly) {
      connection.setReadOnly(true);
    }
    connection.setAutoCommit(false);
    if (isolation != null && bySql) { // one round trip, and nothing to undo
      try (var statement = connection.createStatement()) {
        statement.execute("set transaction isolation level " + isolation.sql());
      }
    }
    PhysicalConnection physical = connection.unwrap(LeasedConnection.class).physical();
    physical.inTransaction(true);
    return new Session(connection, physical, before, makeReadOnly);
  }

  /** Gives the connection back as it was; one that cannot be restored is not used again. */
  private static void restore(Session session) {
    Connection connection = session.connection;
    session.physical.inTransaction(false);
    try {
      if (connection.isClosed()) {
        return;
      }
      connection.setAutoCommit(true);
      if (session.madeReadOnly) {
        connection.setReadOnly(false);
      }
      if (session.isolation != null) {
        connection.setTransactionIsolation(session.isolation);
      }
    } catch (SQLException e) {
      LOGGER.log(
          System.Logger.Level.WARNING,
          "a connection could not be restored after a transaction, and is closed: SQL state "
              + e.getSQLState());
      abort(connection);
    }
  }

  static void abort(Connection connection) {
    try {
      connection.abort(Runnable::run);
    } catch (SQLException e) {
      LOGGER.log(
          System.Logger.Level.WARNING,
          "a connection could not be closed: SQL state " + e.getSQLState());
    }
  }

  /** Ends the transaction; who waits for a turn finds it ended. */
  private void end(boolean commit) throws SQLException {
    ended = true;
    turns.take();
    try {
      for (Cursor<?> cursor : List.copyOf(cursors)) {
        cursor.closeStatement();
      }
      if (commit) {
        commit();
      } else {
        rollback();
      }
    } finally {
      turns.give();
    }
  }

  private void commit() throws SQLException {
    try {
      session.physical.checkTransaction();
      if (savepoint != null) {
        session.connection.releaseSavepoint(savepoint);
      } else {
        session.connection.commit();
      }
    } catch (SQLException e) {
      try {
        rollback();
      } catch (SQLException again) {
        e.addSuppressed(again);
      }
      throw e;
    }
  }

  private void rollback() throws SQLException {
    Connection connection = session.connection;
    if (connection.isClosed()) {
      return; // the server has rolled back
    }
    if (savepoint == null) {
      connection.rollback();
    } else if (!session.physical.isRolledBack()) { // else the savepoint is gone
      connection.rollback(savepoint);
      connection.releaseSavepoint(savepoint);
    }
  }

  /**
   * Has the transaction rolled back when its body returns, without an exception.
   *
   * @throws IllegalStateException if it has ended
   */
  public void setRollbackOnly() {
    checkOpen();
    rollbackOnly = true;
  }

  // ---- statements

  <R extends @Nullable Object> R inTurn(
      ThrowingFunction<? super Connection, ? extends R, SQLException> work) throws SQLException {
    takeTurn();
    try {
      return work.apply(session.connection);
    } finally {
      turns.give();
    }
  }

  private void takeTurn() {
    checkOpen();
    turns.take();
    if (ended) {
      turns.give();
      checkOpen();
    }
  }

  private void checkOpen() {
    if (ended) {
      Task<?> task = Asyncio.currentTask();
      throw new IllegalStateException(
          "the "
              + this
              + " has ended, and "
              + (task == null ? "the caller" : "task " + task.name())
              + " has outlived it; await in a transaction the tasks that it starts, and start those"
              + " that are no part of it with TaskOptions.defaults().withContext(Context.empty())");
    }
  }

  /** Returns the connection for code that closes it: with that it gives its turn back. */
  Connection joined() {
    takeTurn();
    return JoinedConnection.of(session.connection, turns, toString());
  }

  boolean hasEnded() {
    return ended;
  }

  void opened(Cursor<?> cursor) {
    cursors.add(cursor);
  }

  void closed(Cursor<?> cursor) {
    cursors.remove(cursor);
  }

  @Override
  public String toString() {
    return (savepoint == null ? "transaction" : "nested transaction")
        + " that task "
        + beganIn
        + " began";
  }
}
