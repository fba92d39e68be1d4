package io.asyncio4j.sql;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.h2.tools.Server;
import org.postgresql.ds.PGSimpleDataSource;

/** The databases that each test runs on: an empty one for each test. */
enum TestDatabases {
  H2 {
    @Override
    DataSource dataSource(String name) throws SQLException {
      JdbcDataSource source = new JdbcDataSource();
      source.setURL(
          "jdbc:h2:tcp://127.0.0.1:"
              + H2Server.SERVER.getPort()
              + "/mem:"
              + name
              + ";MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE;DB_CLOSE_DELAY=-1;LOCK_TIMEOUT=10000");
      source.setUser("sa");
      return source;
    }

    @Override
    void drop(DataSource source, String name) throws SQLException {
      execute(source, "shutdown");
    }
  },
  POSTGRES {
    @Override
    DataSource dataSource(String name) throws SQLException {
      PGSimpleDataSource source = new PGSimpleDataSource();
      source.setURL(System.getenv("SQLROWS_PG"));
      execute(source, "create schema " + name);
      source.setCurrentSchema(name);
      return source;
    }

    @Override
    void drop(DataSource source, String name) throws SQLException {
      execute(source, "drop schema " + name + " cascade");
    }
  };

  private static final AtomicInteger NUMBER = new AtomicInteger();

  static {
    H2Server.SERVER.getPort(); // started here, it is no test's thread
  }

  abstract DataSource dataSource(String name) throws SQLException;

  abstract void drop(DataSource source, String name) throws SQLException;

  static String newName() {
    return "test_" + ProcessHandle.current().pid() + "_" + NUMBER.incrementAndGet();
  }

  static void execute(DataSource source, String sql) throws SQLException {
    try (Connection connection = source.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static final class H2Server {
    static final Server SERVER = start();

    private static Server start() {
      try {
        return Server.createTcpServer("-tcpPort", "0", "-ifNotExists", "-tcpDaemon").start();
      } catch (SQLException e) {
        throw new AssertionError(e);
      }
    }
  }
}
