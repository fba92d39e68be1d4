package io.asyncio4j.sql;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Objects;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * A database as the tasks of a loop see it: what lends connections, and runs statements on them.
 *
 * <p>Counterpart of {@code asyncpg.Pool}.
 */
public final class Database extends SqlClient implements AutoCloseable {
  private final DataSource lender;
  private final DataSource dataSource;

  private Database(DataSource lender) {
    this.lender = lender;
    this.dataSource = new JoiningDataSource(this, lender);
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
    return lender.getConnection();
  }

  /**
   * Takes connections from a data source as it is, such as another library's pool. Its own rules
   * hold for waiting and refusing.
   *
   * @param dataSource what lends connections
   * @return the database
   */
  public static Database of(DataSource dataSource) {
    return new Database(Objects.requireNonNull(dataSource, "dataSource"));
  }

  /**
   * Returns what lends connections, for each library that takes a data source.
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

  /** Closes what this opened itself; a data source that was given is left open. */
  @Override
  public void close() {}
}
