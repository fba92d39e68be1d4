package io.asyncio4j.examples;

import static io.asyncio4j.examples.Output.assertPrints;

import io.asyncio4j.Asyncio;
import io.asyncio4j.testing.TestLoop;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.spi.ToolProvider;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class AsyncioToolsTest {
  private static final String MISTAKE =
      """
      import io.asyncio4j.Result;
      import static io.asyncio4j.Asyncio.gatherResults;

      class Prices {
        static int total() {
          int total = 0;
          for (int price : gatherResults(() -> 40, () -> Integer.parseInt("two")).await().all()) {
            total += price;
          }
          return total;
        }
      }
      """;

  @RegisterExtension private final TestLoop loop = new TestLoop();

  @Test
  void asyncioTools_isSaidLineByLine() throws IOException {
    assertPrints("9", () -> loop.run(AsyncioTools::program));
  }

  @Test
  void mistake_toTakeOutcomesForValues_isRefusedByTheCompiler(@TempDir Path classes)
      throws Exception {
    assertPrints("9-mistake", () -> compile(MISTAKE, classes));
  }

  /** Compiles a class and prints what the compiler says, as it does on a terminal. */
  private static void compile(String source, Path folder) throws Exception {
    Path file = Files.writeString(folder.resolve("Prices.java"), source);
    String classPath =
        Path.of(Asyncio.class.getProtectionDomain().getCodeSource().getLocation().toURI())
            + File.pathSeparator
            + Path.of(Nullable.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    StringWriter said = new StringWriter();
    PrintWriter out = new PrintWriter(said);
    ToolProvider.findFirst("javac")
        .orElseThrow()
        .run(out, out, "-proc:none", "-classpath", classPath, file.toString());
    said.toString()
        .lines()
        .limit(2)
        .map(line -> line.replace(folder + File.separator, ""))
        .forEach(IO::println);
  }
}
