import io.asyncio4j.bench.Rounds;
import java.io.IOException;
import java.lang.reflect.Constructor;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.LockSupport;

/**
 * What of the micro rows of {@code ./bench} can be had with virtual threads on one thread of one's
 * own and nothing else: the floor under any loop whose tasks are virtual threads. The loop is a queue
 * of what the JDK asks to be run.
 */
final class BareThreadsPeer {
  private static final Queue<Runnable> READY = new ArrayDeque<>();
  private static final Constructor<?> BUILDER;

  static {
    try {
      BUILDER =
          Class.forName("java.lang.ThreadBuilders$VirtualThreadBuilder")
              .getDeclaredConstructor(Executor.class);
      BUILDER.setAccessible(true);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private BareThreadsPeer() {}

  public static void main(String[] args) throws Exception {
    Rounds.run(
        "bare virtual threads",
        "JDK " + Runtime.version(),
        Map.of(
            "switch", BareThreadsPeer::switches,
            "wake", BareThreadsPeer::wakes,
            "gather", BareThreadsPeer::gathers,
            "gather-sleep0", BareThreadsPeer::gathersYielding,
            "timers", BareThreadsPeer::timers,
            "cancel", BareThreadsPeer::cancels,
            "asleep", BareThreadsPeer::asleep),
        args);
  }

  private static void runAll() {
    for (Runnable next = READY.poll(); next != null; next = READY.poll()) {
      next.run();
    }
  }

  private static Thread start(Runnable task) {
    try {
      Executor scheduler = READY::add;
      return ((Thread.Builder) BUILDER.newInstance(scheduler)).start(task);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void switches(int size, Rounds rounds) {
    int[] count = new int[1];
    for (int task = 0; task < 2; task++) {
      start(
          () -> {
            for (int i = 0; i < size / 2; i++) {
              Thread.yield();
              count[0]++;
            }
          });
    }
    runAll();
    Rounds.check(size, count[0]);
  }

  /** Two threads, each of which unparks the other and parks. */
  private static void wakes(int size, Rounds rounds) {
    Thread[] threads = new Thread[2];
    int[] turn = new int[1];
    int[] count = new int[1];
    for (int task = 0; task < 2; task++) {
      int me = task;
      threads[me] =
          start(
              () -> {
                for (int i = 0; i < size / 2; i++) {
                  while (turn[0] != me) {
                    LockSupport.park();
                  }
                  count[0]++;
                  turn[0] = 1 - me;
                  LockSupport.unpark(threads[1 - me]);
                }
              });
    }
    runAll();
    Rounds.check(size, count[0]);
  }

  private static void gathers(int size, Rounds rounds) {
    long[] sum = new long[1];
    for (int i = 0; i < size; i++) {
      int number = i;
      start(() -> sum[0] += number);
    }
    runAll();
    Rounds.check((long) size * (size - 1) / 2, sum[0]);
  }

  private static void gathersYielding(int size, Rounds rounds) {
    long[] sum = new long[1];
    for (int i = 0; i < size; i++) {
      int number = i;
      start(
          () -> {
            Thread.yield();
            sum[0] += number;
          });
    }
    runAll();
    Rounds.check((long) size * (size - 1) / 2, sum[0]);
  }

  /** Parks each until its time, which is later than that of the one before. */
  private static void timers(int size, Rounds rounds) {
    Thread[] threads = new Thread[size];
    long[] due = new long[size];
    long[] sum = new long[1];
    for (int i = 0; i < size; i++) {
      int number = i;
      threads[i] =
          start(
              () -> {
                due[number] = System.nanoTime() + 100_000_000L * (number + 1) / size;
                LockSupport.park();
                sum[0] += number;
              });
    }
    runAll();
    int next = 0;
    while (next < size) {
      long left = due[next] - System.nanoTime();
      if (left <= 0) {
        LockSupport.unpark(threads[next++]);
      } else {
        runAll();
        LockSupport.parkNanos(left);
      }
    }
    runAll();
    Rounds.check((long) size * (size - 1) / 2, sum[0]);
  }

  private static List<Thread> parked(int size, int[] ended) {
    List<Thread> threads = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      threads.add(
          start(
              () -> {
                LockSupport.park();
                ended[0]++;
              }));
    }
    runAll();
    return threads;
  }

  /** Unparks what is parked until it has ended: that is what of a cancel is the JDK's. */
  private static void cancels(int size, Rounds rounds) {
    int[] ended = new int[1];
    List<Thread> threads = parked(size, ended);
    rounds.start();
    threads.forEach(LockSupport::unpark);
    runAll();
    rounds.stop();
    Rounds.check(size, ended[0]);
  }

  private static void asleep(int size, Rounds rounds) throws IOException, InterruptedException {
    int[] ended = new int[1];
    List<List<Thread>> threads = new ArrayList<>();
    rounds.takeMemory(() -> threads.add(parked(size, ended)));
    threads.getFirst().forEach(LockSupport::unpark);
    runAll();
    Rounds.check(size, ended[0]);
  }
}
