package io.asyncio4j.cli;

import static io.asyncio4j.Asyncio.createTask;
import static org.assertj.core.api.Assertions.assertThat;

import io.asyncio4j.Asyncio;
import io.asyncio4j.Event;
import io.asyncio4j.Lock;
import io.asyncio4j.Task;
import io.asyncio4j.fixtures.ForkedJvm;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The commands that look into a running JVM, and what that JVM notices of it: nothing. */
class PsCommandTest {
  /** A program with a deadlock, which ends when its standard input does. */
  static final class Target {
    public static void main(String[] args) throws IOException {
      Asyncio.run(
          () -> {
            Event never = new Event();
            Task<?> child = createTask("child", () -> never.await());
            createTask("parent", () -> child.await());
            Lock left = new Lock().named("left");
            Lock right = new Lock().named("right");
            createTask("one", () -> takeBoth(left, right));
            createTask("two", () -> takeBoth(right, left));
            Asyncio.sleep(Duration.ofMillis(1));
            System.out.println("ready");
            int end = Asyncio.toThread(() -> System.in.read());
            System.out.println("end of input: " + end);
          });
    }

    private static void takeBoth(Lock first, Lock second) {
      try (var _ = first.hold()) {
        Asyncio.sleep(Duration.ZERO);
        try (var _ = second.hold()) {
          throw new AssertionError("no deadlock was planted");
        }
      }
    }
  }

  private record Shown(int code, String out, String err) {}

  private static Shown run(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int code =
        Main.commandLine()
            .setOut(new PrintWriter(out))
            .setErr(new PrintWriter(err))
            .execute(arguments);
    return new Shown(code, out.toString(), err.toString());
  }

  @Test
  void psAndPstree_runningJvm_showTasksAndCircleAndLeaveNoTrace() throws Exception {
    Process target =
        ForkedJvm.builder(List.of(ForkedJvm.FULL_MODE), Target.class)
            .redirectErrorStream(true)
            .start();
    try (BufferedReader output =
        new BufferedReader(
            new InputStreamReader(target.getInputStream(), StandardCharsets.UTF_8))) {
      assertThat(output.readLine()).isEqualTo("ready");
      String pid = Long.toString(target.pid());

      Shown table = run("ps", pid);
      assertThat(table.err()).isEmpty();
      assertThat(table.out())
          .startsWith("tid        task id ")
          .containsPattern(
              "child +PsCommandTest\\$Target\\.\\S+ +PsCommandTest\\$Target\\.\\S+ +parent +0x[0-9a-f]+\n")
          .contains("ERROR: tasks wait in a circle: one → two → one");
      assertThat(table.code()).isEqualTo(Main.SOME_FAILED);

      Shown tree = run("pstree", pid);
      assertThat(tree.out())
          .containsPattern("└── \\(T\\) parent\n(?:.+\n)+? +└── \\(T\\) child\n")
          .contains("waits for Lock 'right'")
          .contains("(T) one  ERROR: this is a circle");
      assertThat(tree.code()).isEqualTo(Main.SOME_FAILED);

      target.getOutputStream().close();
      assertThat(output.lines()).containsExactly("end of input: -1");
      assertThat(target.waitFor()).isZero();
    } finally {
      target.destroyForcibly();
    }
  }

  @Test
  void ps_processThatDoesNotExist_saysSo() {
    Shown shown = run("ps", "999999999");
    assertThat(shown.code()).isEqualTo(Main.USAGE);
    assertThat(shown.err())
        .startsWith("asyncio4j ps: there is no JVM of this user with the process id 999999999");
  }

  @Test
  void pstree_noNumber_isWrongUsage() {
    assertThat(run("pstree", "java").code()).isEqualTo(Main.USAGE);
  }
}
