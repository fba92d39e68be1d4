package io.asyncio4j.bench;

import static io.asyncio4j.Asyncio.createTask;
import static io.asyncio4j.Asyncio.gather;
import static io.asyncio4j.Asyncio.sleep;

import io.asyncio4j.Asyncio;
import io.asyncio4j.EventLoop;
import io.asyncio4j.Future;
import io.asyncio4j.Hold;
import io.asyncio4j.Queue;
import io.asyncio4j.ReturnWhen;
import io.asyncio4j.Semaphore;
import io.asyncio4j.Task;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;

/** The micro rows of {@code ./bench} with asyncio4j. */
public final class AsyncioPeer {
  private static final Duration DAY = Duration.ofDays(1);
  private static final int END = -1;

  private AsyncioPeer() {}

  /** Runs the program. */
  public static void main(String[] args) throws Exception {
    Map<String, Rounds.Work> rows =
        Map.ofEntries(
            Map.entry("switch", AsyncioPeer::switches),
            Map.entry("wake", AsyncioPeer::wakes),
            Map.entry("gather", AsyncioPeer::gathers),
            Map.entry("gather-sleep0", AsyncioPeer::gathersSleeping),
            Map.entry("pingpong", AsyncioPeer::pingPongs),
            Map.entry("producer-consumer", AsyncioPeer::produces),
            Map.entry("timers", AsyncioPeer::timers),
            Map.entry("semaphore", AsyncioPeer::semaphores),
            Map.entry("cancel", AsyncioPeer::cancels),
            Map.entry("threadsafe", AsyncioPeer::threads),
            Map.entry("asleep", AsyncioPeer::asleep));
    Asyncio.run(() -> Rounds.run("asyncio4j", "JDK " + Runtime.version(), rows, args));
  }

  private static void switches(int size, Rounds rounds) {
    int[] count = new int[1];
    Callable<Integer> task =
        () -> {
          for (int i = 0; i < size / 2; i++) {
            sleep(Duration.ZERO);
            count[0]++;
          }
          return 0;
        };
    gather(task, task).await();
    Rounds.check(size, count[0]);
  }

  private static void wakes(int size, Rounds rounds) {
    EventLoop loop = EventLoop.current();
    List<Future<Integer>> futures =
        new ArrayList<>(List.of(loop.createFuture(), loop.createFuture()));
    futures.get(0).setResult(0);
    Rounds.check(
        size, gather(() -> wakes(size, futures, 0), () -> wakes(size, futures, 1)).await().get(1));
  }

  private static int wakes(int size, List<Future<Integer>> futures, int me) {
    int last = 0;
    for (int i = 0; i < size / 2; i++) {
      last = futures.get(me).await() + 1;
      futures.set(me, EventLoop.current().createFuture());
      futures.get(1 - me).setResult(last);
    }
    return last;
  }

  private static void gathers(int size, Rounds rounds) {
    List<Callable<Integer>> tasks = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      int number = i;
      tasks.add(() -> number);
    }
    checkSum(size, gather(tasks).await());
  }

  private static void gathersSleeping(int size, Rounds rounds) {
    List<Callable<Integer>> tasks = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      int number = i;
      tasks.add(() -> sleep(Duration.ZERO, number));
    }
    checkSum(size, gather(tasks).await());
  }

  private static void checkSum(int size, List<Integer> results) {
    long sum = results.stream().mapToLong(Integer::longValue).sum();
    Rounds.check((long) size * (size - 1) / 2, sum);
  }

  private static void pingPongs(int size, Rounds rounds) {
    Queue<Integer> there = new Queue<>();
    Queue<Integer> back = new Queue<>();
    Callable<Integer> ping =
        () -> {
          int last = 0;
          for (int i = 0; i < size; i++) {
            there.put(last);
            last = back.get();
          }
          return last;
        };
    Callable<Integer> pong =
        () -> {
          for (int i = 0; i < size; i++) {
            back.put(there.get() + 1);
          }
          return 0;
        };
    Rounds.check(size, gather(ping, pong).await().getFirst());
  }

  private static void produces(int size, Rounds rounds) {
    Queue<Integer> queue = new Queue<>(100);
    Callable<Long> producer =
        () -> {
          for (int i = 0; i < size; i++) {
            queue.put(i);
          }
          queue.put(END);
          return 0L;
        };
    Callable<Long> consumer =
        () -> {
          long sum = 0;
          for (int item = queue.get(); item != END; item = queue.get()) {
            sum += item;
          }
          return sum;
        };
    Rounds.check((long) size * (size - 1) / 2, gather(producer, consumer).await().getLast());
  }

  private static void timers(int size, Rounds rounds) {
    List<Callable<Integer>> tasks = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      int number = i;
      tasks.add(() -> sleep(Duration.ofNanos(100_000_000L * (number + 1) / size), number));
    }
    checkSum(size, gather(tasks).await());
  }

  private static void semaphores(int size, Rounds rounds) {
    Semaphore semaphore = new Semaphore(10);
    int[] count = new int[1];
    Callable<Integer> task =
        () -> {
          for (int i = 0; i < size / 1000; i++) {
            try (Hold _ = semaphore.hold()) {
              sleep(Duration.ZERO);
              count[0]++;
            }
          }
          return 0;
        };
    gather(Collections.nCopies(1000, task)).await();
    Rounds.check(size, count[0]);
  }

  private static void cancels(int size, Rounds rounds) {
    List<Task<?>> tasks = startSleepers(size);
    rounds.start();
    cancelAll(tasks);
    rounds.stop();
  }

  private static List<Task<?>> startSleepers(int size) {
    List<Task<?>> tasks = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      tasks.add(createTask(() -> sleep(DAY)));
    }
    sleep(Duration.ZERO); // each has come to its sleep when this goes on
    return tasks;
  }

  private static void cancelAll(List<Task<?>> tasks) {
    tasks.forEach(Task::cancel);
    Asyncio.waitUntil(ReturnWhen.ALL_COMPLETED, tasks);
    Rounds.check(tasks.size(), tasks.stream().filter(Task::isCancelled).count());
  }

  private static void threads(int size, Rounds rounds) throws InterruptedException {
    EventLoop loop = EventLoop.current();
    Future<Integer> all = loop.createFuture();
    int[] count = new int[1];
    Runnable callback =
        () -> {
          if (++count[0] == size) {
            all.setResult(size);
          }
        };
    Gate gate = new Gate();
    gate.startThreads(
        4, () -> IntStream.range(0, size / 4).forEach(_ -> loop.callSoonThreadsafe(callback)));
    rounds.start();
    gate.open();
    Rounds.check(size, all.await());
  }

  private static void asleep(int size, Rounds rounds) throws IOException, InterruptedException {
    List<Task<?>> tasks = new ArrayList<>();
    rounds.takeMemory(() -> tasks.addAll(startSleepers(size)));
    cancelAll(tasks);
  }
}
