/** A connection pool for JDBC whose waits suspend tasks, and what belongs to it. */
module io.asyncio4j.sql {
  requires transitive io.asyncio4j;
  requires transitive java.sql;
  requires static org.jspecify;
  requires static com.h2database; // for the embedded database, where it is on the path
  requires static org.postgresql.jdbc; // for notifications, where it is on the path

  exports io.asyncio4j.sql;
}
