package io.asyncio4j.examples;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The options of an example, as they were given on the command line. */
final class Args {
  private final Map<String, String> given = new HashMap<>();

  /**
   * Takes the options apart.
   *
   * @param args what was given
   * @param known the options there are; {@code "--real"} for one that is there or not, {@code "-t
   *     SECONDS"} for one with a value
   * @throws IllegalArgumentException if something else was given
   */
  static Args of(String[] args, String... known) {
    Args taken = new Args();
    for (int i = 0; i < args.length; i++) {
      String form = formOf(args[i], known);
      boolean hasValue = form.contains(" ");
      if (hasValue && i + 1 == args.length) {
        throw new IllegalArgumentException(args[i] + " needs a value: " + form);
      }
      String name = args[i];
      taken.given.put(name, hasValue ? args[++i] : "");
    }
    return taken;
  }

  private static String formOf(String arg, String... known) {
    for (String form : known) {
      if (form.split(" ", -1)[0].equals(arg)) {
        return form;
      }
    }
    throw new IllegalArgumentException(
        "'"
            + arg
            + "' is no option of this example, which takes "
            + (known.length == 0 ? "none" : String.join(", ", known)));
  }

  boolean has(String name) {
    return given.containsKey(name);
  }

  @Nullable String value(String name) {
    return given.get(name);
  }

  Duration seconds(String name, Duration otherwise) {
    String text = given.get(name);
    if (text == null) {
      return otherwise;
    }
    try {
      double seconds = Double.parseDouble(text);
      if (seconds > 0 && seconds < 1e9) {
        return Duration.ofNanos(Math.round(seconds * 1e9));
      }
    } catch (NumberFormatException e) {
      throw notSeconds(name, text);
    }
    throw notSeconds(name, text);
  }

  private static IllegalArgumentException notSeconds(String name, String text) {
    return new IllegalArgumentException(
        name + " takes a number of seconds above 0, such as 0.5, but was '" + text + "'");
  }
}
