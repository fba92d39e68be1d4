package io.asyncio4j.sql;

import io.asyncio4j.Retry;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How a transaction is begun, and what becomes of it if it fails. Immutable: each {@code with}
 * method returns other options.
 *
 * {@snippet :
 * TransactionOptions careful =
 *     TransactionOptions.defaults()
 *         .withIsolation(Isolation.SERIALIZABLE)
 *         .withRetry(Retry.of(5));
 * }
 *
 * <p>Counterpart of the keyword arguments of {@code asyncpg}'s {@code Connection.transaction}.
 */
public final class TransactionOptions {
  private static final TransactionOptions DEFAULTS =
      new TransactionOptions(null, false, true, null);

  private final @Nullable Isolation isolation;
  private final boolean readOnly;
  private final boolean nesting;
  private final @Nullable Retry retry;

  private TransactionOptions(
      @Nullable Isolation isolation, boolean readOnly, boolean nesting, @Nullable Retry retry) {
    this.isolation = isolation;
    this.readOnly = readOnly;
    this.nesting = nesting;
    this.retry = retry;
  }

  /**
   * Returns the options of a transaction that reads and writes, with the isolation that the
   * connection has, nests by savepoint and is not retried.
   *
   * @return the defaults
   */
  public static TransactionOptions defaults() {
    return DEFAULTS;
  }

  /**
   * Returns these options with an isolation level.
   *
   * @param level the level, for this transaction only
   * @return other options
   */
  public TransactionOptions withIsolation(Isolation level) {
    Objects.requireNonNull(level, "level");
    return new TransactionOptions(level, readOnly, nesting, retry);
  }

  /**
   * Returns these options for a transaction that only reads, or not.
   *
   * @param only true to have the database refuse changes; some take it as a hint
   * @return other options
   */
  public TransactionOptions withReadOnly(boolean only) {
    return new TransactionOptions(isolation, only, nesting, retry);
  }

  /**
   * Returns these options for a transaction that may begin inside another one, or not.
   *
   * @param allowed true for a savepoint in the other one, false to have it refused
   * @return other options
   */
  public TransactionOptions withNesting(boolean allowed) {
    return new TransactionOptions(isolation, readOnly, allowed, retry);
  }

  /**
   * Returns these options for a transaction whose body is run again, in a new transaction, when the
   * database could not put it in line with others: after the SQL states 40001 (serialization
   * failure) and 40P01 (deadlock), and MariaDB's error 1020, wherever in the chain of causes.
   *
   * @param rule how often and after how long; after which failures is decided here
   * @return other options
   */
  public TransactionOptions withRetry(Retry rule) {
    Retry of = rule.on(SqlStates::isSerializationFailure);
    return new TransactionOptions(isolation, readOnly, nesting, of);
  }

  @Nullable Isolation isolation() {
    return isolation;
  }

  boolean readOnly() {
    return readOnly;
  }

  boolean nesting() {
    return nesting;
  }

  @Nullable Retry retry() {
    return retry;
  }

  /** Tells whether there is something in it that cannot begin at a savepoint. */
  boolean needsOutermost() {
    return isolation != null || readOnly || retry != null;
  }

  @Override
  public String toString() {
    return "TransactionOptions[isolation="
        + (isolation == null ? "the connection's" : isolation)
        + ", readOnly="
        + readOnly
        + ", nesting="
        + nesting
        + ", retry="
        + (retry != null)
        + "]";
  }
}
