package io.asyncio4j.sql;

import io.asyncio4j.ThrowingCallable;
import io.asyncio4j.ThrowingRunnable;
import java.lang.invoke.MethodHandle;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Array;
import java.sql.Blob;
import java.sql.CallableStatement;
import java.sql.Clob;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.NClob;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.SQLXML;
import java.sql.Savepoint;
import java.sql.Statement;
import java.sql.Struct;
import java.util.Map;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** A connection as its borrower sees it. What is not here is forwarded as it is. */
abstract class LeasedConnection implements Connection {
  private static final MethodHandle NEW =
      Forwarding.constructor(LeasedConnection.class, Connection.class);

  private final Lease lease;
  private final Connection raw;

  LeasedConnection(Lease lease, Connection raw) {
    this.lease = lease;
    this.raw = raw;
  }

  static LeasedConnection of(Lease lease, Connection raw) {
    try {
      return (LeasedConnection) NEW.invokeExact(lease, raw);
    } catch (Throwable e) { // the constructor throws nothing
      throw Rethrow.<RuntimeException>as(e);
    }
  }

  /** Returns what is forwarded to. */
  Object raw() {
    return raw;
  }

  PhysicalConnection physical() {
    return lease.physical();
  }

  private <T extends @Nullable Object> T call(ThrowingCallable<T, SQLException> call)
      throws SQLException {
    return lease.call(null, call);
  }

  private void callVoid(ThrowingRunnable<SQLException> call) throws SQLException {
    lease.callVoid(null, call);
  }

  // ---- statements

  private Statement statement(ThrowingCallable<? extends Statement, SQLException> create)
      throws SQLException {
    return LeasedStatement.of(lease, this, call(create::call));
  }

  private PreparedStatement prepared(
      ThrowingCallable<? extends PreparedStatement, SQLException> create) throws SQLException {
    return LeasedPreparedStatement.of(lease, this, call(create::call));
  }

  private CallableStatement callable(
      ThrowingCallable<? extends CallableStatement, SQLException> create) throws SQLException {
    return LeasedCallableStatement.of(lease, this, call(create::call));
  }

  @Override
  public Statement createStatement() throws SQLException {
    return statement(raw::createStatement);
  }

  @Override
  public Statement createStatement(int type, int concurrency) throws SQLException {
    return statement(() -> raw.createStatement(type, concurrency));
  }

  @Override
  public Statement createStatement(int type, int concurrency, int holdability) throws SQLException {
    return statement(() -> raw.createStatement(type, concurrency, holdability));
  }

  @Override
  public PreparedStatement prepareStatement(String sql) throws SQLException {
    return prepared(() -> raw.prepareStatement(sql));
  }

  @Override
  public PreparedStatement prepareStatement(String sql, int type, int concurrency)
      throws SQLException {
    return prepared(() -> raw.prepareStatement(sql, type, concurrency));
  }

  @Override
  public PreparedStatement prepareStatement(String sql, int type, int concurrency, int holdability)
      throws SQLException {
    return prepared(() -> raw.prepareStatement(sql, type, concurrency, holdability));
  }

  @Override
  public PreparedStatement prepareStatement(String sql, int generatedKeys) throws SQLException {
    return prepared(() -> raw.prepareStatement(sql, generatedKeys));
  }

  @Override
  public PreparedStatement prepareStatement(String sql, int[] columns) throws SQLException {
    return prepared(() -> raw.prepareStatement(sql, columns));
  }

  @Override
  public PreparedStatement prepareStatement(String sql, String[] columns) throws SQLException {
    return prepared(() -> raw.prepareStatement(sql, columns));
  }

  @Override
  public CallableStatement prepareCall(String sql) throws SQLException {
    return callable(() -> raw.prepareCall(sql));
  }

  @Override
  public CallableStatement prepareCall(String sql, int type, int concurrency) throws SQLException {
    return callable(() -> raw.prepareCall(sql, type, concurrency));
  }

  @Override
  public CallableStatement prepareCall(String sql, int type, int concurrency, int holdability)
      throws SQLException {
    return callable(() -> raw.prepareCall(sql, type, concurrency, holdability));
  }

  // ---- transactions

  @Override
  public void commit() throws SQLException {
    callVoid(raw::commit);
  }

  @Override
  public void rollback() throws SQLException {
    callVoid(raw::rollback);
  }

  @Override
  public void rollback(Savepoint savepoint) throws SQLException {
    callVoid(() -> raw.rollback(savepoint));
  }

  @Override
  public Savepoint setSavepoint() throws SQLException {
    return call(raw::setSavepoint);
  }

  @Override
  public Savepoint setSavepoint(String name) throws SQLException {
    return call(() -> raw.setSavepoint(name));
  }

