package io.asyncio4j.sql;

import java.util.Objects;
import javax.sql.DataSource;

/**
 * A database as the tasks of a loop see it: what lends connections, and runs statements on them.
 *
 * <p>Counterpart of {@code asyncpg.Pool}.
 */
public final class Database implements AutoCloseable {
  private final DataSource dataSource;

  private Database(DataSource dataSource) {
    this.dataSource = dataSource;
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
   * @return the data source
   */
  public DataSource dataSource() {
    return dataSource;
  }

  /** Closes what this opened itself; a data source that was given is left open. */
  @Override
  public void close() {}
}
