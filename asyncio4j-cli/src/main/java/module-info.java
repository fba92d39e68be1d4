/** The commands of asyncio4j: a program, not a library; it exports nothing. */
module io.asyncio4j.cli {
  requires static org.jspecify;
  requires io.asyncio4j;
  requires io.asyncio4j.http;
  requires io.asyncio4j.examples;
  requires io.asyncio4j.refire;
  requires HdrHistogram;
  requires info.picocli;
  requires jdk.unsupported;
  requires java.management;
  requires jdk.attach; // sun.misc.Signal, for a second Ctrl-C

  opens io.asyncio4j.cli to
      info.picocli;
}
