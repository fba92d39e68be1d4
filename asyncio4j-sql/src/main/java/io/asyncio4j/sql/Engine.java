package io.asyncio4j.sql;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Locale;

/** What matters here in which databases differ. */
enum Engine {
  /** A server, whose driver reads all rows before it returns from a query without a fetch size. */
  POSTGRESQL,

  /** A MySQL or MariaDB by the driver of MySQL, which reads all rows likewise. */
  MYSQL,

  /** A MySQL or MariaDB by the driver of MariaDB, which reads all rows likewise. */
  MARIADB,

  /** Another server, or what behaves like one: its driver waits on a socket, in Java. */
  SERVER,

  /** A database inside this process. What it does, it does on the thread that calls. */
  IN_PROCESS;

  static Engine of(String url) {
    String name = url.toLowerCase(Locale.ROOT);
    if (name.startsWith("jdbc:postgresql:")) {
      return POSTGRESQL;
    }
    if (name.startsWith("jdbc:mysql:")) {
      return MYSQL;
    }
    if (name.startsWith("jdbc:mariadb:")) {
      return MARIADB;
    }
    if (name.startsWith("jdbc:sqlite:")
        || name.startsWith("jdbc:duckdb:")
        || (name.startsWith("jdbc:h2:") && !name.matches("jdbc:h2:(tcp|ssl):.*"))
        || (name.startsWith("jdbc:hsqldb:") && !name.matches("jdbc:hsqldb:(hsqls?|https?):.*"))
        || (name.startsWith("jdbc:derby:") && !name.startsWith("jdbc:derby://"))) {
      return IN_PROCESS;
    }
    return SERVER;
  }

  /** Prepares a connection that was just opened. */
  void prepare(Connection raw) throws SQLException {
    if (this == POSTGRESQL) {
      Postgres.stopStatementsOfLostClients(raw);
    }
  }

  /** Tells whether a result set has all its rows already, so that it waits for nothing. */
  boolean hasAllRows(int fetchSize) {
    return (this == POSTGRESQL || this == MYSQL || this == MARIADB) && fetchSize == 0;
  }

  /**
   * Tells whether the driver reads all rows that are still to come when a result set with a fetch
   * size is closed, though there may be billions.
   */
  boolean readsAllToClose() {
    return this == MARIADB;
  }

  /**
   * Tells whether a failure of the SQL states 40xxx, such as a deadlock, has rolled back the whole
   * transaction, so that the next statement would begin another one. PostgreSQL goes back to the
   * savepoint, if there is one, and refuses all statements until then.
   */
  boolean endsTransactionsByItself() {
    return this != POSTGRESQL;
  }
}
