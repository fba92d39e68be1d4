/** Tests of programs on asyncio4j: virtual time, seeded orders, and checks of what is left over. */
module io.asyncio4j.testing {
  requires transitive io.asyncio4j;
  requires transitive org.junit.jupiter.api;
  requires static org.jspecify;

  exports io.asyncio4j.testing;

  opens io.asyncio4j.testing to
      org.junit.platform.commons;
}
