/** The programs of the tutorial. */
module io.asyncio4j.examples {
  requires io.asyncio4j;
  requires io.asyncio4j.http;
  requires io.asyncio4j.refire;
  requires jdk.httpserver;
  requires static org.jspecify;

  exports io.asyncio4j.examples;
}
