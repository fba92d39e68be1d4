package io.asyncio4j.sql;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.LongSupplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * What writes each statement to the {@link Logger} named {@value #LOGGER_NAME}, with the time that
 * its execution took: slow ones as warnings, all others at {@link Level#DEBUG}. Immutable: each
 * {@code with} method returns another.
 *
 * {@snippet :
 * DatabaseOptions options =
 *     DatabaseOptions.defaults()
 *         .withStatementLog(StatementLog.defaults().withSlowAfter(ofMillis(200)));
 * }
 *
 * <p>The values of parameters are left out, and so are the strings and numbers in the text, and a
 * failure's message: only its SQL state is written. The time is that of the call that executes it,
 * waiting for a turn on the connection included, and reading the rows where the driver reads all of
 * them at once. A statement is logged by the task that ran it, whose name is written.
 *
 * <p>Counterpart of {@code asyncpg}'s {@code Connection.add_query_logger}.
 */
public final class StatementLog {
  /** The name of the logger. */
  public static final String LOGGER_NAME = "io.asyncio4j.sql.statements";

  private static final Logger LOGGER = System.getLogger(LOGGER_NAME);
  private static final double NANOS_PER_MILLI = 1e6;

  private final Duration slowAfter;
  private final boolean values;
  private final LongSupplier nanos;

  StatementLog(Duration slowAfter, boolean values, LongSupplier nanos) {
    this.slowAfter = slowAfter;
    this.values = values;
    this.nanos = nanos;
  }

  /**
   * Returns a log without values, to which a statement is slow after a second.
   *
   * @return the defaults
   */
  public static StatementLog defaults() {
    return new StatementLog(Duration.ofSeconds(1), false, System::nanoTime);
  }

  /**
   * Returns this log with another time after which a statement is slow.
   *
   * @param limit the time
   * @return another log
   */
  public StatementLog withSlowAfter(Duration limit) {
    Objects.requireNonNull(limit, "limit");
    return new StatementLog(limit, values, nanos);
  }

  /**
   * Returns this log with all values written, or not: those of parameters, and those in the text.
   *
   * @param shown true to write them; mind who reads the log
   * @return another log
   */
  public StatementLog withValues(boolean shown) {
    return new StatementLog(slowAfter, shown, nanos);
  }

  /**
   * Returns a data source whose statements are logged: for a pool that is given to {@link
   * Database#of}. {@link DatabaseOptions#withStatementLog} does it for the others.
   *
   * @param source what lends connections
   * @return the same, logged
   */
  public DataSource around(DataSource source) {
    return LoggedStatements.of(source, this);
  }

  Connection around(Connection connection) {
    return LoggedStatements.of(connection, this);
  }

  boolean hasValues() {
    return values;
  }

  long now() {
    return nanos.getAsLong();
  }

  /**
   * Writes a statement that has ended.
   *
   * @param bound the values of its parameters; empty if they are not to be known
   */
  void ended(
      String sql,
      List<? extends @Nullable Object> bound,
      long began,
      @Nullable Object result,
      @Nullable Throwable failure,
      String task) {
    long took = now() - began;
    boolean slow = took >= slowAfter.toNanos();
    Level level = slow ? Level.WARNING : Level.DEBUG;
    if (!LOGGER.isLoggable(level)) {
      return;
    }
    StringBuilder line = new StringBuilder();
    line.append(String.format(Locale.ROOT, "%.1f ms", took / NANOS_PER_MILLI));
    if (slow) {
      line.append(", slow");
    }
    if (failure != null) {
      line.append(", failed with ")
          .append(failure instanceof SQLException e ? e.getSQLState() : failure.getClass());
    } else if (result instanceof Integer rows) {
      line.append(", ").append(rows).append(rows == 1 ? " row" : " rows");
    } else if (result instanceof int[] counts) {
      line.append(", batch of ").append(counts.length);
    }
    line.append(", ").append(task).append(": ").append(values ? sql : SqlLexer.redact(sql));
    if (!bound.isEmpty()) {
      line.append(" <- ").append(bound);
    }
    LOGGER.log(level, line.toString());
  }

  @Override
  public String toString() {
    return "StatementLog[slowAfter=" + slowAfter + ", values=" + values + "]";
  }
}
