package io.asyncio4j;

import java.util.List;

/**
 * What a {@link ProcessPoolExecutor} is created with. Immutable: each {@code with} method returns
 * other options.
 *
 * <p>Counterpart of the arguments of {@code concurrent.futures.ProcessPoolExecutor}, but without an
 * initializer: a static initializer of the task's class does it.
 */
public final class ProcessPoolOptions {
  private static final ProcessPoolOptions DEFAULTS =
      new ProcessPoolOptions(
          Runtime.getRuntime().availableProcessors(), Integer.MAX_VALUE, List.of());

  private final int maxWorkers;
  private final int maxTasksPerWorker;
  private final List<String> jvmFlags;

  private ProcessPoolOptions(int maxWorkers, int maxTasksPerWorker, List<String> jvmFlags) {
    this.maxWorkers = maxWorkers;
    this.maxTasksPerWorker = maxTasksPerWorker;
    this.jvmFlags = jvmFlags;
  }

  /**
   * Returns the options of a pool with a worker for each processor that the JVM may use.
   *
   * @return the defaults
   */
  public static ProcessPoolOptions defaults() {
    return DEFAULTS;
  }

  /**
   * Returns these options with another number of workers.
   *
   * @param workers how many processes there are at most, at least 1
   * @return new options
   * @throws IllegalArgumentException if it is less than 1
   */
  public ProcessPoolOptions withMaxWorkers(int workers) {
    if (workers < 1) {
      throw new IllegalArgumentException("maxWorkers is " + workers + "; it must be at least 1");
    }
    return new ProcessPoolOptions(workers, maxTasksPerWorker, jvmFlags);
  }

  /**
   * Returns these options with a number of tasks after which a worker ends and a fresh one takes
   * its place: for tasks that leave something behind. By default there is no such number.
   *
   * <p>Counterpart of {@code max_tasks_per_child}.
   *
   * @param tasks how many tasks a process runs, at least 1
   * @return new options
   * @throws IllegalArgumentException if it is less than 1
   */
  public ProcessPoolOptions withMaxTasksPerWorker(int tasks) {
    if (tasks < 1) {
      throw new IllegalArgumentException(
          "maxTasksPerWorker is " + tasks + "; it must be at least 1");
    }
    return new ProcessPoolOptions(maxWorkers, tasks, jvmFlags);
  }

  /**
   * Returns these options with flags for the workers' JVMs, such as {@code -Xmx512m}. They come
   * after those that the workers take over from this JVM, and so win.
   *
   * @param flags the flags, one by one as for {@link ProcessBuilder}, in place of those before
   * @return new options
   */
  public ProcessPoolOptions withJvmFlags(String... flags) {
    return new ProcessPoolOptions(maxWorkers, maxTasksPerWorker, List.of(flags));
  }

  int maxWorkers() {
    return maxWorkers;
  }

  int maxTasksPerWorker() {
    return maxTasksPerWorker;
  }

  List<String> jvmFlags() {
    return jvmFlags;
  }
}
