package io.asyncio4j.sql;

import java.lang.System.Logger.Level;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/** What is done for PostgreSQL alone. */
final class Postgres {
  private static final System.Logger LOG = System.getLogger(Postgres.class.getName());
  private static final int CHECKS_CLIENTS_SINCE = 14;

  private Postgres() {}

  /**
   * Has the server look every two seconds, while a statement runs, whether its client is still
   * there: the statement of a process that died, or of a connection that was closed, ends.
   */
  static void stopStatementsOfLostClients(Connection raw) throws SQLException {
    if (raw.getMetaData().getDatabaseMajorVersion() < CHECKS_CLIENTS_SINCE) {
      return;
    }
    try (Statement statement = raw.createStatement()) {
      statement.execute("SET client_connection_check_interval = '2s'");
    } catch (SQLException e) {
      // The platform of the server may not be able to. It is a help only.
      LOG.log(Level.DEBUG, "the server does not look whether its clients are still there", e);
    }
  }
}
