/** Reads access logs and fires again the requests that failed. */
module io.asyncio4j.refire {
  requires static org.jspecify;
  requires transitive io.asyncio4j;
  requires io.asyncio4j.http;
  requires tools.jackson.core;
  requires HdrHistogram;

  exports io.asyncio4j.refire;
}
