package io.asyncio4j.bench;

import java.util.List;

/**
 * Rows that make a table, with what is aimed at in them.
 *
 * @param name what the group is called on the command line and in the markers of the page
 * @param plot its picture
 * @param sized the same work in several sizes, smallest first, which has a table of its own; may be
 *     empty
 * @param wholePrograms whether the rows are about programs with much to compile, whose CPU time is
 *     to be seen beside
 */
record Group(
    String name,
    Plot plot,
    List<Row> rows,
    List<Row> sized,
    List<Target> targets,
    boolean wholePrograms) {

  /** The picture of a group: its file in the checkout, its title. */
  record Plot(String file, String title) {}
}
