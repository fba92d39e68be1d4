package io.asyncio4j.sql;

import java.lang.invoke.MethodHandle;
import java.sql.Connection;
import java.sql.ParameterMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** A prepared statement as its borrower sees it. What is not here is forwarded as it is. */
abstract class LeasedPreparedStatement extends LeasedStatement implements PreparedStatement {
  private static final MethodHandle NEW =
      Forwarding.constructor(LeasedPreparedStatement.class, PreparedStatement.class);

  private final PreparedStatement raw;

  LeasedPreparedStatement(Lease lease, Connection connection, PreparedStatement raw) {
    super(lease, connection, raw);
    this.raw = raw;
  }

  static LeasedPreparedStatement of(Lease lease, Connection connection, PreparedStatement raw) {
    try {
      return (LeasedPreparedStatement) NEW.invokeExact(lease, connection, raw);
    } catch (Throwable e) { // the constructor throws nothing
      throw Rethrow.<RuntimeException>as(e);
    }
  }

  @Override
  public boolean execute() throws SQLException {
    return call(raw::execute);
  }

  @Override
  public int executeUpdate() throws SQLException {
    return call(raw::executeUpdate);
  }

  @Override
  public long executeLargeUpdate() throws SQLException {
    return call(raw::executeLargeUpdate);
  }

  @Override
  public ResultSet executeQuery() throws SQLException {
    return rows(raw::executeQuery);
  }

  @Override
  public @Nullable ResultSetMetaData getMetaData() throws SQLException {
    return call(raw::getMetaData);
  }

  @Override
  public ParameterMetaData getParameterMetaData() throws SQLException {
    return call(raw::getParameterMetaData);
  }
}
