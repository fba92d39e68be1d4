package io.asyncio4j.sql;

import io.asyncio4j.Asyncio;
import io.asyncio4j.ThrowingFunction;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLDataException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What runs statements: a {@link Database}, each on a connection that it lends for it, or a {@link
 * Transaction}, all on one.
 *
 * {@snippet :
 * List<Person> adults =
 *     db.query(Person.class, "select id, name, age from person where age >= :age", Map.of("age", 18));
 * }
 *
 * <p><b>Rows</b> become what is asked for: a record, whose components have the names of the columns
 * (case and {@code _} make no difference, and columns without a component are left out); a {@link
 * Row}; else the one column as that type: numbers, strings, {@code java.time}, {@code UUID}, {@code
 * byte[]}, enums by their names, and what else the driver's {@code getObject} makes. Components may
 * be arrays, {@code List} and {@code Optional} too. A {@link RowMapper} makes anything else.
 *
 * <p><b>Values</b> are either those of the {@code ?} in their order, or one {@code Map} or record
 * with those of the {@code :names}. A collection takes as many places as it has elements, for
 * {@code in (:ids)}. They go to the server apart from the text, and so need no quoting. {@code ??}
 * is an operator that is a question mark.
 *
 * <p>All methods suspend only the calling task. Called by a task inside a transaction, those of a
 * database run in it. A cancel cancels the statement on the server.
 */
public abstract sealed class SqlClient permits Database, Transaction {
  /** How many rows are read before the other tasks of the loop get a turn. */
  private static final int ROWS_AT_ONCE = 1000;

  private static final int BATCH = 1000;

  SqlClient() {}

  abstract Database database();

  /** Returns the transaction that a statement of the calling task belongs to. */
  abstract @Nullable Transaction level();

  final <R extends @Nullable Object> R onConnection(
      ThrowingFunction<? super Connection, ? extends R, SQLException> work) throws SQLException {
    Transaction level = level();
    if (level != null) {
      return level.inTurn(work);
    }
    try (Connection connection = database().connect()) {
      return work.apply(connection);
    }
  }

  // ---- rows

  /**
   * Reads all rows of a result. For more than fit in memory, use {@link #cursor}.
   *
   * @param type what a row becomes
   * @param sql the statement
   * @param values those of its parameters
   * @return the rows, in their order
   * @param <T> the type of a row
   * @throws SQLException if the statement fails, a row does not fit the type, or the column is null
   *     where the type is no record and no {@code Row}
   * @throws IllegalArgumentException if the values are not those of the parameters
   */
  public final <T> List<T> query(Class<T> type, String sql, @Nullable Object... values)
      throws SQLException {
    return all(RowMappers.of(type), sql, values);
  }

  /**
   * Reads all rows of a result as {@link #query(Class, String, Object...)} does.
   *
   * @param mapper makes an object of a row
   * @param sql the statement
   * @param values those of its parameters
   * @return the objects, in the order of the rows
   * @param <T> their type
   * @throws SQLException if the statement or the mapper fails
   */
  public final <T extends @Nullable Object> List<T> query(
      RowMapper<? extends T> mapper, String sql, @Nullable Object... values) throws SQLException {
    return all(RowMappers.<T>of(mapper), sql, values);
  }

  /**
   * Reads the only row of a result: {@code queryOne(Long.class, "select count(*) from person")}.
   *
   * @param type what the row becomes
   * @param sql the statement
   * @param values those of its parameters
   * @return the row
   * @param <T> its type
   * @throws SQLException as for {@link #query}; with the state 02000 if there is no row, and 21000
   *     if there is more than one
   */
  public final <T> T queryOne(Class<T> type, String sql, @Nullable Object... values)
      throws SQLException {
    return only(RowMappers.of(type), sql, values)
        .orElseThrow(() -> new SQLDataException(noRow(sql), "02000"));
  }

  /**
   * Reads the only row of a result as {@link #queryOne(Class, String, Object...)} does.
   *
   * @param mapper makes an object of the row
   * @param sql the statement
   * @param values those of its parameters
   * @return the object
   * @param <T> its type
   * @throws SQLException as for {@link #queryOne(Class, String, Object...)}
   */
  public final <T> T queryOne(RowMapper<? extends T> mapper, String sql, @Nullable Object... values)
      throws SQLException {
    return only(RowMappers.<T>of(mapper), sql, values)
        .orElseThrow(() -> new SQLDataException(noRow(sql), "02000"));
  }

  /**
   * Reads the only row of a result, if there is one.
   *
   * @param type what the row becomes
   * @param sql the statement
   * @param values those of its parameters
   * @return the row; empty if there is none, or if its one column is null
   * @param <T> its type
   * @throws SQLException as for {@link #query}; with the state 21000 if there is more than one row
   */
  public final <T> Optional<T> queryOptional(Class<T> type, String sql, @Nullable Object... values)
      throws SQLException {
    try {
      return only(RowMappers.of(type), sql, values);
    } catch (RowMappers.NullScalarException isNone) {
      return Optional.empty();
    }
  }

