import io.asyncio4j.bench.Rounds;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Queue;
import jdk.internal.vm.Continuation;
import jdk.internal.vm.ContinuationScope;

/**
 * What of the micro rows of {@code ./bench} can be had with the JDK's internal continuations alone:
 * the floor under all that runs on virtual threads. The loop is a queue of continuations.
 */
final class ContinuationPeer {
  private static final ContinuationScope SCOPE = new ContinuationScope("bench");
  private static final Queue<Continuation> READY = new ArrayDeque<>();

  private ContinuationPeer() {}

  public static void main(String[] args) throws Exception {
    Rounds.run(
        "raw Continuation",
        "JDK " + Runtime.version(),
        Map.of(
            "switch", ContinuationPeer::switches,
            "wake", ContinuationPeer::wakes,
            "gather", ContinuationPeer::gathers,
            "gather-sleep0", ContinuationPeer::gathersSleeping,
            "asleep", ContinuationPeer::asleep),
        args);
  }

  private static void runAll() {
    for (Continuation next = READY.poll(); next != null; next = READY.poll()) {
      next.run();
    }
  }

  private static void yieldOnce() {
    READY.add(Continuation.getCurrentContinuation(SCOPE));
    Continuation.yield(SCOPE);
  }

  private static void start(Runnable task) {
    READY.add(new Continuation(SCOPE, task));
  }

  private static void switches(int size, Rounds rounds) {
    int[] count = new int[1];
    for (int task = 0; task < 2; task++) {
      start(
          () -> {
            for (int i = 0; i < size / 2; i++) {
              yieldOnce();
              count[0]++;
            }
          });
    }
    runAll();
    Rounds.check(size, count[0]);
  }

  /** A value that one continuation waits for and the other sets. */
  private static final class Slot {
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
        READY.add(waiter);
      }
    }
  }

  private static void wakes(int size, Rounds rounds) {
    Slot[] slots = {new Slot(), new Slot()};
    int[] last = new int[2];
    for (int task = 0; task < 2; task++) {
      int me = task;
      start(
          () -> {
            for (int i = 0; i < size / 2; i++) {
              last[me] = slots[me].await() + 1;
              slots[me] = new Slot();
              slots[1 - me].set(last[me]);
            }
          });
    }
    slots[0].set(0);
    runAll();
    Rounds.check(size, last[1]);
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

  private static void gathersSleeping(int size, Rounds rounds) {
    long[] sum = new long[1];
    for (int i = 0; i < size; i++) {
      int number = i;
      start(
          () -> {
            yieldOnce();
            sum[0] += number;
          });
    }
    runAll();
    Rounds.check((long) size * (size - 1) / 2, sum[0]);
  }

  /** A continuation that is asleep. */
  private record Sleeper(long wakeAt, Continuation task) implements Comparable<Sleeper> {
    @Override
    public int compareTo(Sleeper other) {
      return Long.compare(wakeAt, other.wakeAt);
    }
  }

  private static void asleep(int size, Rounds rounds) throws IOException, InterruptedException {
    Queue<Sleeper> sleepers = new PriorityQueue<>();
    int[] awake = new int[1];
    rounds.takeMemory(
        () -> {
          for (int i = 0; i < size; i++) {
            start(
                () -> {
                  long wakeAt = System.nanoTime() + 86_400_000_000_000L;
                  sleepers.add(new Sleeper(wakeAt, Continuation.getCurrentContinuation(SCOPE)));
                  Continuation.yield(SCOPE);
                  awake[0]++;
                });
          }
          runAll();
        });
    List<Sleeper> all = new ArrayList<>(sleepers);
    sleepers.clear();
    all.forEach(sleeper -> READY.add(sleeper.task));
    runAll();
    Rounds.check(size, awake[0]);
  }
}
