package io.asyncio4j.sql;

import io.asyncio4j.Asyncio;
import io.asyncio4j.Task;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Set;
import javax.sql.DataSource;

/** What lends connections of another library's pool, whose rules hold. */
final class BorrowedLender implements Lender {
  private final DataSource source;
  private final DataSourceConnections connections;
  private final Set<Lease> lent = new LinkedHashSet<>();

  BorrowedLender(DataSource source) {
    this.source = source;
    this.connections = new DataSourceConnections(source, null);
  }

  @Override
  public Lease lend() throws SQLException {
    Task<?> task = Asyncio.currentTask();
    if (task == null) {
      throw new IllegalStateException(
          "a connection of "
              + describe()
              + " was asked for by "
              + Thread.currentThread()
              + ", which is no task; ask for it inside Asyncio.run(...) or createTask(...)");
    }
    Lease lease = new Lease(this, connections.open(null), task);
    lent.add(lease);
    return lease;
  }

  @Override
  public void takeBack(Lease lease) {
    lent.remove(lease);
    lease.physical().close();
  }

  @Override
  public Duration cancelTimeout() {
    return DatabaseOptions.defaults().cancelTimeout();
  }

  @Override
  public PoolStatistics statistics() {
    int count = lent.size();
    return new PoolStatistics(count, 0, count, 0, 0, Duration.ZERO, Integer.MAX_VALUE);
  }

  @Override
  public void close() {} // who made the data source closes it

  @Override
  public String describe() {
    return source.getClass().getName();
  }
}