  /**
   * Reads the only row of a result, if there is one.
   *
   * @param mapper makes an object of the row
   * @param sql the statement
   * @param values those of its parameters
   * @return the object, or empty if there is no row
   * @param <T> its type
   * @throws SQLException as for {@link #queryOptional(Class, String, Object...)}
   */
  public final <T> Optional<T> queryOptional(
      RowMapper<? extends T> mapper, String sql, @Nullable Object... values) throws SQLException {
    return only(RowMappers.<T>of(mapper), sql, values);
  }

  /**
   * Returns the rows of a result to be read a page at a time, so that any number of them takes the
   * memory of one page. Does not suspend; reading does. It keeps a connection from the first row to
   * its close: the transaction's, or else one that is lent to it alone.
   *
   * @param type what a row becomes
   * @param sql the statement
   * @param values those of its parameters
   * @return the rows, to be closed
   * @param <T> their type
   */
  public final <T> Cursor<T> cursor(Class<T> type, String sql, @Nullable Object... values) {
    return new Cursor<>(this, RowMappers.of(type), SqlText.parse(sql).bind(values));
  }

  /**
   * Returns the rows of a result to be read a page at a time, as {@link #cursor(Class, String,
   * Object...)} does.
   *
   * @param mapper makes an object of a row
   * @param sql the statement
   * @param values those of its parameters
   * @return the objects, to be closed
   * @param <T> their type
   */
  public final <T> Cursor<T> cursor(
      RowMapper<? extends T> mapper, String sql, @Nullable Object... values) {
    return new Cursor<>(this, RowMappers.<T>of(mapper), SqlText.parse(sql).bind(values));
  }

  // ---- changes

  /**
   * Runs a statement that returns no rows: a change, or one that creates or drops.
   *
   * @param sql the statement
   * @param values those of its parameters
   * @return how many rows were changed
   * @throws SQLException if the statement fails
   * @throws IllegalArgumentException if the values are not those of the parameters
   */
  public final int update(String sql, @Nullable Object... values) throws SQLException {
    SqlText.Bound bound = SqlText.parse(sql).bind(values);
    return this.<Integer>onConnection(
        connection -> {
          try (PreparedStatement statement = prepare(connection, bound)) {
            return statement.executeUpdate();
          }
        });
  }

  /**
   * Runs a statement for each of many rows, in batches, in one transaction: all take effect, or
   * none.
   *
   * @param sql the statement
   * @param rows the values for each time: a {@code Map} or record for {@code :names}, a {@code
   *     List} or an array of those of {@code ?}; read as it goes, so there may be any number
   * @return how many rows were changed each time, as JDBC says it: {@link
   *     java.sql.Statement#SUCCESS_NO_INFO} where the driver does not count
   * @throws SQLException if a statement fails
   * @throws IllegalArgumentException if values are not those of the parameters; a collection among
   *     them is not spread
   */
  public final int[] batch(String sql, Iterable<?> rows) throws SQLException {
    SqlText text = SqlText.parse(sql);
    return transactionResult(
        transaction -> transaction.inTurn(connection -> batch(connection, text, rows.iterator())));
  }

  private static int[] batch(Connection connection, SqlText text, Iterator<?> rows)
      throws SQLException {
    IntStream.Builder counts = IntStream.builder();
    if (!rows.hasNext()) {
      return new int[0];
    }
    List<@Nullable Object> first = text.bindRow(rows.next());
    try (PreparedStatement statement = connection.prepareStatement(text.forBatch())) {
      Binder.bind(statement, first);
      statement.addBatch();
      int size = 1;
      while (rows.hasNext()) {
        Binder.bind(statement, text.bindRow(rows.next()));
        statement.addBatch();
        if (++size == BATCH) {
          IntStream.of(statement.executeBatch()).forEach(counts);
          size = 0;
        }
      }
      if (size > 0) {
        IntStream.of(statement.executeBatch()).forEach(counts);
      }
    }
    return counts.build().toArray();
  }

  /**
   * Sends a notification to those who {@linkplain Database#listen listen}, with PostgreSQL's {@code
   * pg_notify}; in a transaction, when that is committed.
   *
   * @param channel the channel's name, as it was given to {@code listen}
   * @param payload what to send; at most 8000 bytes
   * @throws SQLException if the statement fails, or the database is not PostgreSQL
   */
  public final void notify(String channel, String payload) throws SQLException {
    this.<@Nullable Void>onConnection(
        connection -> {
          Notifications.requirePostgres(connection);
          try (PreparedStatement statement =
              connection.prepareStatement("select pg_notify(?, ?)")) {
            statement.setString(1, channel);
            statement.setString(2, payload);
            statement.execute();
          }
          return null;
        });
  }

  // ---- transactions

