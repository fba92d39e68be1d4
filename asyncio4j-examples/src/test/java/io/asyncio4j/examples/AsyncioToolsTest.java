package io.asyncio4j.examples;

import static io.asyncio4j.examples.Output.assertPrints;

import io.asyncio4j.Asyncio;
import io.asyncio4j.testing.TestLoop;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
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
  private static void compile(String source, Path classes) throws Exception {
    String classPath =
        Path.of(Asyncio.class.getProtectionDomain().getCodeSource().getLocation().toURI())
            + ":"
            + Path.of(Nullable.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    DiagnosticCollector<JavaFileObject> found = new DiagnosticCollector<>();
    ToolProvider.getSystemJavaCompiler()
        .getTask(
            null,
            null,
            found,
            List.of("-proc:none", "-d", classes.toString(), "-classpath", classPath),
            null,
            List.of(new Source(source)))
        .call();
    for (var diagnostic : found.getDiagnostics()) {
      IO.println(
          "Prices.java:"
              + diagnostic.getLineNumber()
              + ": error: "
              + diagnostic.getMessage(Locale.ENGLISH));
      IO.println(source.lines().toList().get((int) diagnostic.getLineNumber() - 1));
    }
  }

  private static final class Source extends SimpleJavaFileObject {
    private final String text;

    Source(String text) {
      super(URI.create("string:///Prices.java"), Kind.SOURCE);
      this.text = text;
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
      return text;
    }
  }
}
