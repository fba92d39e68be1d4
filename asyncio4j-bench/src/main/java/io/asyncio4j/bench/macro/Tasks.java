package io.asyncio4j.bench.macro;

import io.asyncio4j.Asyncio;
import io.asyncio4j.LoopGroup;
import io.asyncio4j.Runner;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** What runs calls at once: one loop of ours, several, or the JDK's virtual threads. */
interface Tasks extends AutoCloseable {
  /** Runs calls, each in a task of its own, and returns the sum of their results. */
  long sum(List<Callable<Long>> calls) throws Exception;

  /** Returns the name of the peer that this is. */
  String name();

  @Override
  void close();

  /** What one of several tasks does of a round. */
  interface Work {
    long of(int task, int operations) throws Exception;
  }

  /** Returns a call for each of so many tasks, which have the operations among them. */
  static List<Callable<Long>> divided(int operations, int tasks, Work work) {
    List<Callable<Long>> calls = new ArrayList<>(tasks);
    for (int i = 0; i < tasks; i++) {
      int task = i;
      int share = operations / tasks + (i < operations % tasks ? 1 : 0);
      calls.add(() -> work.of(task, share));
    }
    return calls;
  }

  /** Returns what a word among the arguments of a program names. */
  static Tasks named(String name) {
    return switch (name) {
      case "loop" -> new OneLoop();
      case "two-loops" -> new TwoLoops();
      case "jdk" -> new JdkThreads();
      default ->
          throw new IllegalArgumentException(
              "no kind of tasks is named " + name + "; there are loop, two-loops, jdk");
    };
  }

  /** One loop, on the calling thread. */
  final class OneLoop implements Tasks {
    private final Runner runner = new Runner();

    @Override
    public long sum(List<Callable<Long>> calls) {
      return runner.run(() -> gathered(calls));
    }

    @Override
    public String name() {
      return "asyncio4j";
    }

    @Override
    public void close() {
      runner.close();
    }
  }

  /** Two loops, each with its thread, and half of the calls. */
  final class TwoLoops implements Tasks {
    private final LoopGroup group = LoopGroup.create(2);

    @Override
    public long sum(List<Callable<Long>> calls) throws Exception {
      int half = calls.size() / 2;
      CompletableFuture<Long> first = group.submitTo(0, () -> gathered(calls.subList(0, half)));
      CompletableFuture<Long> second =
          group.submitTo(1, () -> gathered(calls.subList(half, calls.size())));
      return first.get() + second.get();
    }

    @Override
    public String name() {
      return "asyncio4j, two loops";
    }

    @Override
    public void close() {
      group.close();
    }
  }

  private static long gathered(List<Callable<Long>> calls) {
    long sum = 0;
    for (long result : Asyncio.gather(calls).await()) {
      sum += result;
    }
    return sum;
  }

  /** The JDK's virtual threads on the JDK's scheduler. */
  final class JdkThreads implements Tasks {
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    @Override
    public long sum(List<Callable<Long>> calls) throws Exception {
      List<Future<Long>> results = new ArrayList<>(threads.invokeAll(calls));
      long sum = 0;
      for (Future<Long> result : results) {
        sum += result.get();
      }
      return sum;
    }

    @Override
    public String name() {
      return "JDK virtual threads";
    }

    @Override
    public void close() {
      threads.close();
    }
  }
}
