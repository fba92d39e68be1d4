/** The commands of asyncio4j: a program, not a library; it exports nothing. */
module io.asyncio4j.cli {
  requires static org.jspecify;
  requires info.picocli;

  opens io.asyncio4j.cli to
      info.picocli;
}
