/** An HTTP client whose network I/O runs on the event loop's own thread. */
module io.asyncio4j.http {
  requires transitive io.asyncio4j;
  requires transitive tools.jackson.databind;
  requires static org.jspecify;
  requires io.netty.buffer;
  requires io.netty.codec.http;
  requires io.netty.codec;
  requires io.netty.common;
  requires io.netty.handler;
  requires io.netty.handler.proxy;
  requires io.netty.resolver;
  requires io.netty.transport;

  exports io.asyncio4j.http;
}
