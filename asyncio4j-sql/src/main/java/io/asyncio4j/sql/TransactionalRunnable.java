package io.asyncio4j.sql;

import java.sql.SQLException;

/**
 * The body of a transaction, which returns nothing.
 *
 * @param <X> the checked exception that it throws beside {@code SQLException}, {@code
 *     RuntimeException} where there is none
 * @see SqlClient#transaction(TransactionalRunnable)
 */
@FunctionalInterface
public interface TransactionalRunnable<X extends Exception> {
  /**
   * Runs the body.
   *
   * @param transaction what it runs in
   * @throws X if the body fails
   * @throws SQLException if a statement fails
   */
  void run(Transaction transaction) throws X, SQLException;
}
