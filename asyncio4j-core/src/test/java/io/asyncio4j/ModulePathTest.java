package io.asyncio4j;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.spi.ToolProvider;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The module works on the class path and on the module path, in full mode. */
@Tag("foreign-blocking")
class ModulePathTest {
  private static final Path CORE = Path.of("target/classes").toAbsolutePath();
  private static final String PROGRAM =
      """
      package app;

      import io.asyncio4j.Asyncio;
      import io.asyncio4j.LoopOptions;
      import io.asyncio4j.ProcessPoolExecutor;

      public class Main {
        record Root(int square) implements java.util.concurrent.Callable<Integer>, java.io.Serializable {
          public Integer call() {
            return (int) Math.sqrt(square);
          }
        }

        public static void main(String[] args) {
          Asyncio.run(
              LoopOptions.defaults().withFullModeRequired(true),
              () -> {
                var sum = Asyncio.gather(() -> slow(1), () -> slow(2)).await();
                try (var pool = ProcessPoolExecutor.create()) {
                  int root = pool.call(new Root(144));
                  System.out.println("root " + root);
                }
                System.out.println("sum " + sum + " in module " + Asyncio.class.getModule().getName());
              });
        }

        static int slow(int number) throws InterruptedException {
          Thread.sleep(1);
          return number;
        }
      }
      """;

  @TempDir Path folder;

  @Test
  void program_onTheClassPath_runsInFullMode() throws Exception {
    Path classes = compile("-cp", CORE.toString());
    assertThat(
            run(
                "--add-opens=java.base/java.lang=ALL-UNNAMED",
                "-cp",
                CORE + ":" + classes,
                "app.Main"))
        .contains("root 12", "sum [1, 2] in module null");
  }

  @Test
  void program_onTheModulePath_runsInFullMode() throws Exception {
    Files.writeString(folder.resolve("module-info.java"), "module app { requires io.asyncio4j; }");
    Path classes = compile("-p", CORE.toString());
    assertThat(
            run(
                "--add-opens=java.base/java.lang=io.asyncio4j",
                "-p",
                CORE + ":" + classes,
                "-m",
                "app/app.Main"))
        .contains("root 12", "sum [1, 2] in module io.asyncio4j");
  }

  private Path compile(String... pathFlags) throws Exception {
    Files.createDirectories(folder.resolve("app"));
    Files.writeString(folder.resolve("app/Main.java"), PROGRAM);
    Path classes = folder.resolve("classes");
    List<String> arguments = new ArrayList<>(List.of(pathFlags));
    arguments.addAll(List.of("-d", classes.toString(), folder.resolve("app/Main.java").toString()));
    if (Files.exists(folder.resolve("module-info.java"))) {
      arguments.add(folder.resolve("module-info.java").toString());
    }
    int code =
        ToolProvider.findFirst("javac")
            .orElseThrow()
            .run(System.out, System.err, arguments.toArray(String[]::new));
    assertThat(code).as("exit code of javac").isZero();
    return classes;
  }

  private static String run(String... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    return output;
  }
}
