package io.asyncio4j;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What looks at a loop that has nothing to do, no timer and nothing under way, and tells whether
 * its tasks can ever go on. Used by the loop's thread only.
 */
final class DeadlockDetector {
  private static final int MAX_TASKS_SHOWN = 100;

  private final EventLoop loop;
  private final long cushionNanos;
  private final Consumer<DeadlockReport> handler;
  private final boolean suspicionOncePerText;

  private long stepsAtStall = -1;
  private long stalledSince;
  private boolean lookedForCertain;
  private boolean lookedForSuspected;
  private @Nullable String lastSuspicion;
  private long lastLookForCircles = Long.MIN_VALUE;
  private Set<Set<Future<?>>> circlesBefore = Set.of();
  private final Set<Set<Future<?>>> circlesTold = new HashSet<>();

  /**
   * Creates one.
   *
   * @param cushion the real time for which the loop must have been idle before a deadlock that is
   *     not certain is reported
   * @param suspicionOncePerText whether a suspicion that reads like the one before is kept quiet
   */
  DeadlockDetector(
      EventLoop loop,
      Duration cushion,
      Consumer<DeadlockReport> handler,
      boolean suspicionOncePerText) {
    this.loop = loop;
    this.cushionNanos = cushion.toNanos();
    this.handler = handler;
    this.suspicionOncePerText = suspicionOncePerText;
  }

  /**
   * Looks whether the loop, which is about to wait without a timer, waits in vain. Returns after
   * how many nanoseconds it wants to look again. What the handler throws passes.
   *
   * @param underWay whether a call in an executor or outside traffic is under way
   */
  long idle(long steps, boolean underWay) {
    if (steps != stepsAtStall) {
      stepsAtStall = steps;
      stalledSince = System.nanoTime();
      lookedForCertain = false;
      lookedForSuspected = false;
    }
    if (underWay || lookedForSuspected) {
      return Long.MAX_VALUE;
    }
    if (!lookedForCertain) {
      lookedForCertain = true;
      Collection<Task<?>> tasks = loop.allTasks();
      if (tasks.isEmpty()) {
        lookedForSuspected = true;
        return Long.MAX_VALUE;
      }
      if (tasks.stream().allMatch(task -> task.waiter() != null)) {
        WaitGraph graph = new WaitGraph(tasks);
        if (!graph.canAnyGoOn(loop.isKnownOutside())) {
          lookedForSuspected = true;
          report(true, tasks, graph);
          return Long.MAX_VALUE;
        }
      }
    }
    long left = cushionNanos - (System.nanoTime() - stalledSince);
    if (left > 0) {
      return left;
    }
    lookedForSuspected = true;
    Collection<Task<?>> tasks = loop.allTasks();
    if (tasks.stream().noneMatch(DeadlockDetector::mayGoOnSoon)) {
      report(false, tasks, new WaitGraph(tasks));
    }
    return Long.MAX_VALUE;
  }

  /**
   * Looks now and then for tasks that wait for one another while others of the loop go on, and
   * reports a circle that is there at two looks. Only a timeout or a cancel can end it.
   *
   * @param now the loop's time
   */
  void lookForCircles(long now) {
    if (lastLookForCircles != Long.MIN_VALUE && now - lastLookForCircles < cushionNanos) {
      return;
    }
    lastLookForCircles = now;
    WaitGraph graph = new WaitGraph(loop.allTasks());
    Set<Set<Future<?>>> circles = new HashSet<>();
    for (List<Future<?>> cycle : graph.cycles()) {
      if (cycle.stream().allMatch(graph::needsAllItWaitsFor)) {
        Set<Future<?>> circle = Set.copyOf(cycle);
        circles.add(circle);
        if (circlesBefore.contains(circle) && circlesTold.add(circle)) {
          loop.report(circleText(cycle, graph), null);
        }
      }
    }
    circlesTold.retainAll(circles);
    circlesBefore = circles;
  }

  private String circleText(List<Future<?>> cycle, WaitGraph graph) {
    StringBuilder text =
        new StringBuilder("tasks wait for one another, which only a timeout or a cancel can end");
    text.append("\n  cycle: ").append(chain(cycle)).append(" -> ");
    text.append(cycle.getFirst().describe());
    for (Future<?> future : cycle) {
      if (future instanceof Task<?> task) {
        describe(task, graph, text);
      }
    }
    return text.toString();
  }

