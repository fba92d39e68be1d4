package io.asyncio4j;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The tasks of one loop and who awaits whom, at one moment, as data that any thread may read.
 *
 * @param loop the loop's name
 * @param threadId the id of the thread that runs it, or 0 if none does
 * @param tasks the tasks that are pending, oldest first
 * @param notes what else there is to say: that the loop is held, or does not run
 */
record LoopSnapshot(String loop, long threadId, List<Entry> tasks, List<String> notes) {
  private static final int MOST_TASKS = 10_000;

  /** A task; its awaiters are indices of other entries. */
  record Entry(
      String id,
      String name,
      List<StackTraceElement> frames,
      String waitsFor,
      List<Awaiter> awaiters) {}

  /**
   * One that awaits a task.
   *
   * @param task its index in the snapshot
   * @param through what it waits for that the task holds, or empty where it awaits the task
   */
  record Awaiter(int task, String through) {}

  /**
   * Takes a snapshot of each loop. May be called by any thread; blocks it until the loops have
   * answered or the time has passed. A loop that has not answered is described from outside.
   */
  static List<LoopSnapshot> ofAll(List<EventLoop> loops, long nanos) {
    List<CompletableFuture<LoopSnapshot>> answers = new ArrayList<>();
    for (EventLoop loop : loops) {
      CompletableFuture<LoopSnapshot> answer = new CompletableFuture<>();
      answers.add(answer);
      if (loop.isOnLoop()) {
        answer.complete(take(loop));
      } else if (loop.isRunning()) {
        try {
          loop.callSoonThreadsafe(() -> answer.complete(take(loop)));
        } catch (IllegalStateException closed) {
          answer.complete(ofIdle(loop));
        }
      } else {
        answer.complete(ofIdle(loop));
      }
    }
    long deadline = System.nanoTime() + nanos;
    List<LoopSnapshot> snapshots = new ArrayList<>();
    boolean interrupted = false;
    for (int i = 0; i < loops.size(); i++) {
      CompletableFuture<LoopSnapshot> answer = answers.get(i);
      try {
        snapshots.add(answer.get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS));
      } catch (TimeoutException e) {
        snapshots.add(ofHeld(loops.get(i), nanos));
      } catch (InterruptedException e) {
        interrupted = true;
        snapshots.add(ofHeld(loops.get(i), nanos));
      } catch (ExecutionException e) {
        throw new AssertionError("a snapshot is never completed with a failure", e);
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return snapshots;
  }

  private static LoopSnapshot ofIdle(EventLoop loop) {
    return new LoopSnapshot(
        loop.name(),
        0,
        List.of(),
        List.of("loop " + loop.name() + " is not being run; its tasks stand still"));
  }

  private static LoopSnapshot ofHeld(EventLoop loop, long nanos) {
    LoopSample sample = LoopSample.take(loop);
    String note =
        "ERROR: loop "
            + loop.name()
            + " has not answered for "
            + TimeUnit.NANOSECONDS.toMillis(nanos)
            + " ms: it is held by "
            + sample.text();
    return new LoopSnapshot(loop.name(), sample.threadId(), List.of(), List.of(note));
  }

  /** On the loop's thread. */
  private static LoopSnapshot take(EventLoop loop) {
    List<Task<?>> all = new ArrayList<>(loop.allTasks());
    List<Task<?>> shown = all.subList(0, Math.min(all.size(), MOST_TASKS));
    Map<Future<?>, Integer> index = new HashMap<>();
    List<Set<Awaiter>> awaiters = new ArrayList<>();
    for (Task<?> task : shown) {
      index.put(task, index.size());
      awaiters.add(new LinkedHashSet<>());
    }
    for (int i = 0; i < shown.size(); i++) {
      Task<?> task = shown.get(i);
      for (Future<?> awaiter : CallGraph.namedAwaiters(task)) {
        Integer by = index.get(awaiter);
        if (by != null) {
          awaiters.get(i).add(new Awaiter(by, ""));
        }
      }
      if (task.waiter() instanceof Turn turn) {
        for (Future<?> holder : turn.waitsFor()) {
          Integer held = index.get(holder);
          if (held != null) {
            awaiters.get(held).add(new Awaiter(i, turn.describe()));
          }
        }
      }
    }
    List<Entry> entries = new ArrayList<>();
    for (int i = 0; i < shown.size(); i++) {
      Task<?> task = shown.get(i);
      Future<?> waiter = task.waiter();
      entries.add(
          new Entry(
              CallGraph.id(task),
              task.name(),
              TaskStacks.of(task),
              waiter instanceof Turn turn ? turn.describe() : "",
              List.copyOf(awaiters.get(i))));
    }
    List<String> notes = new ArrayList<>();
    if (all.size() > shown.size()) {
      notes.add(
          "loop " + loop.name() + " has " + (all.size() - shown.size()) + " more tasks, not shown");
    }
    Thread runsOn = loop.runsOn();
    return new LoopSnapshot(loop.name(), runsOn == null ? 0 : runsOn.threadId(), entries, notes);
  }

  /** Returns the circles of tasks that await one another, as indices. */
  List<List<Integer>> cycles() {
    List<Integer> all = new ArrayList<>();
    List<List<Integer>> waitsFor = new ArrayList<>();
    for (int i = 0; i < tasks.size(); i++) {
      all.add(i);
      waitsFor.add(new ArrayList<>());
    }
    for (int i = 0; i < tasks.size(); i++) {
      for (Awaiter awaiter : tasks.get(i).awaiters()) {
        waitsFor.get(awaiter.task()).add(i);
      }
    }
    return WaitGraph.cycles(all, waitsFor::get);
  }
}
