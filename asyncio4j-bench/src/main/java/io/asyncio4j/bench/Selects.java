package io.asyncio4j.bench;

import java.time.Duration;
import java.util.List;

/** The same selects through one library, over a pool of its own. */
interface Selects extends AutoCloseable {
  /** A hundred rows, by the index. */
  String SQL = "select id, name, age from asyncio4j_bench where page = ?";

  int PAGES = 100;

  /** A row of the table. */
  record Item(int id, String name, int age) {
    long sum() {
      return (long) id + name.length() + age;
    }
  }

  /** Does that many selects at once, the n-th of page n modulo {@link #PAGES}. */
  void atOnce(int count, Tally tally) throws Exception;

  /** Has tasks do one select after the other, and returns how many each has done. */
  List<Integer> looping(int tasks, Duration time) throws Exception;

  @Override
  void close();
}
