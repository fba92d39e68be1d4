package io.asyncio4j.bench;

import io.asyncio4j.Asyncio;
import io.asyncio4j.Future;
import io.asyncio4j.Task;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A program that puts a number of tasks asleep at once and then cancels them at once, and says what
 * that took. Its argument is the number; a million where none is given.
 */
public final class MillionTasks {
  private static final int MILLION = 1_000_000;
  private static final Duration FOR_EVER = Duration.ofDays(1);

  private MillionTasks() {}

  /** Runs the program. */
  public static void main(String[] args) {
    int count = args.length == 0 ? MILLION : Integer.parseInt(args[0]);
    Asyncio.run(() -> measure(Math.min(count, 10_000))); // so that what is measured is compiled
    Measured measured = Asyncio.run(() -> measure(count));
    System.out.printf("tasks             %,d%n", count);
    System.out.printf("start to asleep   %,d ns each%n", measured.startNanos / count);
    System.out.printf("cancel to done    %,d ns each%n", measured.cancelNanos / count);
    System.out.printf("heap              %,d bytes each%n", measured.heapBytes / count);
    System.out.printf("cancelled         %,d%n", measured.cancelled);
    System.out.printf("heap left over    %,d bytes each%n", measured.leftBytes / count);
    System.out.printf("largest heap      %,d MiB%n", Runtime.getRuntime().maxMemory() >> 20);
  }

  private record Measured(
      long startNanos, long cancelNanos, long heapBytes, long cancelled, long leftBytes) {}

  private static Measured measure(int count) {
    long heapBefore = heapInUse();
    List<Task<?>> tasks = new ArrayList<>(count);
    long begin = System.nanoTime();
    for (int i = 0; i < count; i++) {
      tasks.add(Asyncio.createTask(() -> Asyncio.sleep(FOR_EVER)));
    }
    Asyncio.sleep(Duration.ZERO); // each has run to its sleep when this goes on
    long asleep = System.nanoTime();
    long heapAsleep = heapInUse();
    long cancelling = System.nanoTime();
    for (Task<?> task : tasks) {
      task.cancel();
    }
    while (!tasks.getLast().isDone()) {
      Asyncio.sleep(Duration.ZERO);
    }
    long done = System.nanoTime();
    long cancelled = tasks.stream().filter(Future::isCancelled).count();
    tasks.clear();
    return new Measured(
        asleep - begin,
        done - cancelling,
        heapAsleep - heapBefore,
        cancelled,
        heapInUse() - heapBefore);
  }

  private static long heapInUse() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }
}
