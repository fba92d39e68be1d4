package io.asyncio4j.sql;

import io.asyncio4j.EventLoop;
import io.asyncio4j.ThrowingCallable;
import io.asyncio4j.ThrowingRunnable;
import java.lang.invoke.MethodHandle;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** A statement as its borrower sees it. What is not here is forwarded as it is. */
abstract class LeasedStatement implements Statement {
  private static final MethodHandle NEW =
      Forwarding.constructor(LeasedStatement.class, Statement.class);

  /** The state of MariaDB's error that tells that a statement was cancelled. */
  private static final String INTERRUPTED = "70100";

  private final Lease lease;
  private final Connection connection;
  private final Statement raw;

  /** Whether the server may still be sending rows, which the driver would all read to close. */
  private boolean rowsToCome;

  LeasedStatement(Lease lease, Connection connection, Statement raw) {
    this.lease = lease;
    this.connection = connection;
    this.raw = raw;
    lease.opened(this);
  }

  static LeasedStatement of(Lease lease, Connection connection, Statement raw) {
    try {
      return (LeasedStatement) NEW.invokeExact(lease, connection, raw);
    } catch (Throwable e) { // the constructor throws nothing
      throw Rethrow.<RuntimeException>as(e);
    }
  }

  /** Returns what is forwarded to. */
  Object raw() {
    return raw;
  }

  /** Runs this statement: a cancel of the task cancels it. */
  final <T extends @Nullable Object> T call(ThrowingCallable<T, SQLException> call)
      throws SQLException {
    lease.physical().checkTransaction();
    return lease.call(raw, call);
  }

  /** Runs this statement for a result set. */
  final ResultSet rows(ThrowingCallable<ResultSet, SQLException> call) throws SQLException {
    return lent(call(call));
  }

  private ResultSet lent(ResultSet rows) throws SQLException {
    Engine engine = lease.physical().engine();
    if (engine.hasAllRows(raw.getFetchSize())) {
      return rows;
    }
    rowsToCome = engine.readsAllToClose();
    return LeasedResultSet.of(this, rows);
  }

  /** Notes that there are no more rows. */
  final void atEnd() {
    rowsToCome = false;
  }

  // ---- execution

  @Override
  public boolean execute(String sql) throws SQLException {
    return call(() -> raw.execute(sql));
  }

  @Override
  public boolean execute(String sql, int generatedKeys) throws SQLException {
    return call(() -> raw.execute(sql, generatedKeys));
  }

  @Override
  public boolean execute(String sql, int[] columns) throws SQLException {
    return call(() -> raw.execute(sql, columns));
  }

  @Override
  public boolean execute(String sql, String[] columns) throws SQLException {
    return call(() -> raw.execute(sql, columns));
  }

  @Override
  public int executeUpdate(String sql) throws SQLException {
    return call(() -> raw.executeUpdate(sql));
  }

  @Override
  public int executeUpdate(String sql, int generatedKeys) throws SQLException {
    return call(() -> raw.executeUpdate(sql, generatedKeys));
  }

  @Override
  public int executeUpdate(String sql, int[] columns) throws SQLException {
    return call(() -> raw.executeUpdate(sql, columns));
  }

  @Override
  public int executeUpdate(String sql, String[] columns) throws SQLException {
    return call(() -> raw.executeUpdate(sql, columns));
  }

  @Override
  public long executeLargeUpdate(String sql) throws SQLException {
    return call(() -> raw.executeLargeUpdate(sql));
  }

  @Override
  public long executeLargeUpdate(String sql, int generatedKeys) throws SQLException {
    return call(() -> raw.executeLargeUpdate(sql, generatedKeys));
  }

  @Override
  public long executeLargeUpdate(String sql, int[] columns) throws SQLException {
    return call(() -> raw.executeLargeUpdate(sql, columns));
  }

  @Override
  public long executeLargeUpdate(String sql, String[] columns) throws SQLException {
    return call(() -> raw.executeLargeUpdate(sql, columns));
  }

  @Override
  public ResultSet executeQuery(String sql) throws SQLException {
    return rows(() -> raw.executeQuery(sql));
  }

  @Override
  public int[] executeBatch() throws SQLException {
    return call(raw::executeBatch);
  }

  @Override
  public long[] executeLargeBatch() throws SQLException {
    return call(raw::executeLargeBatch);
  }

  // ---- results

  @Override
  public @Nullable ResultSet getResultSet() throws SQLException {
    ResultSet rows = call(raw::getResultSet);
    return rows == null ? null : lent(rows);
  }

  @Override
  public boolean getMoreResults() throws SQLException {
    return call(raw::getMoreResults);
  }

  @Override
  public boolean getMoreResults(int current) throws SQLException {
    return call(() -> raw.getMoreResults(current));
  }

  @Override
  public ResultSet getGeneratedKeys() throws SQLException {
    return rows(raw::getGeneratedKeys);
  }

  // ---- the end

  @Override
  public Connection getConnection() {
    return connection;
  }

  @Override
  public void close() throws SQLException {
    lease.closed(this);
    lease.tidy(this::closeRaw);
  }

  /** Closes the driver's statement. Where the driver may run. */
  void closeRaw() throws SQLException {
    close(raw::close);
  }

  /** Closes the driver's rows. */
  final void close(ResultSet rows) throws SQLException {
    lease.tidy(() -> close(rows::close));
  }

  private void close(ThrowingRunnable<SQLException> close) throws SQLException {
    if (!rowsToCome || lease.physical().isBroken()) {
      close.run();
      return;
    }
    rowsToCome = false;
    Callable<@Nullable Void> cancel =
        () -> {
          raw.cancel();
          return null;
        };
    EventLoop.current().runInExecutor(OffLoop.EXECUTOR, cancel).<SQLException>await();
    try {
      close.run();
    } catch (SQLException e) {
      if (!INTERRUPTED.equals(e.getSQLState())) {
        throw e;
      }
    }
  }

  @Override
  public <T> T unwrap(Class<T> type) throws SQLException {
    return type.isInstance(this) ? type.cast(this) : raw.unwrap(type);
  }

  @Override
  public boolean isWrapperFor(Class<?> type) throws SQLException {
    return type.isInstance(this) || raw.isWrapperFor(type);
  }

  @Override
  public String toString() {
    return raw.toString();
  }
}
