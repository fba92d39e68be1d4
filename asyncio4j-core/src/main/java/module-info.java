/** The event loop, tasks, futures, groups, synchronization and queues of asyncio4j. */
module io.asyncio4j {
  requires static org.jspecify;
  requires java.management; // the flags of this JVM, which worker processes take over
  requires static jdk.jfr; // events for Flight Recorder, where the JVM has it

  exports io.asyncio4j;
}
