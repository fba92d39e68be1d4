package io.asyncio4j.sql;

import io.asyncio4j.Asyncio;
import io.asyncio4j.Task;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The connection of a transaction as other code in its body sees it: to close it gives the turn
 * back, and to end the transaction is refused.
 */
final class JoinedConnection implements InvocationHandler {
  private final Connection connection;
  private final Turns turns;
  private final String transaction;
  private final @Nullable Task<?> holder = Asyncio.currentTask();
  private final Consumer<Object> whenHolderEnds;
  private boolean closed;

  private JoinedConnection(Connection connection, Turns turns, String transaction) {
    this.connection = connection;
    this.turns = turns;
    this.transaction = transaction;
    whenHolderEnds = _ -> abandon();
    if (holder != null) {
      holder.addDoneCallback(whenHolderEnds);
    }
  }

  /** Wraps a connection for the calling task, which has the turn. */
  static Connection of(Connection connection, Turns turns, String transaction) {
    return (Connection)
        Proxy.newProxyInstance(
            JoinedConnection.class.getClassLoader(),
            new Class<?>[] {Connection.class},
            new JoinedConnection(connection, turns, transaction));
  }

  /** A task that ends without closing would have the turn for ever. */
  private void abandon() {
    if (!closed && holder != null) {
      closed = true;
      turns.giveFor(holder);
    }
  }

  private void close() {
    if (!closed) {
      closed = true;
      if (holder != null) {
        holder.removeDoneCallback(whenHolderEnds);
      }
      turns.give();
    }
  }

  @Override
  public @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] args)
      throws Throwable {
    switch (method.getName()) {
      case "close" -> {
        close();
        return null;
      }
      case "isClosed" -> {
        return closed || connection.isClosed();
      }
      case "equals" -> {
        return args != null && proxy == args[0];
      }
      case "hashCode" -> {
        return System.identityHashCode(proxy);
      }
      case "toString" -> {
        return "connection of the " + transaction;
      }
      case "isValid" -> {
        if (closed) {
          return false;
        }
      }
      default -> checkAllowed(method, args);
    }
    try {
      return method.invoke(connection, args);
    } catch (InvocationTargetException e) {
      throw e.getCause() == null ? e : e.getCause();
    }
  }

  private void checkAllowed(Method method, @Nullable Object @Nullable [] args) throws SQLException {
    if (closed) {
      throw new SQLException("the connection was closed; get it again for more work", "08003");
    }
    boolean ends =
        switch (method.getName()) {
          case "commit", "abort", "setTransactionIsolation", "setReadOnly" -> true;
          case "rollback" -> args == null || args.length == 0;
          case "setAutoCommit" -> args != null && Boolean.TRUE.equals(args[0]);
          default -> false;
        };
    if (ends) {
      throw new SQLException(
          method.getName()
              + " was called on the connection of the "
              + transaction
              + ", which ends with its body; use transaction(...) of the database within it, or"
              + " begin this work outside of it",
          "2D000");
    }
  }
}
