/** Programs that measure. */
module io.asyncio4j.bench {
  requires static org.jspecify;
  requires io.asyncio4j;
  requires io.asyncio4j.sql;
  requires com.zaxxer.hikari;
  requires io.vertx.core;
  requires io.vertx.sql.client;
  requires io.vertx.sql.client.pg;
  requires java.management;
  requires java.sql;
  requires jdk.management;
  requires tools.jackson.databind;
}
