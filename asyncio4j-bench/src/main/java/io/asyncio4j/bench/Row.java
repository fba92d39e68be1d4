package io.asyncio4j.bench;

/**
 * A piece of work that all peers do.
 *
 * @param name what the programs know it by
 * @param title what it is, for the table
 * @param unit what it is measured in
 * @param size how many operations a round has
 * @param quickSize the same with {@code --quick}; 0 leaves the row out
 */
record Row(String name, String title, Unit unit, int size, int quickSize) {
  Row(String name, String title, Unit unit, int size) {
    this(name, title, unit, size, size);
  }

  int size(boolean quick) {
    return quick ? quickSize : size;
  }
}
