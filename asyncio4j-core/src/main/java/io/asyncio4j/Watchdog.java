package io.asyncio4j;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The thread that looks at all loops in debug mode while they run, and names what holds one.
 *
 * <p>It reads the count of steps of each loop, some times within the duration that counts as slow,
 * so that a step reads no clock. It lives as long as such a loop runs.
 */
final class Watchdog {
  private static final int LOOKS_PER_SLOW_STEP = 10;
  private static final long SHORTEST_PERIOD_MILLIS = 1;
  private static final long LONGEST_PERIOD_MILLIS = 100;

  /** How many slow durations pass before a step that has not ended is reported. */
  private static final int SLOW_STEPS_BEFORE_STILL = 10;

  private static final Object LOCK = new Object();
  private static final Map<EventLoop, Watch> WATCHED = new LinkedHashMap<>();
  private static @Nullable Thread thread;

  private Watchdog() {}

  static void watch(EventLoop loop) {
    synchronized (LOCK) {
      WATCHED.putIfAbsent(loop, new Watch(loop));
      if (thread == null) {
        thread = Thread.ofPlatform().name("asyncio4j-watchdog").daemon().start(Watchdog::run);
      }
    }
  }

  static void forget(EventLoop loop) {
    Watch watch;
    synchronized (LOCK) {
      watch = WATCHED.remove(loop);
      if (watch != null && WATCHED.isEmpty()) {
        LOCK.notifyAll();
      }
    }
    if (watch != null) {
      watch.ended(System.nanoTime());
    }
  }

  private static void run() {
    while (true) {
      List<Watch> watches;
      synchronized (LOCK) {
        if (!WATCHED.isEmpty()) {
          try {
            LOCK.wait(periodMillis());
          } catch (InterruptedException e) {
            // Nobody has this thread to interrupt it; it ends when no loop is left.
          }
        }
        WATCHED.keySet().removeIf(EventLoop::isClosed);
        if (WATCHED.isEmpty()) {
          thread = null;
          return;
        }
        watches = new ArrayList<>(WATCHED.values());
      }
      watches.forEach(Watch::look);
    }
  }

  private static long periodMillis() {
    long shortest = LONGEST_PERIOD_MILLIS;
    for (EventLoop loop : WATCHED.keySet()) {
      shortest = Math.min(shortest, loop.slowCallbackDuration().toMillis() / LOOKS_PER_SLOW_STEP);
    }
    return Math.max(SHORTEST_PERIOD_MILLIS, shortest);
  }

  /** What was seen of one loop. Used by the watchdog's thread only. */
  private static final class Watch {
    private final EventLoop loop;
    private long steps = -1;

    /** When this step was not seen yet, and when it was seen for the first and the last time. */
    private long lastOther = System.nanoTime();

    private long first = lastOther;
    private long last = lastOther;
    private boolean saidStill;
    private @Nullable LoopSample sample;

    Watch(EventLoop loop) {
      this.loop = loop;
    }

    synchronized void look() {
      long now = System.nanoTime();
      long seen = loop.stepsSeen();
      boolean idle = loop.isSleeping() || loop.runsOn() == null;
      if (idle || seen != steps) {
        ended(now);
        steps = idle ? -1 : seen;
        lastOther = last;
        first = now;
        last = now;
        saidStill = false;
        return;
      }
      last = now;
      long slow = loop.slowCallbackDuration().toNanos();
      if (last - first < slow / 2) {
        return;
      }
      LoopSample taken = LoopSample.take(loop);
      if (loop.stepsSeen() != steps) {
        return; // it ended meanwhile; what was sampled is another
      }
      if (sample == null || !taken.frames().isEmpty()) {
        sample = taken; // a task that has just ended has no frames any more
      }
      if (taken.inInitializer()) {
        throwOutOfInitializer(taken);
      }
      if (!saidStill && last - first >= slow * SLOW_STEPS_BEFORE_STILL) {
        saidStill = true;
        loop.report(
            "the loop has been held for "
                + TimeUnit.NANOSECONDS.toMillis(last - first)
                + " ms, and still is, by "
                + taken.text(),
            null);
      }
    }

    /** Reports the step that was being watched, if it was slow. */
    synchronized void ended(long now) {
      LoopSample found = sample;
      sample = null;
      if (found == null) {
        return;
      }
      // It began between two looks and ended between two.
      long held = ((last - first) + (now - lastOther)) / 2;
      if (held >= loop.slowCallbackDuration().toNanos()) {
        String text =
            "the loop was held for about "
                + TimeUnit.NANOSECONDS.toMillis(held)
                + " ms by "
                + found.text();
        if (loop.runsOn() == null) {
          loop.report(text, null); // the run is over: nobody would run a callback any more
        } else {
          loop.errors().reportOnLoop(text);
        }
      }
    }

    private static void throwOutOfInitializer(LoopSample found) {
      Task<?> task = found.task();
      if (task == null || task.waiter() == null) {
        return;
      }
      TaskThread carrier = task.carrier();
      if (carrier != null) {
        carrier.throwOutOfInitializer();
      }
    }
  }
}