  @Override
  public void releaseSavepoint(Savepoint savepoint) throws SQLException {
    callVoid(() -> raw.releaseSavepoint(savepoint));
  }

  // ---- state, which is put back for the next borrower

  @Override
  public void setAutoCommit(boolean autoCommit) throws SQLException {
    callVoid(
        () -> {
          boolean before = raw.getAutoCommit();
          lease.physical().undoLater("autoCommit", () -> raw.setAutoCommit(before));
          raw.setAutoCommit(autoCommit);
        });
  }

  @Override
  public void setReadOnly(boolean readOnly) throws SQLException {
    callVoid(
        () -> {
          boolean before = raw.isReadOnly();
          lease.physical().undoLater("readOnly", () -> raw.setReadOnly(before));
          raw.setReadOnly(readOnly);
        });
  }

  @Override
  public void setTransactionIsolation(int level) throws SQLException {
    callVoid(
        () -> {
          int before = raw.getTransactionIsolation();
          lease.physical().undoLater("isolation", () -> raw.setTransactionIsolation(before));
          raw.setTransactionIsolation(level);
        });
  }

  @Override
  public int getTransactionIsolation() throws SQLException {
    return call(raw::getTransactionIsolation);
  }

  @Override
  public void setCatalog(String catalog) throws SQLException {
    callVoid(
        () -> {
          String before = raw.getCatalog();
          lease.physical().undoLater("catalog", () -> raw.setCatalog(before));
          raw.setCatalog(catalog);
        });
  }

  @Override
  public String getCatalog() throws SQLException {
    return call(raw::getCatalog);
  }

  @Override
  public void setSchema(String schema) throws SQLException {
    callVoid(
        () -> {
          String before = raw.getSchema();
          lease.physical().undoLater("schema", () -> raw.setSchema(before));
          raw.setSchema(schema);
        });
  }

  @Override
  public String getSchema() throws SQLException {
    return call(raw::getSchema);
  }

  @Override
  public void setHoldability(int holdability) throws SQLException {
    int before = raw.getHoldability();
    lease.physical().undoLater("holdability", () -> raw.setHoldability(before));
    raw.setHoldability(holdability);
  }

  @Override
  public void setTypeMap(Map<String, Class<?>> map) throws SQLException {
    Map<String, Class<?>> before = raw.getTypeMap();
    lease.physical().undoLater("typeMap", () -> raw.setTypeMap(before));
    raw.setTypeMap(map);
  }

  @Override
  public void setNetworkTimeout(Executor executor, int milliseconds) throws SQLException {
    callVoid(
        () -> {
          int before = raw.getNetworkTimeout();
          lease
              .physical()
              .undoLater("networkTimeout", () -> raw.setNetworkTimeout(executor, before));
          raw.setNetworkTimeout(executor, milliseconds);
        });
  }

  // ---- other calls that may ask the server

  @Override
  public boolean isValid(int seconds) throws SQLException {
    return !lease.hasEnded() && call(() -> raw.isValid(seconds));
  }

  @Override
  public DatabaseMetaData getMetaData() throws SQLException {
    DatabaseMetaData metaData = call(raw::getMetaData);
    return (DatabaseMetaData)
        Proxy.newProxyInstance(
            LeasedConnection.class.getClassLoader(),
            new Class<?>[] {DatabaseMetaData.class},
            (_, method, arguments) -> {
              if (method.getName().equals("getConnection")) {
                return this;
              }
              return call(
                  () -> {
                    try {
                      return method.invoke(metaData, arguments);
                    } catch (InvocationTargetException e) {
                      throw Rethrow.<SQLException>as(e.getTargetException());
                    } catch (IllegalAccessException e) {
                      throw new LinkageError(method + " is not accessible", e);
                    }
                  });
            });
  }

  @Override
  public Array createArrayOf(String type, Object[] elements) throws SQLException {
    return call(() -> raw.createArrayOf(type, elements));
  }

  @Override
  public Struct createStruct(String type, Object[] attributes) throws SQLException {
    return call(() -> raw.createStruct(type, attributes));
  }

  @Override
  public Blob createBlob() throws SQLException {
    return call(raw::createBlob);
  }

  @Override
  public Clob createClob() throws SQLException {
    return call(raw::createClob);
  }

  @Override
  public NClob createNClob() throws SQLException {
    return call(raw::createNClob);
  }

  @Override
  public SQLXML createSQLXML() throws SQLException {
    return call(raw::createSQLXML);
  }

  // ---- the end

  @Override
  public void close() throws SQLException {
    lease.end();
  }

  @Override
  public boolean isClosed() throws SQLException {
    return lease.hasEnded() || raw.isClosed();
  }

  @Override
  public void abort(Executor executor) throws SQLException {
    lease.physical().lose();
    raw.abort(executor);
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
    return lease.toString();
  }
}
