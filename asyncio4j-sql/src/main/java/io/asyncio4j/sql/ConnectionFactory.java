package io.asyncio4j.sql;

import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** What opens connections for a pool. */
interface ConnectionFactory {
  /**
   * Opens a connection. On a thread that may wait.
   *
   * @param password the password, or null if none was given
   */
  PhysicalConnection open(char @Nullable [] password) throws SQLException;

  /** Returns what is connected to, without a secret. */
  String describe();

  /** Ends what was started for the connections. */
  void close();
}