  /** Tells whether a task waits in a foreign call that time or traffic ends. */
  static boolean mayGoOnSoon(Task<?> task) {
    TaskThread carrier = task.carrier();
    Thread thread = carrier == null ? null : carrier.carrier();
    if (task.waiter() != null) {
      return false;
    }
    if (thread == null || carrier == null || carrier.isQueued()) {
      return true;
    }
    Thread.State state = thread.getState();
    if (state != Thread.State.WAITING && state != Thread.State.BLOCKED) {
      return true;
    }
    for (StackTraceElement frame : thread.getStackTrace()) {
      if (isOfTraffic(frame.getClassName())) {
        return true;
      }
    }
    return false;
  }

  private static boolean isOfTraffic(String className) {
    return className.startsWith("sun.nio.ch.")
        || className.startsWith("java.net.")
        || className.startsWith("java.nio.channels.")
        || className.startsWith("java.lang.Process");
  }

  private void report(boolean certain, Collection<Task<?>> tasks, WaitGraph graph) {
    String text = text(certain, tasks, graph);
    if (!certain && suspicionOncePerText) {
      if (text.equals(lastSuspicion)) {
        return;
      }
      lastSuspicion = text;
    }
    handler.accept(new DeadlockReport(certain, text, new ArrayList<>(tasks)));
  }

  private String text(boolean certain, Collection<Task<?>> tasks, WaitGraph graph) {
    StringBuilder text = new StringBuilder(certain ? "deadlock: " : "suspected deadlock: ");
    text.append(tasks.size() == 1 ? "the one task" : "all " + tasks.size() + " tasks")
        .append(" of loop ")
        .append(loop.name())
        .append(tasks.size() == 1 ? " waits" : " wait");
    if (certain) {
      text.append(", and nothing is left that could end the wait");
    } else {
      text.append(
          String.format(
              Locale.ROOT,
              " and nothing has happened for %.1f s; only another thread could end the wait",
              cushionNanos / 1e9));
    }
    for (List<Future<?>> cycle : graph.cycles()) {
      text.append("\n  cycle: ").append(chain(cycle)).append(" -> ");
      text.append(cycle.getFirst().describe());
    }
    int shown = 0;
    for (Task<?> task : tasks) {
      if (shown++ == MAX_TASKS_SHOWN) {
        text.append("\n  and ").append(tasks.size() - MAX_TASKS_SHOWN).append(" more tasks");
        break;
      }
      describe(task, graph, text);
    }
    return text.toString();
  }

  private static String chain(List<Future<?>> futures) {
    return futures.stream().map(Future::describe).collect(Collectors.joining(" -> "));
  }

  private static void describe(Task<?> task, WaitGraph graph, StringBuilder text) {
    text.append("\n  ").append(task.describe()).append(" waits ").append(waitsFor(task, graph));
    for (StackTraceElement frame : TaskStacks.of(task)) {
      text.append("\n      at ").append(frame);
    }
  }

  /** Returns what a task waits for, and who holds that. */
  private static String waitsFor(Task<?> task, WaitGraph graph) {
    Future<?> awaited = task.waiter();
    if (awaited == null) {
      return foreignWait(task);
    }
    StringBuilder text = new StringBuilder("for ").append(awaited.describe());
    if (awaited instanceof Task<?>) {
      return text.toString();
    }
    List<Future<?>> behind = graph.waitsFor(awaited);
    if (behind.isEmpty()) {
      text.append(
          awaited instanceof Turn
              ? ", which no task is known to give"
              : ", which no task completes");
    } else {
      text.append(awaited instanceof Turn ? ", held by " : ", that is, for ");
      text.append(
          behind.stream()
              .map(other -> other.describe() + (other.isDone() ? ", which has ended" : ""))
              .collect(Collectors.joining(", ")));
    }
    return text.toString();
  }

  private static String foreignWait(Task<?> task) {
    TaskThread carrier = task.carrier();
    Thread thread = carrier == null ? null : carrier.carrier();
    return thread != null && thread.getState() == Thread.State.BLOCKED
        ? "to enter a synchronized block; its owner is unknown"
        : "in a blocking call of another library; who could end it is unknown";
  }
}
