package io.asyncio4j.bench.macro;

import io.asyncio4j.Asyncio;
import io.asyncio4j.bench.Rounds;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;

/**
 * The row scaling: tasks that compute for about a microsecond and then let others go on, again and
 * again. The first argument names the {@link Tasks}.
 */
final class Scaling {
  private static final int TASKS = 1_000;
  private static final int WORK = 500;
  private static final long SEED = 88_172_645_463_325_252L;

  private Scaling() {}

  /** Runs the program. */
  public static void main(String[] args) throws Exception {
    Runnable others = args[0].equals("jdk") ? Thread::yield : () -> Asyncio.sleep(Duration.ZERO);
    try (Tasks tasks = Tasks.named(args[0])) {
      Rounds.Work scaling =
          (size, clock) -> {
            if (size % TASKS != 0) {
              throw new IllegalArgumentException(
                  "the size is " + size + "; it must be a multiple of " + TASKS);
            }
            int steps = size / TASKS;
            long expected = TASKS * compute(steps, () -> {});
            clock.start();
            long sum = tasks.sum(Tasks.divided(size, TASKS, (_, count) -> compute(count, others)));
            clock.stop();
            Rounds.check(expected, sum);
          };
      Rounds.run(
          tasks.name(),
          "JDK " + Runtime.version(),
          Map.of("scaling", scaling),
          Arrays.copyOfRange(args, 1, args.length));
    }
  }

  private static long compute(int steps, Runnable others) {
    long x = SEED;
    for (int step = 0; step < steps; step++) {
      for (int i = 0; i < WORK; i++) {
        x ^= x << 13;
        x ^= x >>> 7;
        x ^= x << 17;
      }
      others.run();
    }
    return x & 0xffff;
  }
}
