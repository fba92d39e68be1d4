package io.asyncio4j.sql;

import io.asyncio4j.Asyncio;
import io.asyncio4j.Task;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Connections and statements that tell a {@link StatementLog} what is executed. */
final class LoggedStatements {
  private LoggedStatements() {}

  static DataSource of(DataSource source, StatementLog log) {
    return proxy(
        DataSource.class,
        source,
        (_, method, args) -> {
          Object result = call(source, method, args);
          return result instanceof Connection connection ? of(connection, log) : result;
        });
  }

  static Connection of(Connection connection, StatementLog log) {
    return proxy(
        Connection.class,
        connection,
        (proxy, method, args) -> {
          Object result = call(connection, method, args);
          if (!(result instanceof Statement statement) || method.getName().equals("unwrap")) {
            return result;
          }
          String sql = args != null && args.length > 0 && args[0] instanceof String s ? s : "";
          return of(statement, (Connection) proxy, sql, log);
        });
  }

  private static Statement of(
      Statement statement, Connection connection, String sql, StatementLog log) {
    LoggedStatement handler = new LoggedStatement(statement, connection, sql, log);
    return switch (statement) {
      case CallableStatement callable -> proxy(CallableStatement.class, callable, handler);
      case PreparedStatement prepared -> proxy(PreparedStatement.class, prepared, handler);
      default -> proxy(Statement.class, statement, handler);
    };
  }

  /** One statement, with the values that were set last. */
  private static final class LoggedStatement implements InvocationHandler {
    private final Statement statement;
    private final Connection connection;
    private final String prepared;
    private final StatementLog log;
    private final List<@Nullable Object> values = new ArrayList<>();
    private String batched = "";

    LoggedStatement(Statement statement, Connection connection, String prepared, StatementLog log) {
      this.statement = statement;
      this.connection = connection;
      this.prepared = prepared;
      this.log = log;
    }

    @Override
    public @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] args)
        throws Throwable {
      String name = method.getName();
      if (name.equals("getConnection")) {
        return connection;
      }
      if (name.equals("addBatch") && args != null) {
        batched = String.valueOf(args[0]);
      }
      if (log.hasValues() && name.startsWith("set") && args != null && args.length >= 2) {
        noteValue(name, args);
      }
      return name.startsWith("execute") ? execute(method, args) : call(statement, method, args);
    }

    private void noteValue(String method, @Nullable Object[] args) {
      if (args[0] instanceof Integer index && index > 0) {
        while (values.size() < index) {
          values.add(null);
        }
        values.set(index - 1, method.equals("setNull") ? null : args[1]);
      }
    }

    private @Nullable Object execute(Method method, @Nullable Object @Nullable [] args)
        throws Throwable {
      String sql = args != null && args.length > 0 ? String.valueOf(args[0]) : prepared;
      String executed = sql.isEmpty() ? batched : sql;
      Task<?> task = Asyncio.currentTask();
      String name = task == null ? Thread.currentThread().toString() : "task '" + task.name() + "'";
      long began = log.now();
      try {
        Object result = call(statement, method, args);
        log.ended(executed, values, began, result, null, name);
        return result;
      } catch (Throwable failure) { // written, and goes on
        log.ended(executed, values, began, null, failure, name);
        throw failure;
      }
    }
  }

  private static <T> T proxy(Class<T> type, T target, InvocationHandler handler) {
    InvocationHandler identity =
        (proxy, method, args) ->
            switch (method.getName()) {
              case "equals" -> args != null && proxy == args[0];
              case "hashCode" -> System.identityHashCode(proxy);
              case "toString" -> target.toString();
              default -> handler.invoke(proxy, method, args);
            };
    return type.cast(
        Proxy.newProxyInstance(
            LoggedStatements.class.getClassLoader(), new Class<?>[] {type}, identity));
  }

  private static @Nullable Object call(
      Object target, Method method, @Nullable Object @Nullable [] args) throws Throwable {
    try {
      return method.invoke(target, args);
    } catch (InvocationTargetException e) {
      throw e.getCause() == null ? e : e.getCause();
    }
  }
}