  /**
   * Runs a body in a transaction: commits when it returns, rolls back when it throws or is
   * cancelled. Within a transaction it is a part of that, which can be rolled back alone (a
   * savepoint).
   *
   * {@snippet :
   * db.transaction(
   *     tx -> {
   *       tx.update("update account set amount = amount - ? where id = ?", 100, "a");
   *       tx.update("update account set amount = amount + ? where id = ?", 100, "b");
   *     });
   * }
   *
   * <p>What the body calls, and the tasks that it starts, belong to it: the methods of the database
   * run in it too, and so does what takes its {@link Database#dataSource}. Statements of tasks that
   * run at once take turns on the one connection. When the body ends, so does the transaction: a
   * task that goes on gets an error at its next statement.
   *
   * <p><b>Cancellation.</b> A cancel of the body rolls back, and is then passed on. Neither the
   * rollback nor a commit that has begun is cut short.
   *
   * @param body the body, run in the calling task
   * @param <X> the checked exception that the body throws beside {@code SQLException}
   * @throws X what the body threw
   * @throws SQLException if a statement, or the commit, fails; the failure of a rollback is a
   *     suppressed exception of what caused it
   * @throws IllegalStateException if the caller is no task
   */
  public final <X extends Exception> void transaction(TransactionalRunnable<X> body)
      throws X, SQLException {
    transaction(TransactionOptions.defaults(), body);
  }

  /**
   * Runs a body in a transaction as {@link #transaction(TransactionalRunnable)} does, with options.
   *
   * @param options isolation, retries and so on
   * @param body the body, run in the calling task
   * @param <X> the checked exception that the body throws beside {@code SQLException}
   * @throws X what the body threw
   * @throws SQLException if a statement or the commit fails
   * @throws IllegalStateException if the caller is no task, or if it is in a transaction already
   *     and the options refuse that or have what only an outermost one can
   */
  public final <X extends Exception> void transaction(
      TransactionOptions options, TransactionalRunnable<X> body) throws X, SQLException {
    this.<@Nullable Void, X>transactionResult(
        options,
        transaction -> {
          body.run(transaction);
          return null;
        });
  }

  /**
   * Runs a body in a transaction as {@link #transaction(TransactionalRunnable)} does, and returns
   * what the body does.
   *
   * @param body the body, run in the calling task
   * @return its result
   * @param <T> the type of the result
   * @param <X> the checked exception that the body throws beside {@code SQLException}
   * @throws X what the body threw
   * @throws SQLException if a statement or the commit fails
   */
  public final <T extends @Nullable Object, X extends Exception> T transactionResult(
      TransactionalCallable<T, X> body) throws X, SQLException {
    return transactionResult(TransactionOptions.defaults(), body);
  }

  /**
   * Runs a body in a transaction as {@link #transaction(TransactionOptions, TransactionalRunnable)}
   * does, and returns what the body does.
   *
   * @param options isolation, retries and so on
   * @param body the body, run in the calling task
   * @return its result
   * @param <T> the type of the result
   * @param <X> the checked exception that the body throws beside {@code SQLException}
   * @throws X what the body threw
   * @throws SQLException if a statement or the commit fails
   */
  public final <T extends @Nullable Object, X extends Exception> T transactionResult(
      TransactionOptions options, TransactionalCallable<T, X> body) throws X, SQLException {
    return Transaction.run(database(), level(), options, body);
  }

  // ---- how

  static PreparedStatement prepare(Connection connection, SqlText.Bound bound) throws SQLException {
    PreparedStatement statement = connection.prepareStatement(bound.sql());
    try {
      Binder.bind(statement, bound.values());
      return statement;
    } catch (SQLException | RuntimeException e) {
      statement.close();
      throw e;
    }
  }

  private <T extends @Nullable Object> List<T> all(
      RowMappers<T> mappers, String sql, @Nullable Object[] values) throws SQLException {
    SqlText.Bound bound = SqlText.parse(sql).bind(values);
    return this.<List<T>>onConnection(
        connection -> {
          try (PreparedStatement statement = prepare(connection, bound);
              ResultSet result = statement.executeQuery()) {
            RowMapper<? extends T> mapper = mappers.forResult(result);
            List<T> rows = new ArrayList<>();
            while (result.next()) {
              rows.add(mapper.map(result));
              if (rows.size() % ROWS_AT_ONCE == 0) {
                letOthersRun();
              }
            }
            return rows;
          }
        });
  }

  private <T> Optional<T> only(RowMappers<T> mappers, String sql, @Nullable Object[] values)
      throws SQLException {
    SqlText.Bound bound = SqlText.parse(sql).bind(values);
    return this.<Optional<T>>onConnection(
        connection -> {
          try (PreparedStatement statement = prepare(connection, bound);
              ResultSet result = statement.executeQuery()) {
            if (!result.next()) {
              return Optional.empty();
            }
            T value = mappers.forResult(result).map(result);
            if (result.next()) {
              throw new SQLDataException(
                  "there is more than one row; add 'limit 1' or a condition, or use query: " + sql,
                  "21000");
            }
            return Optional.of(value);
          }
        });
  }

  private static String noRow(String sql) {
    return "there is no row; use queryOptional if there may be none: " + sql;
  }

  /** Lets the loop go on, where there is one. */
  static void letOthersRun() {
    if (Asyncio.currentTask() != null) {
      Asyncio.sleep(Duration.ZERO);
    }
  }
}
