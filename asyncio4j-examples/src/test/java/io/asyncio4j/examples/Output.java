package io.asyncio4j.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.asyncio4j.ThrowingRunnable;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.UnaryOperator;

/**
 * The printed text of the examples, held against {@code src/test/resources/output/ID.txt}, which
 * the tutorial quotes.
 *
 * <p>The port of a {@link Site} counts as 8080, and line numbers in stack traces count in the
 * examples only. {@code -Doutput.update} writes the files instead.
 */
final class Output {
  private static final Path FOLDER = Path.of("src/test/resources/output");

  private Output() {}

  /** Fails unless the body prints, on standard output, what the file of the example has. */
  static <X extends Exception> void assertPrints(String id, ThrowingRunnable<X> body)
      throws X, IOException {
    compare(id, captured(body), text -> text);
  }

  /** Does the same where real time is the point: any number with a decimal point goes. */
  static <X extends Exception> void assertPrintsButNumbers(String id, ThrowingRunnable<X> body)
      throws X, IOException {
    compare(id, captured(body), text -> text.replaceAll("\\d+\\.\\d+", "#.#"));
  }

  /** Does the same with a text that a test has put together. */
  static void assertText(String id, String text) throws IOException {
    compare(id, text, same -> same);
  }

  private static void compare(String id, String printed, UnaryOperator<String> normal)
      throws IOException {
    String actual = printed.replaceAll("127\\.0\\.0\\.1:\\d+", "127.0.0.1:8080");
    Path file = FOLDER.resolve(id + ".txt");
    if (System.getProperty("output.update") != null) {
      Files.createDirectories(FOLDER);
      Files.writeString(file, actual);
      return;
    }
    assertThat(file).as("the expected output; -Doutput.update writes it").exists();
    assertThat(normal.apply(withoutForeignLines(actual)))
        .isEqualTo(normal.apply(withoutForeignLines(Files.readString(file))));
  }

  /** Takes the line numbers of other people's code out of stack traces. */
  private static String withoutForeignLines(String text) {
    return text.replaceAll(
        "\\b(at (?!io\\.asyncio4j\\.examples\\.)[^ (]+\\(\\w+\\.java):\\d+\\)", "$1)");
  }

  /** Returns what a body prints on standard output. */
  static <X extends Exception> String captured(ThrowingRunnable<X> body) throws X {
    PrintStream before = System.out;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    System.setOut(new PrintStream(bytes, true, StandardCharsets.UTF_8));
    try {
      body.run();
    } finally {
      System.setOut(before);
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
