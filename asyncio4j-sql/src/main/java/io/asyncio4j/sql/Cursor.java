package io.asyncio4j.sql;

import io.asyncio4j.ThrowingFunction;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a result, read a page at a time as they are iterated over, once.
 *
 * {@snippet :
 * try (Cursor<Person> people = db.cursor(Person.class, "select * from person order by id")) {
 *   for (Person person : people) {
 *     export(person);
 *   }
 * }
 * }
 *
 * <p>The memory that it takes is that of a page of rows, if the driver reads pages: PostgreSQL's
 * does; MariaDB's does unless other statements run on the connection meanwhile; MySQL's needs
 * {@code useCursorFetch=true} in the URL; H2 holds the result on its server. Between pages the
 * other tasks of the loop run.
 *
 * <p>Within a transaction it reads on that connection, and other statements run between its pages.
 * Else it has a connection for itself until it is closed; to close commits what the statement
 * changed. It is for one task at a time.
 *
 * <p>Counterpart of {@code asyncpg}'s {@code Connection.cursor}.
 *
 * @param <T> the type of the rows
 */
public final class Cursor<T> implements Iterable<T>, AutoCloseable {
  private static final int ROWS_OF_A_PAGE = 500;

  private final SqlClient client;
  private final RowMappers<T> mappers;
  private final SqlText.Bound statementText;
  private int fetchSize = ROWS_OF_A_PAGE;
  private boolean begun;
  private boolean closed;
  private boolean atEnd;
  private boolean failed;
  private @Nullable Connection own;
  private @Nullable Transaction transaction;
  private @Nullable PreparedStatement statement;
  private @Nullable ResultSet result;
  private @Nullable RowMapper<? extends T> mapper;
  private final ArrayDeque<T> page = new ArrayDeque<>();

  Cursor(SqlClient client, RowMappers<T> mappers, SqlText.Bound statementText) {
    this.client = client;
    this.mappers = mappers;
    this.statementText = statementText;
  }

  /**
   * Sets how many rows a page has; by default 500.
   *
   * @param rows how many
   * @return this cursor
   * @throws IllegalArgumentException if it is not positive
   * @throws IllegalStateException if reading has begun
   */
  public Cursor<T> fetchSize(int rows) {
    if (rows < 1) {
      throw new IllegalArgumentException("fetchSize is " + rows + "; a page has at least 1 row");
    }
    checkNotBegun();
    fetchSize = rows;
    return this;
  }

  private void checkNotBegun() {
    if (begun || closed) {
      throw new IllegalStateException(
          closed ? "the cursor is closed" : "the cursor is being read already; it is read once");
    }
  }

  /**
   * Returns the rows. Does not suspend; {@code hasNext()} does, where a page begins.
   *
   * <p><b>Cancellation.</b> {@code hasNext()} throws {@code CancellationException}; no row is to be
   * had after that.
   *
   * @return an iterator whose methods throw {@code SQLException}, undeclared, if the statement or
   *     reading fails
   * @throws IllegalStateException if it was called before, or this cursor is closed
   */
  @Override
  public Iterator<T> iterator() {
    checkNotBegun();
    begun = true;
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        if (page.isEmpty() && !atEnd) {
          readPage();
        }
        return !page.isEmpty();
      }

      @Override
      public T next() {
        if (!hasNext()) {
          throw new NoSuchElementException("all rows have been read");
        }
        return page.remove();
      }
    };
  }

  private void readPage() {
    if (closed) {
      throw new IllegalStateException("the cursor is closed; read its rows before");
    }
    try {
      if (statement == null) {
        open();
      } else {
        SqlClient.letOthersRun();
        this.<@Nullable Void>use(_ -> fill());
      }
      if (atEnd) {
        close();
      }
    } catch (SQLException | RuntimeException e) {
      failed = true;
      throw Rethrow.<RuntimeException>as(e);
    }
  }

  private void open() throws SQLException {
    transaction = client.level();
    if (transaction == null) {
      own = client.database().connect();
      own.setAutoCommit(false); // else PostgreSQL's driver reads all rows at once
    } else {
      transaction.opened(this);
    }
    this.<@Nullable Void>use(
        connection -> {
          PreparedStatement prepared = SqlClient.prepare(connection, statementText);
          statement = prepared;
          prepared.setFetchSize(fetchSize);
          result = prepared.executeQuery();
          mapper = mappers.forResult(result);
          return fill();
        });
  }

  private <R extends @Nullable Object> R use(
      ThrowingFunction<? super Connection, ? extends R, SQLException> work) throws SQLException {
    if (own != null) {
      return work.apply(own);
    }
    if (transaction == null) {
      throw new IllegalStateException("the cursor has no connection");
    }
    return transaction.level().inTurn(work);
  }

  private @Nullable Void fill() throws SQLException {
    ResultSet rows = result;
    RowMapper<? extends T> making = mapper;
    while (rows != null && making != null && page.size() < fetchSize) {
      if (!rows.next()) {
        atEnd = true;
        break;
      }
      page.add(making.map(rows));
    }
    return null;
  }

  /**
   * Ends reading, and gives the connection back. May suspend; closing again does nothing.
   *
   * <p><b>Cancellation.</b> Does not cut it short.
   *
   * @throws SQLException if a connection of its own cannot commit
   */
  @Override
  public void close() throws SQLException {
    if (closed) {
      return;
    }
    closed = true;
    Connection lent = own;
    Transaction around = transaction;
    if (lent != null) {
      try (lent) {
        Cleanup.run(() -> giveBack(lent));
      }
    } else if (around != null && statement != null && !around.hasEnded()) {
      Cleanup.run(() -> this.<@Nullable Void>use(_ -> closeStatement()));
    }
  }

  private void giveBack(Connection lent) throws SQLException {
    closeStatement();
    if (!lent.isClosed()) {
      if (failed) {
        lent.rollback();
      } else {
        lent.commit();
      }
      lent.setAutoCommit(true);
    }
  }

  /** Closes what a transaction that ends must not leave open; the caller has the turn. */
  @Nullable Void closeStatement() throws SQLException {
    closed = true;
    if (transaction != null) {
      transaction.closed(this);
    }
    if (statement != null) {
      statement.close();
    }
    return null;
  }
}
