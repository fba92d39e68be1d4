package io.asyncio4j;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The page for those who come from Python names all of asyncio, and nothing that is not here. */
class AsyncioToJavaTest {
  private static final Path PAGE = Path.of("../docs/asyncio-to-java.md");
  private static final Path NAMES = Path.of("src/conformance/asyncio-names.txt");
  private static final Pattern ROW = Pattern.compile("\\| `([\\w.]+)` \\| (.*?) \\| ?(.*?) ?\\|");
  private static final Pattern CODE = Pattern.compile("`([^`]+)`");
  private static final Pattern MEMBER = Pattern.compile("(.+)\\.(\\w+)(?:\\((.*)\\))?");

  private record Row(String asyncio, String here, String difference) {}

  private static List<Row> rows() throws IOException {
    List<Row> rows = new ArrayList<>();
    for (String line : Files.readAllLines(PAGE)) {
      Matcher row = ROW.matcher(line);
      if (row.matches()) {
        rows.add(new Row(row.group(1), row.group(2), row.group(3)));
      }
    }
    return rows;
  }

  @Test
  void page_hasEachNameOfAsyncioOnce() throws IOException {
    List<String> names =
        Files.readAllLines(NAMES).stream().filter(name -> !name.startsWith("#")).toList();
    assertThat(rows().stream().map(Row::asyncio).toList())
        .containsExactlyInAnyOrderElementsOf(names);
  }

  @TestFactory
  Stream<DynamicTest> row_namesWhatExists_orSaysWhyNot() throws IOException {
    return rows().stream().map(row -> DynamicTest.dynamicTest(row.asyncio(), () -> check(row)));
  }

  private static void check(Row row) {
    if (row.here().equals("—")) {
      assertThat(row.difference()).as("why there is none").isNotBlank();
      return;
    }
    Matcher code = CODE.matcher(row.here());
    assertThat(code.find()).as("a name in backticks, or a dash").isTrue();
    do {
      assertThat(exists(code.group(1))).as(code.group(1)).isTrue();
    } while (code.find());
  }

  /** Resolves a type, {@code Type.member} or {@code Type.method(ParameterTypes)}. */
  private static boolean exists(String name) {
    if (type(name) != null) {
      return true;
    }
    Matcher member = MEMBER.matcher(name);
    Class<?> owner = member.matches() ? type(member.group(1)) : null;
    if (owner == null) {
      return false;
    }
    String wanted = member.group(2);
    String parameters = member.group(3);
    return Arrays.stream(owner.getMethods())
            .anyMatch(
                method ->
                    method.getName().equals(wanted)
                        && (parameters == null || parameters.equals(parametersOf(method))))
        || (parameters == null
            && Arrays.stream(owner.getFields()).anyMatch(field -> field.getName().equals(wanted)));
  }

  private static String parametersOf(Method method) {
    return Arrays.stream(method.getParameterTypes())
        .map(Class::getSimpleName)
        .collect(Collectors.joining(", "));
  }

  private static Class<?> type(String name) {
    for (String candidate : List.of("io.asyncio4j." + name, name)) {
      try {
        Class<?> type = Class.forName(candidate, false, AsyncioToJavaTest.class.getClassLoader());
        return Modifier.isPublic(type.getModifiers()) ? type : null;
      } catch (ClassNotFoundException e) {
        // the next candidate, or none
      }
    }
    return null;
  }
}
