package io.asyncio4j.sql;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;

/** The databases on which each test of the thin layer runs: an empty one for each test. */
enum TestDatabases {
  H2 {
    @Override
    String url(String name) {
      return "jdbc:h2:mem:" + name + ";MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE;DB_CLOSE_DELAY=-1";
    }

    @Override
    Database create(String name) {
      return open(name);
    }

    @Override
    void drop(Database db, String name) throws SQLException {
      db.update("shutdown");
    }
  },
  POSTGRES {
    @Override
    String url(String name) {
      return SERVER + (SERVER.contains("?") ? "&" : "?") + "currentSchema=" + name;
    }

    @Override
    Database create(String name) throws SQLException {
      Database db = open(name);
      db.update("create schema " + name);
      return db;
    }

    @Override
    void drop(Database db, String name) throws SQLException {
      db.update("drop schema " + name + " cascade");
    }
  };

  private static final AtomicInteger NUMBER = new AtomicInteger();

  /** Known before any test begins, so that the server's threads are no test's. */
  private static final String SERVER = server();

  private static String server() {
    try {
      return PostgresServer.sharedUrl();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new AssertionError("interrupted while PostgreSQL was starting", e);
    }
  }

  /** Returns a name that no other test uses. */
  static String newName() {
    return "test_" + ProcessHandle.current().pid() + "_" + NUMBER.incrementAndGet();
  }

  abstract String url(String name);

  /** Creates a database, or a schema, and opens it. */
  abstract Database create(String name) throws SQLException;

  /** Drops what was created, and may leave the connections unusable. */
  abstract void drop(Database db, String name) throws SQLException;

  /** Opens what was created already. */
  Database open(String name) {
    return Database.open(url(name));
  }
}
