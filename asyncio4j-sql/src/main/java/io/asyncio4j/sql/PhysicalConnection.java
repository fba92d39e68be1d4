package io.asyncio4j.sql;

import io.asyncio4j.Asyncio;
import io.asyncio4j.Lock;
import io.asyncio4j.ThrowingCallable;
import io.asyncio4j.ThrowingRunnable;
import java.lang.System.Logger.Level;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLRecoverableException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A connection of a driver, with what is known about it. One task is inside at a time. */
final class PhysicalConnection {
  private static final System.Logger LOG = System.getLogger(PhysicalConnection.class.getName());

  /**
   * For how many nanoseconds after its use a connection is trusted without a question. Under load
   * no connection is idle for that long; without load, a round trip costs nobody's throughput.
   */
  private static final long TRUSTED = 20_000_000;

  private static final int VALIDATION_SECONDS = 5;
  private static final int DEEPEST_CAUSE = 32;

  /** The code of an error whose SQL state is that of a cancelled statement. */
  private static final int KILLED_BY_MARIADB = 1927;

  private final Connection raw;
  private final Engine engine;
  private final @Nullable Worker worker;
  private final Lock turns;

  /** What was changed for one borrower and is to be put back for the next. */
  private final Map<String, ThrowingRunnable<SQLException>> changed = new LinkedHashMap<>();

  private volatile boolean broken;
  private boolean suspect;
  private boolean inTransaction;
  private @Nullable SQLException rolledBack;
  private long openedAt;
  private long idleSince;
  private long usedAt;

  PhysicalConnection(Connection raw, Engine engine, @Nullable Worker worker, String name) {
    this.raw = raw;
    this.engine = engine;
    this.worker = worker;
    this.turns = new Lock().named(name);
  }

  Connection raw() {
    return raw;
  }

  Engine engine() {
    return engine;
  }

  /** Returns what has the tasks that use this connection take turns. */
  Lock turns() {
    return turns;
  }

  long openedAt() {
    return openedAt;
  }

  void openedAt(long time) {
    openedAt = time;
  }

  long idleSince() {
    return idleSince;
  }

  void idleSince(long time) {
    idleSince = time;
    usedAt = System.nanoTime();
  }

  boolean isBroken() {
    return broken;
  }

  /** Has this connection checked before it is used again: another was found dead. */
  void suspect() {
    suspect = true;
  }

  /** Runs a call of the driver where it may run, and looks at how it fails. */
  <T extends @Nullable Object> T run(ThrowingCallable<T, SQLException> call) throws SQLException {
    try {
      return worker == null ? call.call() : worker.run(call);
    } catch (SQLException e) {
      if (isLost(e) || raw.isClosed()) {
        broken = true;
      }
      if (inTransaction && rolledBack == null && endsTransaction(e)) {
        rolledBack = e;
      }
      throw e;
    } catch (Error e) {
      broken = true; // who knows what the driver has not read
      throw e;
    }
  }

  private boolean endsTransaction(SQLException failure) {
    String state = failure.getSQLState();
    return state != null && state.startsWith("40") && engine.endsTransactionsByItself();
  }

  /** Begins, or ends, to watch over a transaction. */
  void inTransaction(boolean in) {
    inTransaction = in;
    rolledBack = null;
  }

  /** Tells whether the database has rolled back the transaction that is watched over. */
  boolean isRolledBack() {
    return rolledBack != null;
  }

  /** Refuses what would be executed outside of the transaction in which its caller believes it. */
  void checkTransaction() throws SQLException {
    SQLException failure = rolledBack;
    if (failure != null) {
      throw new SQLException(
          "the database has rolled back the whole transaction when a statement failed ("
              + failure.getMessage()
              + "), so nothing more can be executed in it; let that failure end the transaction,"
              + " and have it run again (TransactionOptions.withRetry)",
          failure.getSQLState(),
          failure.getErrorCode(),
          failure);
    }
  }

  void runVoid(ThrowingRunnable<SQLException> call) throws SQLException {
    this.<@Nullable Void>run(
        () -> {
          call.run();
          return null;
        });
  }

  /** Tells whether an exception says that the connection is of no use any more. */
  static boolean isLost(SQLException failure) {
    Throwable e = failure;
    for (int depth = 0; e != null && depth < DEEPEST_CAUSE; depth++) {
      if (e instanceof SQLNonTransientConnectionException || e instanceof SQLRecoverableException) {
        return true;
      }
      if (e instanceof SQLException sql
          && (isLost(sql.getSQLState()) || sql.getErrorCode() == KILLED_BY_MARIADB)) {
        return true;
      }
      e = e.getCause();
    }
    return false;
  }

  private static boolean isLost(@Nullable String state) {
    return state != null
        && (state.startsWith("08")
            || state.equals("57P01") // PostgreSQL: terminated by an administrator
            || state.equals("57P02") // PostgreSQL: another backend crashed
            || state.equals("57P03") // PostgreSQL: starting up or shutting down
            || state.equals("57P05") // PostgreSQL: idle for too long
            || state.equals("90067") // H2: the connection is broken
            || state.equals("90098") // H2: the database was closed
            || state.equals("90121")); // H2: the database is closed
  }

  /**
   * Tells whether this connection can be used. Suspends for a round trip if it was idle for long; a
   * cancel meanwhile costs the connection.
   */
  boolean isUsable() {
    long idleNanos = System.nanoTime() - usedAt; // the server's clock is not the loop's
    try {
      if (raw.isClosed()) {
        return false;
      }
      boolean trusted = !suspect && idleNanos < TRUSTED;
      boolean alive = trusted || Asyncio.abortable(this::abort, this::isValid);
      return alive && !broken;
    } catch (SQLException e) {
      LOG.log(Level.DEBUG, "an idle connection is dead", e);
      return false;
    } finally {
      suspect = false;
    }
  }

  private boolean isValid() throws SQLException {
    return this.<Boolean>run(() -> raw.isValid(VALIDATION_SECONDS));
  }

  /** Has a change of this connection's state undone when it is given back. */
  void undoLater(String what, ThrowingRunnable<SQLException> undo) {
    changed.putIfAbsent(what, undo);
  }

  /** Tells whether a borrower has changed what the next one might notice. */
  boolean isChanged() {
    return !changed.isEmpty();
  }

  /** Puts back what a borrower has changed. */
  void reset() throws SQLException {
    if (changed.isEmpty()) {
      return;
    }
    runVoid(
        () -> {
          if (!raw.getAutoCommit()) {
            raw.rollback();
          }
          for (ThrowingRunnable<SQLException> undo : changed.values()) {
            undo.run();
          }
          raw.clearWarnings();
        });
    changed.clear();
  }

  /** Has this connection closed when it is given back. */
  void lose() {
    broken = true;
  }

  /** Ends a connection on which a call is under way, so that the call ends. Does not wait. */
  void abort() {
    broken = true;
    OffLoop.EXECUTOR.execute(
        () -> {
          try {
            raw.abort(Runnable::run);
          } catch (SQLException e) {
            LOG.log(Level.WARNING, "a connection could not be aborted", e);
          }
        });
  }

  /** Closes this connection. May wait for the network. */
  void close() {
    try {
      runVoid(raw::close);
    } catch (SQLException e) {
      LOG.log(Level.DEBUG, "a connection could not be closed in order", e);
    } finally {
      if (worker != null) {
        worker.shutdown();
      }
    }
  }
}
