package io.asyncio4j.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PageTest {
  @TempDir Path directory;

  private Path page(String text) throws IOException {
    return Files.writeString(directory.resolve("page.md"), text);
  }

  @Test
  void content_goesBetweenItsMarkers_andTheRestStays() throws IOException {
    Path file =
        page(
            """
            # Title
            <!-- ./bench sql --write -->
            old
            <!-- end -->
            Prose.
            <!-- ./bench micro --write: sizes -->
            <!-- end -->
            """);
    Page page = new Page(file);
    page.put("micro --write: sizes", "sizes");
    page.put("sql --write", "new\n");
    page.write();
    assertThat(file)
        .hasContent(
            """
            # Title
            <!-- ./bench sql --write -->

            new

            <!-- end -->
            Prose.
            <!-- ./bench micro --write: sizes -->

            sizes

            <!-- end -->
            """);
  }

  @Test
  void content_putTwice_isThereOnce() throws IOException {
    Path file = page("<!-- ./bench jmh --write -->\n<!-- end -->\n");
    for (String content : List.of("one", "two")) {
      Page page = new Page(file);
      page.put("jmh --write", content);
      page.write();
    }
    assertThat(file).hasContent("<!-- ./bench jmh --write -->\n\ntwo\n\n<!-- end -->\n");
  }

  @Test
  void markers_thatAreMissing_areNamed() throws IOException {
    Path file = page("<!-- ./bench sql --write -->\n<!-- ./bench jmh --write -->\n<!-- end -->\n");
    Page page = new Page(file);
    assertThatThrownBy(() -> page.put("micro --write", ""))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("page.md lacks the line <!-- ./bench micro --write -->");
    assertThatThrownBy(() -> page.put("sql --write", "")).isInstanceOf(IOException.class);
  }

  @Test
  void pageOfTheBenchmarks_hasAllMarkers() throws IOException {
    Page page = new Page(Path.of("..", Page.BENCHMARKS));
    for (String name :
        List.of(
            "micro --write",
            "micro --write: sizes",
            "micro --write: not won",
            "macro --write",
            "macro --write: not won",
            "sql --write",
            "jmh --write")) {
      page.put(name, "");
    }
  }
}
