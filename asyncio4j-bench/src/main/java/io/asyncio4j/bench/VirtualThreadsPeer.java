package io.asyncio4j.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;

/** The micro rows of {@code ./bench} with the JDK's virtual threads on the JDK's scheduler. */
@SuppressWarnings("ThreadPriorityCheck") // a yield is what is measured
final class VirtualThreadsPeer {
  private static final long DAY = 86_400_000;
  private static final int END = -1;
  private static final ExecutorService THREADS = Executors.newVirtualThreadPerTaskExecutor();

  private VirtualThreadsPeer() {}

  /** Runs the program. */
  public static void main(String[] args) throws Exception {
    Rounds.run(
        "JDK virtual threads",
        "JDK " + Runtime.version(),
        Map.ofEntries(
            Map.entry("switch", VirtualThreadsPeer::switches),
            Map.entry("wake", VirtualThreadsPeer::wakes),
            Map.entry("gather", VirtualThreadsPeer::gathers),
            Map.entry("gather-sleep0", VirtualThreadsPeer::gathersYielding),
            Map.entry("pingpong", VirtualThreadsPeer::pingPongs),
            Map.entry("producer-consumer", VirtualThreadsPeer::produces),
            Map.entry("timers", VirtualThreadsPeer::timers),
            Map.entry("semaphore", VirtualThreadsPeer::semaphores),
            Map.entry("cancel", VirtualThreadsPeer::cancels),
            Map.entry("threadsafe", VirtualThreadsPeer::threads),
            Map.entry("asleep", VirtualThreadsPeer::asleep)),
        args);
  }

  private static <T> List<T> all(List<Callable<T>> tasks)
      throws InterruptedException, ExecutionException {
    List<T> results = new ArrayList<>(tasks.size());
    for (Future<T> result : THREADS.invokeAll(tasks)) {
      results.add(result.get());
    }
    return results;
  }

  private static void switches(int size, Rounds rounds) throws Exception {
    Callable<Integer> task =
        () -> {
          int count = 0;
          for (int i = 0; i < size / 2; i++) {
            Thread.yield();
            count++;
          }
          return count;
        };
    Rounds.check(size, sum(all(List.of(task, task))));
  }

  private static void wakes(int size, Rounds rounds) throws Exception {
    AtomicReferenceArray<CompletableFuture<Integer>> futures = new AtomicReferenceArray<>(2);
    futures.set(0, CompletableFuture.completedFuture(0));
    futures.set(1, new CompletableFuture<>());
    List<Integer> last = all(List.of(() -> wakes(size, futures, 0), () -> wakes(size, futures, 1)));
    Rounds.check(size, last.get(1));
  }

  private static int wakes(
      int size, AtomicReferenceArray<CompletableFuture<Integer>> futures, int me) {
    int last = 0;
    for (int i = 0; i < size / 2; i++) {
      last = futures.get(me).join() + 1;
      futures.set(me, new CompletableFuture<>());
      futures.get(1 - me).complete(last);
    }
    return last;
  }

