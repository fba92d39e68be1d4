package io.asyncio4j.sql;

import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * What other libraries take a database for: in a transaction it gives that one's connection, else
 * one that is lent.
 */
final class JoiningDataSource implements DataSource {
  private final Database database;
  private final DataSource lender;

  JoiningDataSource(Database database, DataSource lender) {
    this.database = database;
    this.lender = lender;
  }

  @Override
  public Connection getConnection() throws SQLException {
    Transaction level = database.level();
    return level == null ? lender.getConnection() : level.joined();
  }

  @Override
  public Connection getConnection(String user, String password) throws SQLException {
    throw new SQLFeatureNotSupportedException(
        "a connection as another user was asked for; open a Database for that user", "0A000");
  }

  @Override
  public @Nullable PrintWriter getLogWriter() {
    return null;
  }

  @Override
  public void setLogWriter(@Nullable PrintWriter out) throws SQLException {
    throw new SQLFeatureNotSupportedException(
        "there is no log writer; what is logged goes to System.Logger", "0A000");
  }

  @Override
  public void setLoginTimeout(int seconds) throws SQLException {
    throw new SQLFeatureNotSupportedException(
        "there is no login timeout here; set it in the URL or where the database is opened",
        "0A000");
  }

  @Override
  public int getLoginTimeout() throws SQLException {
    return lender.getLoginTimeout();
  }

  @Override
  public Logger getParentLogger() throws SQLFeatureNotSupportedException {
    throw new SQLFeatureNotSupportedException("java.util.logging is not used", "0A000");
  }

  @Override
  public <T> T unwrap(Class<T> type) throws SQLException {
    return type.isInstance(this) ? type.cast(this) : lender.unwrap(type);
  }

  @Override
  public boolean isWrapperFor(Class<?> type) throws SQLException {
    return type.isInstance(this) || lender.isWrapperFor(type);
  }

  @Override
  public String toString() {
    return "DataSource of " + database;
  }
}
