package io.asyncio4j;

import static io.asyncio4j.Asyncio.createTask;
import static io.asyncio4j.Asyncio.gather;
import static io.asyncio4j.Asyncio.shield;
import static io.asyncio4j.Asyncio.sleep;
import static io.asyncio4j.Asyncio.waitFor;
import static io.asyncio4j.Asyncio.waitUntil;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.asyncio4j.testing.TestLoop;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class CallGraphTest {
  @RegisterExtension private final TestLoop loop = new TestLoop();

  private static CallGraph mine() {
    return Objects.requireNonNull(CallGraph.capture());
  }

  /** Returns the names of the tasks that await the root of a graph, each with those above it. */
  private static String awaiters(CallGraph graph) {
    StringBuilder text = new StringBuilder();
    for (CallGraph by : graph.awaitedBy()) {
      text.append(by.future() instanceof Task<?> task ? task.name() : "future");
      String above = awaiters(by);
      text.append(above.isEmpty() ? "" : "(" + above + ")").append(' ');
    }
    return text.toString().strip();
  }

  private static List<String> methods(CallGraph graph) {
    return graph.frames().stream().map(StackTraceElement::getMethodName).toList();
  }

  private static CallGraph deep() {
    return mine();
  }

  @Test
  void capture_awaitedTask_givesItsStackAndThoseOfItsAwaiters() {
    loop.run(
        () -> {
          Task<CallGraph> child =
              createTask(
                  "child",
                  () -> {
                    sleep(Duration.ofSeconds(1));
                    return deep();
                  });
          Task<CallGraph> middle = createTask("middle", () -> child.await());
          CallGraph graph = middle.await();
          assertThat(awaiters(graph)).isEqualTo("middle(Task-1)");
          assertThat(methods(graph).subList(0, 2)).containsExactly("mine", "deep");
          assertThat(graph.frames())
              .allSatisfy(
                  frame -> assertThat(frame.getClassName()).startsWith("io.asyncio4j.CallGraph"));
        });
  }

  @Test
  void capture_throughCombinators_namesTheTaskThatWaits() {
    loop.run(
        () -> {
          List<String> seen = new ArrayList<>();
          Runnable look = () -> seen.add(awaiters(mine()));
          createTask("gathering", () -> gather(() -> pause(look)).await()).await();
          createTask(
                  "waiting",
                  () -> waitUntil(ReturnWhen.ALL_COMPLETED, List.of(createTask(() -> pause(look)))))
              .await();
          createTask("shielding", () -> shield(createTask(() -> pause(look))).await()).await();
          createTask("limiting", () -> waitFor(createTask(() -> pause(look)), Duration.ofHours(1)))
              .await();
          createTask("grouping", () -> TaskGroup.run(group -> group.createTask(() -> pause(look))))
              .await();
          createTask(
                  "iterating",
                  () -> {
                    for (Future<?> done :
                        Asyncio.asCompleted(List.of(createTask(() -> pause(look))))) {
                      done.await();
                    }
                  })
              .await();
          assertThat(seen)
              .containsExactly(
                  "gathering(Task-1)",
                  "waiting(Task-1)",
                  "shielding(Task-1)",
                  "limiting(Task-1)",
                  "grouping(Task-1)",
                  "iterating(Task-1)");
        });
  }

  private static void pause(Runnable then) {
    sleep(Duration.ofSeconds(1));
    then.run();
  }

  @Test
  void capture_gatherThatNobodyAwaits_isShownAsFuture() {
    loop.run(
        () -> {
          Task<String> task = createTask(() -> awaiters(mine()));
          Future<List<String>> gathered = gather(task);
          sleep(Duration.ZERO);
          assertThat(task.await()).isEqualTo("future");
          gathered.await();
        });
  }

  @Test
  void capture_future_hasNoFrames() {
    loop.run(
        () -> {
          Future<String> future = EventLoop.current().createFuture();
          Task<String> task = createTask("waiter", () -> future.await());
          sleep(Duration.ZERO);
          CallGraph graph = CallGraph.capture(future);
          assertThat(graph.frames()).isEmpty();
          assertThat(awaiters(graph)).isEqualTo("waiter");
          future.setResult("done");
          task.await();
        });
  }

  @Test
  void capture_readyTask_keepsTheOrderOfTheLoop() {
    loop.run(
        () -> {
          List<Task<?>> tasks = new ArrayList<>();
          for (String name : List.of("a", "b", "c")) {
            tasks.add(
                createTask(
                    name,
                    () -> {
                      for (int i = 0; i < 3; i++) {
                        loop.mark(name);
                        tasks.forEach(CallGraph::capture);
                        sleep(Duration.ZERO);
                      }
                    }));
          }
          gather(tasks).await();
        });
    assertThat(loop.trail()).containsExactly("a", "b", "c", "a", "b", "c", "a", "b", "c");
  }

  @Test
  void capture_callback_isNull() {
    loop.run(
        () -> {
          Future<Boolean> isNull = EventLoop.current().createFuture();
          EventLoop.current().callSoon(() -> isNull.setResult(CallGraph.capture() == null));
          assertThat(isNull.await()).isTrue();
        });
  }

  @Test
  void capture_outsideLoop_throws() {
    assertThatThrownBy(CallGraph::capture)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("no running event loop");
  }

  @Test
  void capture_limit_keepsInnermostOrOutermostFrames() {
    loop.run(
        () -> {
          Task<?> self = Objects.requireNonNull(Asyncio.currentTask());
          List<StackTraceElement> all = CallGraph.capture(self).frames();
          assertThat(all).hasSizeGreaterThan(1);
          assertThat(CallGraph.capture(self, 0).frames()).isEmpty();
          assertThat(CallGraph.capture(self, -1).frames()).containsExactly(all.getLast());
          assertThat(CallGraph.capture(self, 1).frames())
              .extracting(StackTraceElement::getMethodName)
              .containsExactly(all.getFirst().getMethodName());
        });
  }

  @Test
  void format_hasTheFormOfAsyncio() {
    loop.run(
        () -> {
          Task<CallGraph> child = createTask("child", () -> mine());
          CallGraph graph = child.await();
          String text = graph.format();
          assertThat(text.lines().map(line -> line.replaceAll("0x[0-9a-f]+|line \\d+", "N")))
              .startsWith(
                  "* Task(name='child', id=N)",
                  "  + Call stack:",
                  "  |   File 'CallGraphTest.java', N, in io.asyncio4j.CallGraphTest.mine()")
              .containsSequence(
                  "  + Awaited by:", "    * Task(name='Task-1', id=N)", "      + Call stack:");
          ByteArrayOutputStream bytes = new ByteArrayOutputStream();
          graph.print(new PrintStream(bytes, true, StandardCharsets.UTF_8));
          assertThat(bytes.toString(StandardCharsets.UTF_8))
              .isEqualTo(text + System.lineSeparator());
        });
  }

  @Test
  void format_circle_isCutAndNamed() {
    loop.allowLeftOverTasks();
    loop.run(
        () -> {
          List<Task<?>> tasks = new ArrayList<>();
          tasks.add(createTask("a", () -> tasks.get(1).await()));
          tasks.add(createTask("b", () -> tasks.get(0).await()));
          sleep(Duration.ZERO);
          assertThat(CallGraph.capture(tasks.get(0)).format())
              .contains("* Task(name='b'")
              .containsPattern(
                  "        \\* Task\\(name='a', id=0x[0-9a-f]+\\) again: this is a circle");
        });
  }
}