  private static void gathers(int size, Rounds rounds) throws Exception {
    List<Callable<Integer>> tasks = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      int number = i;
      tasks.add(() -> number);
    }
    checkSum(size, all(tasks));
  }

  private static void gathersYielding(int size, Rounds rounds) throws Exception {
    List<Callable<Integer>> tasks = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      int number = i;
      tasks.add(
          () -> {
            Thread.yield();
            return number;
          });
    }
    checkSum(size, all(tasks));
  }

  private static long sum(List<Integer> results) {
    return results.stream().mapToLong(Integer::longValue).sum();
  }

  private static void checkSum(int size, List<Integer> results) {
    Rounds.check((long) size * (size - 1) / 2, sum(results));
  }

  private static void pingPongs(int size, Rounds rounds) throws Exception {
    BlockingQueue<Integer> there = new LinkedBlockingQueue<>();
    BlockingQueue<Integer> back = new LinkedBlockingQueue<>();
    Callable<Integer> ping =
        () -> {
          int last = 0;
          for (int i = 0; i < size; i++) {
            there.put(last);
            last = back.take();
          }
          return last;
        };
    Callable<Integer> pong =
        () -> {
          for (int i = 0; i < size; i++) {
            back.put(there.take() + 1);
          }
          return 0;
        };
    Rounds.check(size, all(List.of(ping, pong)).getFirst());
  }

  private static void produces(int size, Rounds rounds) throws Exception {
    BlockingQueue<Integer> queue = new ArrayBlockingQueue<>(100);
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
          for (int item = queue.take(); item != END; item = queue.take()) {
            sum += item;
          }
          return sum;
        };
    Rounds.check((long) size * (size - 1) / 2, all(List.of(producer, consumer)).getLast());
  }

  private static void timers(int size, Rounds rounds) throws Exception {
    List<Callable<Integer>> tasks = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      int number = i;
      tasks.add(
          () -> {
            long nanos = 100_000_000L * (number + 1) / size;
            Thread.sleep(nanos / 1_000_000, (int) (nanos % 1_000_000));
            return number;
          });
    }
    checkSum(size, all(tasks));
  }

  private static void semaphores(int size, Rounds rounds) throws Exception {
    Semaphore semaphore = new Semaphore(10);
    Callable<Integer> task =
        () -> {
          int count = 0;
          for (int i = 0; i < size / 1000; i++) {
            semaphore.acquire();
            try {
              Thread.yield();
              count++;
            } finally {
              semaphore.release();
            }
          }
          return count;
        };
    Rounds.check(size, sum(all(Collections.nCopies(1000, task))));
  }

  /** Threads that sleep for a day or until they are interrupted. */
  private static final class Sleepers {
    private final List<Thread> threads;
    private final AtomicInteger interrupted = new AtomicInteger();

    Sleepers(int size) throws InterruptedException {
      CountDownLatch begun = new CountDownLatch(size);
      threads = new ArrayList<>(size);
      for (int i = 0; i < size; i++) {
        threads.add(Thread.startVirtualThread(() -> sleep(begun)));
      }
      begun.await();
      while (threads.getLast().getState() != Thread.State.TIMED_WAITING) {
        Thread.yield();
      }
    }

    private void sleep(CountDownLatch begun) {
      begun.countDown();
      try {
        Thread.sleep(DAY);
      } catch (InterruptedException e) {
        interrupted.incrementAndGet();
      }
    }

    void cancelAll() throws InterruptedException {
      threads.forEach(Thread::interrupt);
      for (Thread thread : threads) {
        thread.join();
      }
      Rounds.check(threads.size(), interrupted.get());
    }
  }

  private static void cancels(int size, Rounds rounds) throws InterruptedException {
    Sleepers sleepers = new Sleepers(size);
    rounds.start();
    sleepers.cancelAll();
    rounds.stop();
  }

  /** Hands callbacks to a virtual thread that takes them from a queue. */
  private static void threads(int size, Rounds rounds) throws Exception {
    BlockingQueue<Runnable> callbacks = new LinkedBlockingQueue<>();
    int[] count = new int[1];
    Runnable callback = () -> count[0]++;
    Gate gate = new Gate();
    gate.startThreads(
        4,
        () -> {
          for (int i = 0; i < size / 4; i++) {
            callbacks.add(callback);
          }
        });
    rounds.start();
    gate.open();
    Callable<Integer> loop =
        () -> {
          while (count[0] < size) {
            callbacks.take().run();
          }
          return count[0];
        };
    Rounds.check(size, THREADS.submit(loop).get());
  }

  private static void asleep(int size, Rounds rounds) throws IOException, InterruptedException {
    List<Sleepers> sleepers = new ArrayList<>();
    rounds.takeMemory(() -> sleepers.add(new Sleepers(size)));
    sleepers.getFirst().cancelAll();
  }
}
