package io.asyncio4j.sql;

import java.sql.Connection;
import java.util.Locale;

/**
 * What a transaction sees of others that run at the same time, from the least strict to the
 * strictest. Databases round up to what they have.
 */
public enum Isolation {
  /** What others have not committed, too. */
  READ_UNCOMMITTED(Connection.TRANSACTION_READ_UNCOMMITTED),
  /** Each statement sees what was committed when it began. */
  READ_COMMITTED(Connection.TRANSACTION_READ_COMMITTED),
  /** All statements see what was committed when the first one began. */
  REPEATABLE_READ(Connection.TRANSACTION_REPEATABLE_READ),
  /** As if the transactions ran one after the other; one that cannot fails, and can be retried. */
  SERIALIZABLE(Connection.TRANSACTION_SERIALIZABLE);

  private final int jdbc;

  Isolation(int jdbc) {
    this.jdbc = jdbc;
  }

  int jdbc() {
    return jdbc;
  }

  String sql() {
    return name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
