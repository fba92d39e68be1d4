package io.asyncio4j.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.asyncio4j.Asyncio;
import io.asyncio4j.EventLoop;
import io.asyncio4j.LoopClock;
import io.asyncio4j.LoopOptions;
import io.asyncio4j.Task;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * The sequence diagram of what the loop does for {@code printSum}: its text is written by a run,
 * from the stack of the task at each line that it prints and whenever the loop waits.
 */
class PrintSumDiagramTest {
  private static final Path SOURCE = Path.of("../docs/tutorial/print-sum.mmd");
  private static final Path PICTURE = Path.of("../docs/tutorial/print-sum.svg");
  private static final Pattern MESSAGE = Pattern.compile("\\w+--?>>[+-]?\\w+: (.*)");
  private static final Pattern PICTURED = Pattern.compile("class=\"messageText\"[^>]*>([^<]*)<");

  private static final String HEAD =
      """
      ---
      config:
        theme: neutral
        fontFamily: sans-serif
        sequence:
          mirrorActors: false
      ---
      sequenceDiagram
          participant main
          participant EventLoop
          participant Task as Task-1
          participant printSum
          participant compute
      """;

  @Test
  void diagram_isWhatARunDoes() throws IOException {
    String seen = new Observer().diagram();
    if (System.getProperty("output.update") != null) {
      Files.writeString(SOURCE, seen);
      return;
    }
    assertThat(seen).isEqualTo(Files.readString(SOURCE));
  }

  @Test
  void picture_isThatOfTheDiagram() throws IOException {
    assertThat(found(PICTURED, PICTURE))
        .as("the picture; CONTRIBUTING.md says how to draw it again")
        .isEqualTo(found(MESSAGE, SOURCE));
  }

  private static List<String> found(Pattern pattern, Path file) throws IOException {
    return pattern
        .matcher(Files.readString(file))
        .results()
        .map(found -> found.group(1).replace("&quot;", "\""))
        .toList();
  }

  /** Runs the example, as its clock and its output, and writes down what happens. */
  private static final class Observer extends PrintStream implements LoopClock {
    private static final Map<String, String> CALLED =
        Map.of("printSum", "printSum(1, 2)", "compute", "compute(1, 2)");
    private static final Map<String, String> RETURNED =
        Map.of("printSum", "returns", "compute", "returns 3");

    private final List<String> lines = new ArrayList<>();

    /** Who is on the task's stack, outermost first. */
    private final List<String> stack = new ArrayList<>();

    private @Nullable Task<?> task;
    private boolean suspended;
    private long now;

    Observer() {
      super(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8);
    }

    String diagram() {
      PrintStream before = System.out;
      System.setOut(this);
      try {
        lines.add("main->>EventLoop: run(program)");
        Asyncio.run(LoopOptions.defaults().withClock(this), PrintSum::program);
      } finally {
        System.setOut(before);
      }
      comeTo(List.of("Task"));
      lines.add("Task-->>-EventLoop: ends: " + Objects.requireNonNull(task).state());
      lines.add("EventLoop-->>main: run returns");
      return HEAD + String.join("\n", lines).indent(4);
    }

    /** The task prints. */
    @Override
    public void println(@Nullable Object text) {
      if (task == null) {
        task = Asyncio.currentTask();
        lines.add("EventLoop->>+Task: begins " + Objects.requireNonNull(task).name());
        stack.add("Task");
      }
      if (suspended) {
        suspended = false;
        lines.add("EventLoop->>" + stack.getLast() + ": resumes Task-1");
      }
      comeTo(whereItIs());
      lines.add(stack.getLast() + "->>" + stack.getLast() + ": prints \"" + text + "\"");
    }

    /** The loop has nothing to do before the deadline. */
    @Override
    public long waitNanos(long deadline, boolean eventsPending) {
      if (deadline == Long.MAX_VALUE) {
        return Long.MAX_VALUE;
      }
      assertThat(EventLoop.current().allTasks()).isEqualTo(Set.of(Objects.requireNonNull(task)));
      comeTo(whereItIs());
      long seconds = Duration.ofNanos(deadline - now).toSeconds();
      lines.add(stack.getLast() + "->>EventLoop: sleep(" + seconds + " s): suspends");
      lines.add("Note over Task,compute: " + stack.size() + " frames stay on the task's stack");
      lines.add("EventLoop->>EventLoop: waits " + seconds + " s");
      suspended = true;
      now = deadline;
      return 0;
    }

    @Override
    public long nanoTime() {
      return now;
    }

    /** Returns who is on the task's stack, outermost first. */
    private List<String> whereItIs() {
      return Objects.requireNonNull(task).stackTrace().reversed().stream()
          .filter(frame -> frame.getClassName().equals(PrintSum.class.getName()))
          .map(frame -> frame.getMethodName().equals("program") ? "Task" : frame.getMethodName())
          .toList();
    }

    /** Writes down the returns and the calls between the stack as it was and as it is. */
    private void comeTo(List<String> seen) {
      while (stack.size() > seen.size()) {
        String left = stack.removeLast();
        lines.add(left + "-->>-" + stack.getLast() + ": " + RETURNED.get(left));
      }
      while (stack.size() < seen.size()) {
        String called = seen.get(stack.size());
        lines.add(stack.getLast() + "->>+" + called + ": " + CALLED.get(called));
        stack.add(called);
      }
      assertThat(stack).isEqualTo(seen);
    }
  }
}
