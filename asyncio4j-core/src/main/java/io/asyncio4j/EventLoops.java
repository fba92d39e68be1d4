package io.asyncio4j;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * The loops of this JVM, shown as tables and trees of their tasks.
 *
 * <p>The commands {@code asyncio4j ps PID} and {@code asyncio4j pstree PID} show the same of
 * another JVM. They create the MBean that an instance of this class is in that JVM, by JMX, so that
 * nothing is registered or loaded before somebody asks. Where this library is not on the class path
 * that the JVM was started with, as in a fat jar or a container, the program registers one itself,
 * under the name {@value #OBJECT_NAME}.
 *
 * <p>Each loop is asked to describe itself between two steps, for at most one second. One that does
 * not answer is shown as held, with the frame that its thread was found in.
 *
 * <p>Counterpart of {@code asyncio.tools}.
 */
public final class EventLoops implements EventLoopsMXBean {
  /** The name under which the commands look for an instance in another JVM. */
  public static final String OBJECT_NAME = "io.asyncio4j:type=EventLoops";

  private static final long ANSWER_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final int RULE_WIDTH = 180;

  /** Creates the MBean. */
  public EventLoops() {}

  @Override
  public String ps() {
    return table();
  }

  @Override
  public String pstree() {
    return tree();
  }

  /**
   * Returns a table of the pending tasks of all loops, a row for each awaiter of a task. Waits for
   * the loops. May be called by any thread.
   *
   * @return lines that each end with a line feed
   */
  public static String table() {
    StringBuilder text = new StringBuilder();
    row(
        text,
        "tid",
        "task id",
        "task name",
        "coroutine stack",
        "awaiter chain",
        "awaiter name",
        "awaiter id");
    text.append("-".repeat(RULE_WIDTH)).append('\n');
    List<LoopSnapshot> snapshots = snapshots();
    for (LoopSnapshot snapshot : snapshots) {
      for (LoopSnapshot.Entry task : snapshot.tasks()) {
        List<LoopSnapshot.Awaiter> awaiters = task.awaiters();
        if (awaiters.isEmpty()) {
          row(text, snapshot.threadId(), task.id(), task.name(), chain(task), "", "", "0x0");
        }
        for (LoopSnapshot.Awaiter awaiter : awaiters) {
          LoopSnapshot.Entry by = snapshot.tasks().get(awaiter.task());
          row(
              text,
              snapshot.threadId(),
              task.id(),
              task.name(),
              chain(task),
              chain(by),
              by.name(),
              by.id());
        }
      }
    }
    snapshots.forEach(snapshot -> notes(snapshot, text));
    return text.toString();
  }

  /**
   * Returns the pending tasks of all loops as trees: a task, the frames of its stack, and below
   * them the task that it awaits, or that holds what it waits for. Tasks that wait for one another
   * in a circle are named in lines that begin with {@code ERROR}. Waits for the loops. May be
   * called by any thread.
   *
   * @return lines that each end with a line feed
   */
  public static String tree() {
    StringBuilder text = new StringBuilder();
    for (LoopSnapshot snapshot : snapshots()) {
      notes(snapshot, text);
      for (TaskTree.Node root : TaskTree.roots(snapshot)) {
        root.render("", true, text);
      }
    }
    return text.toString();
  }

  private static List<LoopSnapshot> snapshots() {
    return LoopSnapshot.ofAll(LoopRegistry.open(), ANSWER_NANOS);
  }

  private static void row(StringBuilder text, Object... cells) {
    String line = String.format(Locale.ROOT, "%-10s %-20s %-20s %-50s %-50s %-15s %-15s", cells);
    text.append(line.stripTrailing()).append('\n');
  }

  private static String chain(LoopSnapshot.Entry task) {
    return task.frames().stream().map(EventLoops::shortName).collect(Collectors.joining(" -> "));
  }

  /** Returns the class, without its package, and the method of a frame. */
  static String shortName(StackTraceElement frame) {
    String type = frame.getClassName();
    return type.substring(type.lastIndexOf('.') + 1) + "." + frame.getMethodName();
  }

  private static void notes(LoopSnapshot snapshot, StringBuilder text) {
    Set<String> notes = new TreeSet<>(snapshot.notes());
    List<String> cycles = new ArrayList<>();
    for (List<Integer> cycle : snapshot.cycles()) {
      String first = snapshot.tasks().get(cycle.getFirst()).name();
      cycles.add(
          cycle.stream()
              .map(task -> snapshot.tasks().get(task).name() + " → ")
              .collect(Collectors.joining("", "ERROR: tasks wait in a circle: ", first)));
    }
    notes.forEach(note -> text.append(note).append('\n'));
    cycles.forEach(cycle -> text.append(cycle).append('\n'));
  }
}
