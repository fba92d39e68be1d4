package io.asyncio4j.examples;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;

/**
 * A program of the tutorial, and how to run it.
 *
 * @param id what it is called by: the number of its group and, in a group of several, a letter
 * @param title what it shows, in a line
 * @param options the options that it takes, as its usage shows them; empty if it takes none
 * @param type the class that has its source
 * @param main what runs it
 */
public record Example(String id, String title, String options, Class<?> type, Program main) {
  /** The {@code main} of an example. */
  @FunctionalInterface
  public interface Program {
    /**
     * Runs it to its end.
     *
     * @param args its options
     * @throws IllegalArgumentException if it takes no such options
     * @throws Exception what the program does not catch
     */
    void run(String... args) throws Exception;
  }

  /**
   * Returns the number of the group that the example belongs to.
   *
   * @return the number
   */
  public int group() {
    return Integer.parseInt(id.replaceAll("\\D", ""));
  }

  /**
   * Returns the file that the example is written in, without the marks by which the tutorial quotes
   * it.
   *
   * @return the source
   */
  public String source() {
    String name = type.getSimpleName() + ".java";
    try (InputStream in = type.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException(
            name + " is not among the resources of this program; build it with Maven");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.strip().matches("// (region \\w+|endregion)"))
          .collect(Collectors.joining("\n", "", "\n"))
          .replaceAll("\n{3,}", "\n\n");
    } catch (IOException e) {
      throw new IllegalStateException(name + " could not be read", e);
    }
  }
}
