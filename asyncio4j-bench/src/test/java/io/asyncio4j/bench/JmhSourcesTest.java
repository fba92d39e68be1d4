package io.asyncio4j.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JmhSourcesTest {
  @Test
  void benchmarks_thatTheBuildDoesNotCompile_compile(@TempDir Path classes) throws Exception {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter errors = new StringWriter();
    List<String> options =
        List.of(
            "-proc:none",
            "-cp",
            System.getProperty("java.class.path"),
            "--add-exports",
            JmhBench.CONTINUATIONS,
            "-d",
            classes.toString());
    try (var files = compiler.getStandardFileManager(null, null, null)) {
      var sources = files.getJavaFileObjects(Path.of("peers/jmh/PartsBenchmark.java"));
      boolean compiled = compiler.getTask(errors, files, null, options, null, sources).call();
      assertThat(errors.toString()).isEmpty();
      assertThat(compiled).isTrue();
    }
  }
}
