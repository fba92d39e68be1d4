package io.asyncio4j;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The stack of a task and of all that wait for it, as they were at one moment.
 *
 * <p>A task that runs knows only its own stack; this shows the stacks above it as well: those of
 * the tasks that await it, by themselves or through {@code gather}, {@code waitUntil}, {@code
 * asCompleted}, {@code shield}, {@code waitFor} or a {@link TaskGroup}. Frames of this library, and
 * of the JDK above the user's, are left out. Taking it costs a stack walk for each task in it, and
 * nothing before.
 *
 * <p>Counterpart of {@code asyncio.FutureCallGraph}, {@code capture_call_graph}, {@code
 * format_call_graph} and {@code print_call_graph}, but a future that the program cannot name, such
 * as the one inside {@code waitUntil}, is left out where a task awaits it, and tasks that wait for
 * one another are shown once each.
 *
 * @param future the task or future
 * @param frames its stack, the innermost frame first; empty for a future that is no task, and for a
 *     task that has not begun or is done
 * @param awaitedBy the graphs of those that await it
 */
public record CallGraph(
    Future<?> future, List<StackTraceElement> frames, List<CallGraph> awaitedBy) {
  private static final int DEEPEST = 500;
  private static final String INDENT = "    ";

  /** Copies the lists. */
  public CallGraph {
    frames = List.copyOf(frames);
    awaitedBy = List.copyOf(awaitedBy);
  }

  /**
   * Captures the graph of the calling task. Does not suspend.
   *
   * @return the graph, or null in a callback, which is no task
   * @throws IllegalStateException if the caller is neither a task nor a callback of a loop
   */
  public static @Nullable CallGraph capture() {
    EventLoop.running();
    Task<?> task = Task.current();
    return task == null ? null : capture(task);
  }

  /**
   * Captures the graph of a task or future. Does not suspend.
   *
   * @param future the task or future
   * @return the graph
   * @throws WrongThreadException if called on a thread other than that of the future's loop
   */
  public static CallGraph capture(Future<?> future) {
    return capture(future, Integer.MAX_VALUE);
  }

  /**
   * Captures the graph of a task or future, with some frames of each stack only. Does not suspend.
   *
   * @param future the task or future
   * @param limit how many of the innermost frames to keep; less than zero to keep that many of the
   *     outermost
   * @return the graph
   * @throws WrongThreadException if called on a thread other than that of the future's loop
   */
  public static CallGraph capture(Future<?> future, int limit) {
    future.owner().checkThread("CallGraph.capture");
    return capture(future, limit, Collections.newSetFromMap(new IdentityHashMap<>()));
  }

  private static CallGraph capture(Future<?> future, int limit, Set<Future<?>> path) {
    if (path.size() == DEEPEST || !path.add(future)) {
      return new CallGraph(future, List.of(), List.of());
    }
    List<CallGraph> awaitedBy = new ArrayList<>();
    for (Future<?> awaiter : namedAwaiters(future)) {
      awaitedBy.add(capture(awaiter, limit, path));
    }
    path.remove(future);
    List<StackTraceElement> frames =
        future instanceof Task<?> task ? TaskStacks.of(task) : List.of();
    return new CallGraph(future, limited(frames, limit), awaitedBy);
  }

  private static List<StackTraceElement> limited(List<StackTraceElement> frames, int limit) {
    int size = frames.size();
    return limit >= 0
        ? frames.subList(0, Math.min(limit, size))
        : frames.subList(Math.max(0, size + limit), size);
  }

  /** Returns who awaits a future; in place of a future of ours, those who await that one. */
  static List<Future<?>> namedAwaiters(Future<?> future) {
    List<Future<?>> named = new ArrayList<>();
    for (Future<?> awaiter : future.awaiters()) {
      List<Future<?>> behind = List.of();
      if (awaiter instanceof ProxyFuture<?> || awaiter instanceof GatheringFuture<?, ?>) {
        behind = namedAwaiters(awaiter);
      }
      for (Future<?> found : behind.isEmpty() ? List.<Future<?>>of(awaiter) : behind) {
        if (!named.contains(found)) {
          named.add(found);
        }
      }
    }
    return named;
  }

  /**
   * Returns this graph as text of several lines, in the format of asyncio.
   *
   * @return the text, without a line end at its end
   */
  public String format() {
    List<String> lines = new ArrayList<>();
    format("", lines, Collections.newSetFromMap(new IdentityHashMap<>()));
    return String.join("\n", lines);
  }

  private void format(String indent, List<String> lines, Set<Future<?>> path) {
    String id = id(future);
    String head =
        future instanceof Task<?> task
            ? "* Task(name='" + task.name() + "', id=" + id + ")"
            : "* Future(id=" + id + ")";
    boolean again = !path.add(future);
    lines.add(indent + head + (again ? " again: this is a circle" : ""));
    if (again) {
      return;
    }
    if (!frames.isEmpty()) {
      lines.add(indent + "  + Call stack:");
      for (StackTraceElement frame : frames) {
        lines.add(
            indent
                + "  |   File '"
                + (frame.getFileName() == null ? "?" : frame.getFileName())
                + "', line "
                + frame.getLineNumber()
                + ", in "
                + frame.getClassName()
                + "."
                + frame.getMethodName()
                + "()");
      }
    }
    if (!awaitedBy.isEmpty()) {
      lines.add(indent + "  + Awaited by:");
      for (CallGraph graph : awaitedBy) {
        graph.format(indent + INDENT, lines, path);
      }
    }
    path.remove(future);
  }

  /** Returns a number that tells a future from others, as long as it lives. */
  static String id(Future<?> future) {
    return "0x" + Integer.toHexString(System.identityHashCode(future));
  }

  /**
   * Prints this graph as {@link #format()} gives it, with a line end.
   *
   * @param out where to
   */
  public void print(PrintStream out) {
    out.println(format());
  }
}
