package io.asyncio4j.testing;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionContext;

/** The platform threads that a test started, or had started, and that do not end. */
final class LeakedThreads {
  private static final Duration TIME_TO_END = Duration.ofSeconds(5);
  private static final String PARALLEL = "junit.jupiter.execution.parallel.enabled";

  /**
   * What the names of threads begin with that serve the whole JVM and only happened to be started
   * during the test. Whether a thread is a daemon says nothing: it takes that from the thread that
   * starts it, and a task's is one.
   */
  private static final List<String> OF_THE_JVM =
      List.of(
          "asyncio4j-log",
          "Attach Listener",
          "Cleaner-",
          "Common-Cleaner",
          "CompletableFutureDelayScheduler",
          "ForkJoinPool",
          "JFR ",
          "Java2D",
          "MasterPoller",
          "Read-Poller",
          "RMI ",
          "VirtualThread-",
          "Write-Poller",
          "junit-",
          "process reaper");

  private final Set<Thread> before = new HashSet<>(alive());

  private LeakedThreads() {}

  /**
   * Remembers the threads that there are already; returns null where tests run in parallel, since
   * whose thread is whose cannot be told there.
   */
  static @Nullable LeakedThreads unlessParallel(ExtensionContext context) {
    boolean parallel =
        context.getConfigurationParameter(PARALLEL).map(Boolean::parseBoolean).orElse(false);
    return parallel ? null : new LeakedThreads();
  }

  /** Returns the threads that are left; one that is about to end is waited for. */
  List<Thread> find() throws InterruptedException {
    List<Thread> left = new ArrayList<>();
    long deadline = System.nanoTime() + TIME_TO_END.toNanos();
    for (Thread thread : alive()) {
      if (!before.contains(thread) && thread != Thread.currentThread() && matters(thread)) {
        thread.join(Duration.ofNanos(Math.max(1, deadline - System.nanoTime())));
        if (thread.isAlive()) {
          left.add(thread);
        }
      }
    }
    return left;
  }

  private static boolean matters(Thread thread) {
    return OF_THE_JVM.stream().noneMatch(thread.getName()::startsWith);
  }

  private static List<Thread> alive() {
    ThreadGroup group = Thread.currentThread().getThreadGroup();
    if (group == null) {
      return List.of();
    }
    while (group.getParent() != null) {
      group = group.getParent();
    }
    Thread[] threads = new Thread[group.activeCount() * 2 + 16];
    int count = group.enumerate(threads, true);
    List<Thread> alive = new ArrayList<>();
    Collections.addAll(alive, threads);
    return alive.subList(0, count);
  }

  /** Returns what a failure says of threads: where each is. */
  static String describe(List<Thread> threads) {
    StringBuilder text = new StringBuilder("threads left behind:");
    for (Thread thread : threads) {
      text.append("\n  ").append(thread);
      for (StackTraceElement frame : thread.getStackTrace()) {
        text.append("\n      at ").append(frame);
      }
    }
    return text.toString();
  }
}
