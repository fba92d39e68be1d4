package io.asyncio4j.bench;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;

/**
 * The measuring of a peer that is written in Java: a program that does one row of {@code ./bench}
 * round by round and prints a line of JSON for each. The peers in other languages do the same.
 *
 * <p>Arguments of such a program: the row, the number of operations in a round, the seconds of
 * warm-up, the seconds to measure; or {@code --rows}, for the names of the rows it has.
 */
public final class Rounds {
  /** A round of a row. */
  @FunctionalInterface
  public interface Work {
    /**
     * Does the operations and checks what came of them.
     *
     * @param size how many operations
     * @param rounds the clock, which runs already and may be started anew
     * @throws Exception if the work fails
     */
    void run(int size, Rounds rounds) throws Exception;
  }

  private static final int NO_SUCH_ROW = 3;
  private static final int LEAST_ROUNDS = 3;
  private static final int WARM_UP_ROUNDS = 30;

  /** The longest warm-up, in times of what was asked for. */
  private static final int LONGEST_WARM_UP = 4;

  /** A round of so many takes so long that it is done once, after a warm-up with fewer. */
  private static final int MANY = 1_000_000;

  private static final int FEW = 10_000;
  private static final OperatingSystemMXBean SYSTEM =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

  private long begin;
  private long cpuBegin;
  private long end;
  private long cpuEnd;
  private long bytes;
  private long rss;

  private Rounds() {}

  /**
   * Does what the arguments say.
   *
   * @param peer the name of the peer
   * @param version its version
   * @param rows the rows it has
   * @param args the arguments of the program
   * @throws Exception if the work fails
   */
  public static void run(String peer, String version, Map<String, Work> rows, String... args)
      throws Exception {
    if (args[0].equals("--rows")) {
      rows.keySet().stream().sorted().forEach(System.out::println);
      return;
    }
    Work work = rows.get(args[0]);
    if (work == null) {
      System.err.println(peer + " has no row " + args[0]);
      System.exit(NO_SUCH_ROW);
      return;
    }
    System.out.printf("{\"peer\":\"%s\",\"version\":\"%s\"}%n", peer, version);
    int size = Integer.parseInt(args[1]);
    warmUp(work, size < MANY ? size : FEW, (long) (Double.parseDouble(args[2]) * 1e9));
    long over = System.nanoTime() + (long) (Double.parseDouble(args[3]) * 1e9);
    int least = size < MANY ? LEAST_ROUNDS : 1;
    for (int round = 0; round < least || System.nanoTime() - over < 0; round++) {
      Rounds rounds = new Rounds();
      rounds.time(work, size);
      System.out.println(rounds.json(args[0], size));
    }
  }

  /** Warms up for a time, and for longer where rounds are long and so were few. */
  private static void warmUp(Work work, int size, long nanos) throws Exception {
    long begin = System.nanoTime();
    int rounds = 0;
    long passed = 0;
    while (passed < nanos || (rounds < WARM_UP_ROUNDS && passed < LONGEST_WARM_UP * nanos)) {
      new Rounds().time(work, size);
      rounds++;
      passed = System.nanoTime() - begin;
    }
  }

  private void time(Work work, int size) throws Exception {
    start();
    work.run(size, this);
    if (end == 0) {
      stop();
    }
  }

  /** Starts the clock anew: what came before was preparation. */
  public void start() {
    cpuBegin = SYSTEM.getProcessCpuTime();
    begin = System.nanoTime();
  }

  /** Stops the clock: what comes now is clearing up. */
  public void stop() {
    end = System.nanoTime();
    cpuEnd = SYSTEM.getProcessCpuTime();
  }

  /** The memory that a process has in use. */
  private record Memory(long heap, long rss) {
    private static final int PAGE = 4096;

    static Memory now() throws IOException {
      System.gc();
      String pages = Files.readString(Path.of("/proc/self/statm")).split(" ", -1)[1];
      return new Memory(
          ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed(),
          Long.parseLong(pages) * PAGE);
    }
  }

  /** Work that holds memory when it returns; the time is its time. */
  @FunctionalInterface
  public interface Holding {
    /**
     * Does the work.
     *
     * @throws InterruptedException if the thread was interrupted meanwhile
     */
    void run() throws InterruptedException;
  }

  /**
   * Notes what the round took where this clock cannot tell: the CPU time of another process.
   *
   * @param nanos how long it took
   * @param cpuNanos the CPU time that it took
   */
  public void took(long nanos, long cpuNanos) {
    cpuBegin = 0;
    begin = 0;
    cpuEnd = cpuNanos;
    end = nanos;
  }

  /**
   * Does work, and takes its time and the memory that it holds afterwards: the heap after a full
   * collection.
   *
   * @param work the work
   * @throws IOException if the system does not say what memory the process has
   * @throws InterruptedException if the thread was interrupted meanwhile
   */
  public void takeMemory(Holding work) throws IOException, InterruptedException {
    Memory before = Memory.now();
    start();
    work.run();
    stop();
    Memory after = Memory.now();
    bytes = after.heap - before.heap;
    rss = after.rss - before.rss;
  }

  /**
   * Ends the program if a round did not do what it should have.
   *
   * @param expected what should have come out
   * @param actual what came out
   */
  public static void check(long expected, long actual) {
    if (expected != actual) {
      throw new IllegalStateException("the round gave " + actual + " instead of " + expected);
    }
  }

  private String json(String row, int size) {
    String memory =
        bytes == 0 ? "" : String.format(Locale.ROOT, ",\"bytes\":%d,\"rss\":%d", bytes, rss);
    return String.format(
        Locale.ROOT,
        "{\"row\":\"%s\",\"ops\":%d,\"ns\":%d,\"cpu_ns\":%d%s}",
        row,
        size,
        end - begin,
        cpuEnd - cpuBegin,
        memory);
  }
}
