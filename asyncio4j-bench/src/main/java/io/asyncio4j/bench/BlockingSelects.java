package io.asyncio4j.bench;

import com.zaxxer.hikari.HikariDataSource;
import io.asyncio4j.Asyncio;
import io.asyncio4j.Runner;
import io.asyncio4j.sql.Database;
import io.asyncio4j.sql.DatabaseOptions;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import javax.sql.DataSource;

/** Selects as blocking calls, each in a virtual thread: on our loop, or on the JDK's scheduler. */
final class BlockingSelects implements Selects {
  /** A select of one page; returns the sum of its rows. */
  private interface Select {
    long of(int page) throws SQLException;
  }

  /** Runs calls at once, and returns their results. */
  private interface AtOnce {
    <T> List<T> all(List<Callable<T>> calls) throws Exception;
  }

  private final Select select;
  private final AtOnce tasks;
  private final Runnable closing;

  private BlockingSelects(Select select, AtOnce tasks, Runnable closing) {
    this.select = select;
    this.tasks = tasks;
    this.closing = closing;
  }

  /** Returns our loop and pool with rows as records. */
  static Selects records(String url, int connections) {
    return onLoop(
        url,
        connections,
        db -> page -> db.query(Item.class, SQL, page).stream().mapToLong(Item::sum).sum());
  }

  /** Returns our loop and pool under plain JDBC. */
  static Selects jdbc(String url, int connections) {
    return onLoop(url, connections, db -> page -> jdbc(db.dataSource(), page));
  }

  private static Selects onLoop(String url, int connections, Function<Database, Select> select) {
    Runner runner = new Runner();
    DatabaseOptions options = DatabaseOptions.defaults().withMaxSize(connections);
    Database db = runner.run(() -> Database.open(url, options));
    AtOnce tasks =
        new AtOnce() {
          @Override
          public <T> List<T> all(List<Callable<T>> calls) {
            return runner.run(() -> Asyncio.gather(calls).await());
          }
        };
    return new BlockingSelects(
        select.apply(db),
        tasks,
        () -> {
          runner.run(db::close);
          runner.close();
        });
  }

  /** Returns HikariCP under plain JDBC, in the JDK's own virtual threads. */
  static Selects hikari(String url, int connections) {
    JdbcUrl jdbc = JdbcUrl.of(url);
    HikariDataSource source = new HikariDataSource();
    source.setJdbcUrl(jdbc.url());
    source.setUsername(jdbc.user());
    source.setPassword(jdbc.password());
    source.setMaximumPoolSize(connections);
    ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    AtOnce tasks =
        new AtOnce() {
          @Override
          public <T> List<T> all(List<Callable<T>> calls) throws Exception {
            List<T> results = new ArrayList<>(calls.size());
            for (Future<T> result : threads.invokeAll(calls)) {
              results.add(result.get());
            }
            return results;
          }
        };
    return new BlockingSelects(
        page -> jdbc(source, page),
        tasks,
        () -> {
          source.close();
          threads.close();
        });
  }

  private static long jdbc(DataSource source, int page) throws SQLException {
    try (Connection connection = source.getConnection();
        PreparedStatement statement = connection.prepareStatement(SQL)) {
      statement.setInt(1, page);
      try (ResultSet rows = statement.executeQuery()) {
        long sum = 0;
        while (rows.next()) {
          sum += new Item(rows.getInt(1), rows.getString(2), rows.getInt(3)).sum();
        }
        return sum;
      }
    }
  }

  @Override
  public void atOnce(int count, Tally tally) throws Exception {
    List<Callable<Boolean>> calls = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      int page = i % PAGES;
      calls.add(() -> select(page, tally));
    }
    tasks.all(calls);
  }

  private boolean select(int page, Tally tally) {
    try {
      tally.add(select.of(page));
      return true;
    } catch (SQLException e) {
      tally.addError(e);
      return false;
    }
  }

  @Override
  public List<Integer> looping(int count, Duration time) throws Exception {
    long end = System.nanoTime() + time.toNanos();
    Callable<Integer> loop =
        () -> {
          int done = 0;
          while (System.nanoTime() - end < 0) {
            select.of(done % PAGES);
            done++;
          }
          return done;
        };
    return tasks.all(Collections.nCopies(count, loop));
  }

  @Override
  public void close() {
    closing.run();
  }
}
