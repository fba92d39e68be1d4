package io.asyncio4j.testing;

import java.util.OptionalLong;

/** The seeds that a developer asks for from outside the tests. */
final class Seeds {
  /** The system property that has all tests run with one seed. */
  static final String PROPERTY = "asyncio4j.seed";

  private Seeds() {}

  static OptionalLong fromProperty() {
    String value = System.getProperty(PROPERTY);
    if (value == null) {
      return OptionalLong.empty();
    }
    try {
      return OptionalLong.of(Long.parseLong(value));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "the system property " + PROPERTY + " is '" + value + "'; give the number of a seed", e);
    }
  }
}
