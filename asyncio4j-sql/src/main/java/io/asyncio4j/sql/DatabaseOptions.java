package io.asyncio4j.sql;

import java.time.Duration;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * How a {@link Database} connects, and how many connections it keeps. Immutable: each {@code with}
 * method returns other options. Its {@link #toString()} has no password.
 *
 * <p>Counterpart of the keyword arguments of {@code asyncpg.create_pool}.
 */
public final class DatabaseOptions {
  private static final DatabaseOptions DEFAULTS =
      new DatabaseOptions(
          new Login(null, null), 10, new Times(null, Duration.ofSeconds(5), null, null), null);

  private record Login(@Nullable String user, @Nullable Supplier<char[]> password) {}

  private record Times(
      @Nullable Duration acquire,
      Duration cancel,
      @Nullable Duration idle,
      @Nullable Duration maximum) {}

  private final Login login;
  private final int maxSize;
  private final Times times;
  private final @Nullable StatementLog log;

  private DatabaseOptions(Login login, int maxSize, Times times, @Nullable StatementLog log) {
    this.login = login;
    this.maxSize = maxSize;
    this.times = times;
    this.log = log;
  }

  /**
   * Returns the options of ten connections at most, which a task waits for as long as it takes.
   *
   * @return the defaults
   */
  public static DatabaseOptions defaults() {
    return DEFAULTS;
  }

  /**
   * Returns these options with a user to log in as, instead of the URL's.
   *
   * @param user the user's name
   * @return new options
   */
  public DatabaseOptions withUser(String user) {
    Objects.requireNonNull(user, "user");
    return new DatabaseOptions(new Login(user, login.password), maxSize, times, log);
  }

  /**
   * Returns these options with a password.
   *
   * @param password the password, which is copied
   * @return new options
   */
  public DatabaseOptions withPassword(char[] password) {
    char[] copy = password.clone();
    return withPassword(() -> copy.clone());
  }

  /**
   * Returns these options with a password that is asked for anew for each connection: for one that
   * changes, such as a token of a cloud.
   *
   * @param password gives the password, in the task that connects; may suspend
   * @return new options
   */
  public DatabaseOptions withPassword(Supplier<char[]> password) {
    Objects.requireNonNull(password, "password");
    return new DatabaseOptions(new Login(login.user, password), maxSize, times, log);
  }

  /**
   * Returns these options with another number of connections.
   *
   * @param connections how many there may be at once
   * @return new options
   * @throws IllegalArgumentException if it is not positive
   */
  public DatabaseOptions withMaxSize(int connections) {
    if (connections < 1) {
      throw new IllegalArgumentException(
          "maxSize is " + connections + "; a pool needs at least 1 connection");
    }
    return new DatabaseOptions(login, connections, times, log);
  }

  /**
   * Returns these options with a longest time for which a task waits for a connection. By default
   * it waits as long as it takes; {@link io.asyncio4j.Asyncio#timeout} around the whole work is
   * often what is wanted instead.
   *
   * @param timeout the time, on the loop's clock
   * @return new options
   */
  public DatabaseOptions withAcquireTimeout(Duration timeout) {
    return with(
        new Times(
            checkPositive("acquireTimeout", timeout), times.cancel, times.idle, times.maximum));
  }

  /**
   * Returns these options with another time that a statement, or the opening of a connection, has
   * to end after its task was cancelled, 5 seconds by default. When it has passed, as on a network
   * that is cut, the connection is closed.
   *
   * @param timeout the time, on the loop's clock
   * @return new options
   * @throws IllegalArgumentException if it is not positive
   */
  public DatabaseOptions withCancelTimeout(Duration timeout) {
    return with(
        new Times(
            times.acquire, checkPositive("cancelTimeout", timeout), times.idle, times.maximum));
  }

  private DatabaseOptions with(Times changed) {
    return new DatabaseOptions(login, maxSize, changed, log);
  }

  /**
   * Returns these options with a longest time for which a connection may be idle before it is
   * closed.
   *
   * @param timeout the time, on the loop's clock
   * @return new options
   */
  public DatabaseOptions withIdleTimeout(Duration timeout) {
    return with(
        new Times(
            times.acquire, times.cancel, checkPositive("idleTimeout", timeout), times.maximum));
  }

  /**
   * Returns these options with a longest life of a connection. A connection that is lent is not
   * taken away: it is closed when it is given back.
   *
   * @param lifetime the time, on the loop's clock
   * @return new options
   */
  public DatabaseOptions withMaxLifetime(Duration lifetime) {
    return with(
        new Times(times.acquire, times.cancel, times.idle, checkPositive("maxLifetime", lifetime)));
  }

  /**
   * Returns these options with a log of all statements. By default there is none.
   *
   * @param statementLog what is written of them
   * @return new options
   */
  public DatabaseOptions withStatementLog(StatementLog statementLog) {
    Objects.requireNonNull(statementLog, "statementLog");
    return new DatabaseOptions(login, maxSize, times, statementLog);
  }

  private static Duration checkPositive(String what, Duration value) {
    if (value.isNegative() || value.isZero()) {
      throw new IllegalArgumentException(what + " is " + value + "; it must be more than zero");
    }
    return value;
  }

  @Nullable String user() {
    return login.user;
  }

  @Nullable Supplier<char[]> password() {
    return login.password;
  }

  int maxSize() {
    return maxSize;
  }

  @Nullable Duration acquireTimeout() {
    return times.acquire;
  }

  Duration cancelTimeout() {
    return times.cancel;
  }

  @Nullable Duration idleTimeout() {
    return times.idle;
  }

  @Nullable Duration maxLifetime() {
    return times.maximum;
  }

  @Nullable StatementLog statementLog() {
    return log;
  }

  @Override
  public String toString() {
    return "DatabaseOptions[user="
        + login.user
        + ", maxSize="
        + maxSize
        + ", acquireTimeout="
        + times.acquire
        + ", idleTimeout="
        + times.idle
        + ", maxLifetime="
        + times.maximum
        + ", statementLog="
        + log
        + "]";
  }
}
