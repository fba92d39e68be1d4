package io.asyncio4j;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * The documentation says what the code does: each Java sample is a region of a file that is
 * compiled and run, each output of an example is what its test expects, and each link leads
 * somewhere.
 */
class DocumentationTest {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final Pattern SAMPLE =
      Pattern.compile("(?s)(?:<!-- sample: ([^#>]+)#(\\w+) -->\\n)?```java\\n(.*?)```");
  private static final Pattern OUTPUT =
      Pattern.compile("(?s)<!-- output: (\\S+) -->\\n```\\w*\\n(.*?)```");
  private static final String OUTPUTS = "asyncio4j-examples/src/test/resources/output/";
  private static final Pattern SNIPPET = Pattern.compile("(?s)\\{@snippet :(.*?)\\n \\* \\}\\n");
  private static final Pattern LINK = Pattern.compile("\\]\\((?!https?:)([^)#]+)(?:#[^)]*)?\\)");

  @TestFactory
  Stream<DynamicTest> javaSamples_areRegionsOfTestedFiles() throws IOException {
    return pages().stream()
        .map(page -> DynamicTest.dynamicTest(ROOT.relativize(page).toString(), () -> check(page)));
  }

  @TestFactory
  Stream<DynamicTest> javadocSnippets_areInTestedFiles() throws IOException {
    StringBuilder tests = new StringBuilder();
    for (Path file : javaFiles("test")) {
      tests.append(Files.readString(file));
    }
    String tested = withoutBlanks(tests.toString());
    List<DynamicTest> checks = new ArrayList<>();
    for (Path file : javaFiles("main")) {
      Matcher snippet = SNIPPET.matcher(Files.readString(file));
      while (snippet.find()) {
        String code = withoutBlanks(snippet.group(1).replace("\n * ", "\n"));
        checks.add(
            DynamicTest.dynamicTest(
                ROOT.relativize(file).toString(), () -> assertThat(tested).contains(code)));
      }
    }
    return checks.stream();
  }

  private static String withoutBlanks(String text) {
    return text.replaceAll("\\s+", "");
  }

  private static List<Path> javaFiles(String kind) throws IOException {
    try (Stream<Path> files = Files.walk(ROOT)) {
      return files
          .filter(file -> file.toString().endsWith(".java"))
          .filter(file -> file.toString().contains("/src/" + kind + "/"))
          .toList();
    }
  }

  private static void check(Path page) throws IOException {
    String text = Files.readString(page);
    Matcher output = OUTPUT.matcher(text);
    while (output.find()) {
      Path printed = ROOT.resolve(OUTPUTS + output.group(1) + ".txt");
      assertThat(output.group(2)).isEqualTo(Files.readString(printed));
    }
    Matcher sample = SAMPLE.matcher(text);
    while (sample.find()) {
      assertThat(sample.group(1))
          .as("the line '<!-- sample: FILE#REGION -->' above:\n%s", sample.group(3))
          .isNotNull();
      String region = region(ROOT.resolve(sample.group(1).trim()), sample.group(2));
      assertThat(sample.group(3)).isEqualTo(region);
    }
  }

  private static String region(Path file, String name) throws IOException {
    List<String> lines = Files.readAllLines(file);
    int from = indexOf(lines, "// region " + name, 0);
    int to = indexOf(lines, "// endregion", from);
    List<String> region = new ArrayList<>(lines.subList(from + 1, to));
    while (region.getLast().isBlank()) {
      region.removeLast();
    }
    String text = String.join("\n", region);
    return text.stripIndent() + "\n";
  }

  private static int indexOf(List<String> lines, String mark, int from) {
    for (int i = from; i < lines.size(); i++) {
      if (lines.get(i).strip().equals(mark)) {
        return i;
      }
    }
    throw new AssertionError("no line '" + mark + "'");
  }

  @Test
  void links_toFilesOfTheProject_exist() throws IOException {
    List<String> dead = new ArrayList<>();
    for (Path page : pages()) {
      Matcher link = LINK.matcher(Files.readString(page));
      while (link.find()) {
        Path folder = page.getParent();
        if (folder == null || !Files.exists(folder.resolve(link.group(1)))) {
          dead.add(ROOT.relativize(page) + " -> " + link.group(1));
        }
      }
    }
    assertThat(dead).isEmpty();
  }

  private static List<Path> pages() throws IOException {
    List<Path> pages = new ArrayList<>();
    try (Stream<Path> top = Files.list(ROOT);
        Stream<Path> docs = Files.walk(ROOT.resolve("docs"))) {
      Stream.concat(top, docs).filter(file -> file.toString().endsWith(".md")).forEach(pages::add);
    }
    return pages;
  }
}
