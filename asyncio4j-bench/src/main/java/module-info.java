/** Programs that measure. */
module io.asyncio4j.bench {
  requires static org.jspecify;
  requires io.asyncio4j;
  requires java.management;
}
