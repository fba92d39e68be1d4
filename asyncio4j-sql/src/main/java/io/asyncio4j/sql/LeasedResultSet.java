package io.asyncio4j.sql;

import io.asyncio4j.ThrowingCallable;
import io.asyncio4j.ThrowingRunnable;
import java.lang.invoke.MethodHandle;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/**
 * Rows as their borrower sees them, where to move to the next may ask the server. What is not here
 * is forwarded as it is.
 */
abstract class LeasedResultSet implements ResultSet {
  private static final MethodHandle NEW =
      Forwarding.constructor(LeasedResultSet.class, ResultSet.class);

  private final LeasedStatement statement;
  private final ResultSet raw;

  LeasedResultSet(LeasedStatement statement, ResultSet raw) {
    this.statement = statement;
    this.raw = raw;
  }

  static LeasedResultSet of(LeasedStatement statement, ResultSet raw) {
    try {
      return (LeasedResultSet) NEW.invokeExact(statement, raw);
    } catch (Throwable e) { // the constructor throws nothing
      throw Rethrow.<RuntimeException>as(e);
    }
  }

  /** Returns what is forwarded to. */
  Object raw() {
    return raw;
  }

  private <T extends @Nullable Object> T call(ThrowingCallable<T, SQLException> call)
      throws SQLException {
    return statement.call(call);
  }

  private void callVoid(ThrowingRunnable<SQLException> call) throws SQLException {
    this.<@Nullable Void>call(
        () -> {
          call.run();
          return null;
        });
  }

  // ---- moving

  @Override
  public boolean next() throws SQLException {
    boolean more = false;
    try {
      more = call(raw::next);
      return more;
    } finally {
      if (!more) {
        statement.atEnd();
      }
    }
  }

  @Override
  public boolean previous() throws SQLException {
    return call(raw::previous);
  }

  @Override
  public boolean first() throws SQLException {
    return call(raw::first);
  }

  @Override
  public boolean last() throws SQLException {
    return call(raw::last);
  }

  @Override
  public boolean isLast() throws SQLException {
    return call(raw::isLast);
  }

  @Override
  public boolean absolute(int row) throws SQLException {
    return call(() -> raw.absolute(row));
  }

  @Override
  public boolean relative(int rows) throws SQLException {
    return call(() -> raw.relative(rows));
  }

  @Override
  public void beforeFirst() throws SQLException {
    callVoid(raw::beforeFirst);
  }

  @Override
  public void afterLast() throws SQLException {
    callVoid(raw::afterLast);
  }

  @Override
  public void moveToInsertRow() throws SQLException {
    callVoid(raw::moveToInsertRow);
  }

  @Override
  public void moveToCurrentRow() throws SQLException {
    callVoid(raw::moveToCurrentRow);
  }

  // ---- changing

  @Override
  public void insertRow() throws SQLException {
    callVoid(raw::insertRow);
  }

  @Override
  public void updateRow() throws SQLException {
    callVoid(raw::updateRow);
  }

  @Override
  public void deleteRow() throws SQLException {
    callVoid(raw::deleteRow);
  }

  @Override
  public void refreshRow() throws SQLException {
    callVoid(raw::refreshRow);
  }

  // ---- the end

  @Override
  public Statement getStatement() {
    return statement;
  }

  @Override
  public void close() throws SQLException {
    statement.close(raw);
  }

  @Override
  public <T> T unwrap(Class<T> type) throws SQLException {
    return type.isInstance(this) ? type.cast(this) : raw.unwrap(type);
  }

  @Override
  public boolean isWrapperFor(Class<?> type) throws SQLException {
    return type.isInstance(this) || raw.isWrapperFor(type);
  }
}
