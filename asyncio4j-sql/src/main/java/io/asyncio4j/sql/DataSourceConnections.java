package io.asyncio4j.sql;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Connections that a data source opens. */
final class DataSourceConnections implements ConnectionFactory {
  private final DataSource source;
  private final @Nullable String user;
  private final AtomicInteger opened = new AtomicInteger();

  DataSourceConnections(DataSource source, @Nullable String user) {
    this.source = source;
    this.user = user;
  }

  @Override
  public PhysicalConnection open(char @Nullable [] password) throws SQLException {
    Connection raw =
        user == null || password == null
            ? source.getConnection()
            : source.getConnection(user, new String(password));
    Engine engine = Engine.of(raw.getMetaData().getURL());
    String name = describe() + " " + opened.incrementAndGet();
    engine.prepare(raw);
    return new PhysicalConnection(
        raw, engine, engine == Engine.IN_PROCESS ? new Worker(name) : null, name);
  }

  @Override
  public String describe() {
    return source.getClass().getName();
  }

  @Override
  public void close() {}
}
