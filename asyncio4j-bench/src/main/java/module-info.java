/** Programs that measure. */
module io.asyncio4j.bench {
  requires static org.jspecify;
  requires io.asyncio4j;
  requires io.asyncio4j.http;
  requires io.asyncio4j.sql;
  requires com.zaxxer.hikari;
  requires io.vertx.core;
  requires io.vertx.sql.client;
  requires io.vertx.sql.client.pg;
  requires java.management;
  requires java.net.http;
  requires java.sql;
  requires jdk.httpserver; // the server of a test
  requires jdk.management;
  requires org.apache.httpcomponents.client5.httpclient5;
  requires org.apache.httpcomponents.core5.httpcore5;
  requires tools.jackson.databind;
}
