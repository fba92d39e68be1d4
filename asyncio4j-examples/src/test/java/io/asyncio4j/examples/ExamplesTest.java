package io.asyncio4j.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class ExamplesTest {
  private static final Path TUTORIAL = Path.of("../docs/tutorial");

  @TestFactory
  Stream<DynamicTest> example_isQuotedByTheTutorial_andShowsItsSource() {
    return Examples.all().stream()
        .map(example -> DynamicTest.dynamicTest(example.id(), () -> check(example)));
  }

  private static void check(Example example) throws IOException {
    assertThat(tutorial())
        .contains("asyncio4j example " + example.id())
        .contains("/" + example.type().getSimpleName() + ".java#");
    assertThat(example.source())
        .startsWith("package io.asyncio4j.examples;")
        .doesNotContain("// region");
  }

  @Test
  void examples_areInOrder_withoutDoubles() {
    assertThat(Examples.all())
        .isSortedAccordingTo(Comparator.comparing(Example::group).thenComparing(Example::id))
        .extracting(Example::id)
        .doesNotHaveDuplicates();
  }

  @Test
  void named_takesAnIdOrAGroup() {
    assertThat(Examples.named("1a")).extracting(Example::id).containsExactly("1a");
    assertThat(Examples.named("1")).extracting(Example::group).containsOnly(1);
    assertThat(Examples.named("99")).isEmpty();
  }

  private static String tutorial() throws IOException {
    StringBuilder all = new StringBuilder();
    try (Stream<Path> pages = Files.list(TUTORIAL)) {
      for (Path page : pages.toList()) {
        all.append(Files.readString(page));
      }
    }
    return all.toString();
  }
}
