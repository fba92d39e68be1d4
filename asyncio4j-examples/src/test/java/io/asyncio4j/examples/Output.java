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
 * <p>{@code -Doutput.update} writes the files instead.
 */
final class Output {
  private static final Path FOLDER = Path.of("src/test/resources/output");

  private Output() {}

  /** Fails unless the body prints, on standard output, what the file of the example has. */
  static <X extends Exception> void assertPrints(String id, ThrowingRunnable<X> body)
      throws X, IOException {
    compare(id, captured(body), UnaryOperator.identity());
  }

  /** Does the same where real time is the point: any number with a decimal point goes. */
  static <X extends Exception> void assertPrintsButNumbers(String id, ThrowingRunnable<X> body)
      throws X, IOException {
    compare(id, captured(body), text -> text.replaceAll("\\d+\\.\\d+", "#.#"));
  }

  private static void compare(String id, String actual, UnaryOperator<String> normal)
      throws IOException {
    Path file = FOLDER.resolve(id + ".txt");
    if (System.getProperty("output.update") != null) {
      Files.createDirectories(FOLDER);
      Files.writeString(file, actual);
      return;
    }
    assertThat(file).as("the expected output; -Doutput.update writes it").exists();
    assertThat(normal.apply(actual)).isEqualTo(normal.apply(Files.readString(file)));
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
