package io.asyncio4j.sql;

import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * The body of a transaction, which returns a result.
 *
 * @param <T> the type of the result
 * @param <X> the checked exception that it throws beside {@code SQLException}, {@code
 *     RuntimeException} where there is none
 * @see SqlClient#transactionResult(TransactionalCallable)
 */
@FunctionalInterface
public interface TransactionalCallable<T extends @Nullable Object, X extends Exception> {
  /**
   * Runs the body.
   *
   * @param transaction what it runs in
   * @return the result
   * @throws X if the body fails
   * @throws SQLException if a statement fails
   */
  T call(Transaction transaction) throws X, SQLException;
}
