package io.asyncio4j.sql;

import io.asyncio4j.fixtures.ApiDump;
import org.junit.jupiter.api.Test;

/** The public API changes only on purpose. */
class ApiDumpTest {
  @Test
  void publicApi_isWhatTheDumpSays() throws Exception {
    ApiDump.check("asyncio4j-sql", Database.class);
  }
}
