/** Looks host names up off the event loop, for every library in the JVM. */
module io.asyncio4j.dns {
  requires io.asyncio4j;
  requires static org.jspecify;

  exports io.asyncio4j.dns;

  provides java.net.spi.InetAddressResolverProvider with
      io.asyncio4j.dns.OffLoopResolverProvider;
}
