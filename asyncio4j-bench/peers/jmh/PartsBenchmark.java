package io.asyncio4j.bench.jmh;

import static io.asyncio4j.Asyncio.gather;
import static io.asyncio4j.Asyncio.sleep;

import io.asyncio4j.EventLoop;
import io.asyncio4j.Future;
import io.asyncio4j.Queue;
import io.asyncio4j.Runner;
import io.asyncio4j.TimerHandle;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import jdk.internal.vm.Continuation;
import jdk.internal.vm.ContinuationScope;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * The parts of the loop, each beside its floor: the same with the JDK's internal continuations and
 * collections alone, which can do nothing else. A floor's name is that of the part with Floor.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@OperationsPerInvocation(PartsBenchmark.MANY)
public class PartsBenchmark {
  static final int MANY = 10_000;
  private static final Duration HOUR = Duration.ofHours(1);
  private static final ContinuationScope SCOPE = new ContinuationScope("bench");

  private final ArrayDeque<Continuation> ready = new ArrayDeque<>();
  private Runner runner;
  private int count;

  @Setup
  public void start() {
    runner = new Runner();
  }

  @TearDown
  public void end() {
    runner.close();
  }

  // ---- a yield

  @Benchmark
  public void switchTasks() {
    Callable<Integer> task =
        () -> {
          for (int i = 0; i < MANY / 2; i++) {
            sleep(Duration.ZERO);
          }
          return 0;
        };
    runner.run(() -> gather(task, task).await());
  }

  @Benchmark
  public void switchTasksFloor() {
    Runnable task =
        () -> {
          for (int i = 0; i < MANY / 2; i++) {
            ready.add(Continuation.getCurrentContinuation(SCOPE));
            Continuation.yield(SCOPE);
          }
        };
    startAndRun(task, task);
  }

  private void startAndRun(Runnable... tasks) {
    for (Runnable task : tasks) {
      ready.add(new Continuation(SCOPE, task));
    }
    for (Continuation next = ready.poll(); next != null; next = ready.poll()) {
      next.run();
    }
  }

  // ---- an await that another task ends

  @Benchmark
  public int wake() {
    return runner.run(
        () -> {
          EventLoop loop = EventLoop.current();
          List<Future<Integer>> futures =
              new ArrayList<>(List.of(loop.createFuture(), loop.createFuture()));
          futures.getFirst().setResult(0);
          return gather(() -> wake(loop, futures, 0), () -> wake(loop, futures, 1))
              .await()
              .getLast();
        });
  }

  private static int wake(EventLoop loop, List<Future<Integer>> futures, int me) {
    int last = 0;
    for (int i = 0; i < MANY / 2; i++) {
      last = futures.get(me).await() + 1;
      futures.set(me, loop.createFuture());
      futures.get(1 - me).setResult(last);
    }
    return last;
  }

  /** A value that one continuation waits for and the other sets. */
  private final class Slot {
    private int value;
    private boolean isSet;
    private Continuation waiter;

    int await() {
      if (!isSet) {
        waiter = Continuation.getCurrentContinuation(SCOPE);
        Continuation.yield(SCOPE);
      }
      return value;
    }

    void set(int newValue) {
      value = newValue;
      isSet = true;
      if (waiter != null) {
        ready.add(waiter);
      }
    }
  }

  @Benchmark
  public int wakeFloor() {
    Slot[] slots = {new Slot(), new Slot()};
    slots[0].set(0);
    startAndRun(() -> wakeFloor(slots, 0), () -> wakeFloor(slots, 1));
    return slots[0].value;
  }

  private void wakeFloor(Slot[] slots, int me) {
    for (int i = 0; i < MANY / 2; i++) {
      int last = slots[me].await() + 1;
      slots[me] = new Slot();
      slots[1 - me].set(last);
    }
  }

  // ---- a trivial task in a gather

  @Benchmark
  public List<Integer> gatherTask() {
    Callable<Integer> task = () -> count++;
    return runner.run(() -> gather(Collections.nCopies(MANY, task)).await());
  }

  @Benchmark
  public int gatherTaskFloor() {
    Runnable task = () -> count++;
    for (int i = 0; i < MANY; i++) {
      ready.add(new Continuation(SCOPE, task));
    }
    startAndRun();
    return count;
  }

  // ---- there and back over two queues

  @Benchmark
  public int queueRoundTrip() {
    Queue<Integer> there = new Queue<>();
    Queue<Integer> back = new Queue<>();
    Callable<Integer> ping =
        () -> {
          int last = 0;
          for (int i = 0; i < MANY; i++) {
            there.put(last);
            last = back.get();
          }
          return last;
        };
    Callable<Integer> pong =
        () -> {
          for (int i = 0; i < MANY; i++) {
            back.put(there.get() + 1);
          }
          return 0;
        };
    return runner.run(() -> gather(ping, pong).await().getFirst());
  }

  /** Two continuations with a queue each, that always yield: two yields are a round trip. */
  @Benchmark
  public void queueRoundTripFloor() {
    ArrayDeque<Integer> there = new ArrayDeque<>();
    ArrayDeque<Integer> back = new ArrayDeque<>();
    startAndRun(() -> exchange(there, back), () -> exchange(back, there));
  }

  private void exchange(ArrayDeque<Integer> out, ArrayDeque<Integer> in) {
    for (int i = 0; i < MANY; i++) {
      out.add(i);
      ready.add(Continuation.getCurrentContinuation(SCOPE));
      Continuation.yield(SCOPE);
      count += in.remove();
    }
  }

  // ---- a timer that is added and cancelled

  @Benchmark
  public void timer() {
    runner.run(
        () -> {
          EventLoop loop = EventLoop.current();
          List<TimerHandle> timers = new ArrayList<>(MANY);
          for (int i = 0; i < MANY; i++) {
            timers.add(loop.callLater(HOUR, () -> {}));
          }
          timers.forEach(TimerHandle::cancel);
        });
  }

  @Benchmark
  public int timerFloor() {
    PriorityQueue<Long> timers = new PriorityQueue<>();
    for (long i = 0; i < MANY; i++) {
      timers.add(System.nanoTime() + HOUR.toNanos());
    }
    timers.clear();
    return timers.size();
  }

  // ---- a callback

  @Benchmark
  public int callSoon() {
    Runnable callback = () -> count++;
    runner.run(
        () -> {
          EventLoop loop = EventLoop.current();
          for (int i = 0; i < MANY; i++) {
            loop.callSoon(callback);
          }
          sleep(Duration.ZERO);
        });
    return count;
  }

  @Benchmark
  public int callSoonFloor() {
    Runnable callback = () -> count++;
    ArrayDeque<Runnable> callbacks = new ArrayDeque<>();
    for (int i = 0; i < MANY; i++) {
      callbacks.add(callback);
    }
    for (Runnable next = callbacks.poll(); next != null; next = callbacks.poll()) {
      next.run();
    }
    return count;
  }
}
