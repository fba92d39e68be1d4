package io.asyncio4j.sql;

import java.sql.SQLException;
import java.time.Duration;

/** What lends connections to tasks. */
interface Lender {
  /** Lends a connection to the calling task. */
  Lease lend() throws SQLException;

  /** Takes back what was lent. Does not suspend for long, and does not fail. */
  void takeBack(Lease lease);

  /** Returns how long a statement has to end after its task was cancelled. */
  Duration cancelTimeout();

  PoolStatistics statistics();

  /** Waits until all that is lent has come back, and closes what is open. */
  void close();

  /** Returns what is connected to, without a secret. */
  String describe();
}
