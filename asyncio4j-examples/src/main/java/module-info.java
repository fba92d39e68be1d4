/** The programs of the tutorial. */
module io.asyncio4j.examples {
  requires io.asyncio4j;
  requires io.asyncio4j.http;
  requires io.asyncio4j.refire;
  requires io.asyncio4j.sql;
  requires java.sql;
  requires jdk.httpserver;
  requires static org.jspecify;

  exports io.asyncio4j.examples;

  opens io.asyncio4j.examples to
      io.asyncio4j.sql; // the records that rows become
}
