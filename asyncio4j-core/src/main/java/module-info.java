/** The event loop, tasks, futures, groups, synchronization and queues of asyncio4j. */
module io.asyncio4j {
  requires static transitive org.jspecify;

  exports io.asyncio4j;
}
