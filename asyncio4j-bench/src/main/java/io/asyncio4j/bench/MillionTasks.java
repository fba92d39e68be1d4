package io.asyncio4j.bench;

import io.asyncio4j.Asyncio;
import io.asyncio4j.Future;
import io.asyncio4j.ReturnWhen;
import io.asyncio4j.Task;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A program that puts a number of tasks asleep at once and then cancels them at once, and says what
 * that took, and how much of it the collector had the loop wait. Its argument is the number; a
 * million where none is given.
 */
public final class MillionTasks {
  private static final int MILLION = 1_000_000;
  private static final int WARM_UP_ROUNDS = 300;
  private static final int WARM_UP_TASKS = 10_000;
  private static final Duration FOR_EVER = Duration.ofDays(1);

  private MillionTasks() {}

  /** Runs the program. */
  public static void main(String[] args) {
    int count = args.length == 0 ? MILLION : Integer.parseInt(args[0]);
    Asyncio.run(MillionTasks::warmUp);
    Measured measured = Asyncio.run(() -> measure(count));
    System.out.printf("tasks             %,d%n", count);
    System.out.printf("start to asleep   %s%n", measured.start.each(count));
    System.out.printf("cancel to done    %s%n", measured.cancel.each(count));
    System.out.printf("heap              %,d bytes each%n", measured.heapBytes / count);
    System.out.printf("cancelled         %,d%n", measured.cancelled);
    System.out.printf("heap left over    %,d bytes each%n", measured.leftBytes / count);
    System.out.printf("largest heap      %,d MiB%n", Runtime.getRuntime().maxMemory() >> 20);
  }

  /** Has it compiled what is measured. */
  private static boolean warmUp() {
    for (int round = 0; round < WARM_UP_ROUNDS; round++) {
      cancel(start(WARM_UP_TASKS));
    }
    return true;
  }

  private record Spent(long nanos, long collectingMillis) {
    static Spent now() {
      long millis =
          ManagementFactory.getGarbageCollectorMXBeans().stream()
              .mapToLong(GarbageCollectorMXBean::getCollectionTime)
              .sum();
      return new Spent(System.nanoTime(), millis);
    }

    static Spent since(Spent before) {
      Spent now = now();
      return new Spent(now.nanos - before.nanos, now.collectingMillis - before.collectingMillis);
    }

    String each(int count) {
      long collecting = TimeUnit.MILLISECONDS.toNanos(collectingMillis);
      return String.format(
          "%,d ns each, %,d of them collections", nanos / count, collecting / count);
    }
  }

  private record Measured(
      Spent start, Spent cancel, long heapBytes, long cancelled, long leftBytes) {}

  private static Measured measure(int count) {
    long heapBefore = heapInUse();
    Spent begin = Spent.now();
    List<Task<?>> tasks = start(count);
    Spent start = Spent.since(begin);
    long heapAsleep = heapInUse();
    Spent cancelling = Spent.now();
    cancel(tasks);
    Spent cancel = Spent.since(cancelling);
    long cancelled = tasks.stream().filter(Future::isCancelled).count();
    tasks.clear();
    return new Measured(
        start, cancel, heapAsleep - heapBefore, cancelled, heapInUse() - heapBefore);
  }

  private static List<Task<?>> start(int count) {
    List<Task<?>> tasks = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      tasks.add(Asyncio.createTask(() -> Asyncio.sleep(FOR_EVER)));
    }
    Asyncio.sleep(Duration.ZERO); // each has run to its sleep when this goes on
    return tasks;
  }

  private static void cancel(List<Task<?>> tasks) {
    tasks.forEach(Task::cancel);
    Asyncio.waitUntil(ReturnWhen.ALL_COMPLETED, tasks);
  }

  private static long heapInUse() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }
}
