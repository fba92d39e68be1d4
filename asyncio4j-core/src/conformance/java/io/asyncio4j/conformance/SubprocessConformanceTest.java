package io.asyncio4j.conformance;

import static io.asyncio4j.Asyncio.createTask;
import static io.asyncio4j.Asyncio.gather;
import static io.asyncio4j.Asyncio.sleep;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.time.Duration.ZERO;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.asyncio4j.LoopErrorContext;
import io.asyncio4j.Subprocess;
import io.asyncio4j.SubprocessOptions;
import io.asyncio4j.SubprocessOptions.Stdio;
import io.asyncio4j.Task;
import io.asyncio4j.testing.TestLoop;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What CPython's {@code test_subprocess.py} means. */
@Timeout(300)
class SubprocessConformanceTest {
  private static final String MIXIN = "test_subprocess.SubprocessMixin.";
  private static final SubprocessOptions INPUT = SubprocessOptions.defaults().withStdin(Stdio.PIPE);
  private static final SubprocessOptions OUTPUT =
      SubprocessOptions.defaults().withStdout(Stdio.PIPE);
  private static final SubprocessOptions BOTH = INPUT.withStdout(Stdio.PIPE);

  @RegisterExtension final TestLoop loop = new TestLoop();

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  @Test
  @Ported(MIXIN + "test_stdin_stdout")
  void stdinAndStdout_arePipes() throws IOException {
    loop.run(
        () -> {
          Subprocess process = Subprocess.exec(BOTH, "cat");
          process.stdin().write(bytes("some data"));
          process.stdin().drain();
          process.stdin().close();
          assertThat(process.stdout().readAll()).isEqualTo(bytes("some data"));
          assertThat(process.await()).isZero();
        });
  }

  @Test
  @Ported({MIXIN + "test_communicate", MIXIN + "test_communicate_none_input"})
  void communicate_withAndWithoutInput() throws IOException {
    loop.run(
        () -> {
          Subprocess.Output some = Subprocess.exec(BOTH, "cat").communicate(bytes("some data"));
          assertThat(some.returnCode()).isZero();
          assertThat(some.stdout()).isEqualTo(bytes("some data"));
          Subprocess.Output none = Subprocess.exec(BOTH, "cat").communicate();
          assertThat(none.returnCode()).isZero();
          assertThat(none.stdout()).isEmpty();
        });
  }

  @Test
  @Ported(MIXIN + "test_shell")
  void shell_runsACommandLine() throws IOException {
    loop.run(() -> assertThat(Subprocess.shell("exit 7").await()).isEqualTo(7));
  }

  @Test
  @Ported({MIXIN + "test_kill", MIXIN + "test_terminate", MIXIN + "test_send_signal"})
  void signals_endTheProcess() throws IOException {
    loop.run(
        () -> {
          Subprocess killed = Subprocess.exec(INPUT, "cat");
          killed.kill();
          assertThat(killed.await()).isEqualTo(128 + 9);
          Subprocess terminated = Subprocess.exec(INPUT, "cat");
          terminated.terminate();
          assertThat(terminated.await()).isEqualTo(128 + 15);
          Subprocess hungUp = Subprocess.exec(BOTH, "cat");
          hungUp.stdin().write("ready\n");
          assertThat(hungUp.stdout().readLine()).isEqualTo(bytes("ready\n"));
          hungUp.sendSignal("HUP");
          assertThat(hungUp.await()).isEqualTo(128 + 1);
        });
  }

  @Test
  @Ported(MIXIN + "test_kill_issue43884")
  void kill_ofAShell_endsItWhileItsCommandRuns() throws IOException {
    loop.run(
        () -> {
          Subprocess process = Subprocess.shell(BOTH, "cat; true");
          process.stdin().write("ready\n");
          assertThat(process.stdout().readLine()).isEqualTo(bytes("ready\n"));
          process.kill();
          assertThat(process.await()).isEqualTo(128 + 9);
          process.stdin().close();
        });
  }

  @Test
  @Ported({MIXIN + "test_stdin_broken_pipe", MIXIN + "test_communicate_ignore_broken_pipe"})
  void brokenPipe_writeThrows_communicateDoesNot() throws IOException {
    byte[] large = new byte[5_000_000];
    loop.run(
        () -> {
          Subprocess process = Subprocess.exec(INPUT, "true");
          assertThatThrownBy(
                  () -> {
                    process.stdin().write(large);
                    process.stdin().drain();
                  })
              .isInstanceOf(IOException.class);
          process.await();
          Subprocess.Output output = Subprocess.exec(BOTH, "true").communicate(large);
          assertThat(output.returnCode()).isZero();
        });
  }

  @Test
  @Ported(MIXIN + "test_pause_reading")
  void outputBeyondTheLimit_comesWhole() throws IOException {
    loop.run(
        () -> {
          Subprocess process = Subprocess.shell(OUTPUT.withLimit(10), "head -c 1000000 /dev/zero");
          assertThat(process.communicate().stdout()).hasSize(1_000_000);
        });
  }

  @Test
  @Ported(MIXIN + "test_stdin_not_inheritable")
  void stdinOfOneProcess_isNotKeptOpenByAnother() throws IOException {
    loop.run(
        () -> {
          Subprocess first = Subprocess.exec(BOTH, "cat");
          Subprocess second = Subprocess.exec(BOTH, "cat");
          first.stdin().close();
          assertThat(first.await()).isZero(); // it met the end of its input
          second.stdin().close();
          assertThat(second.await()).isZero();
        });
  }

  @Test
  @Ported({
    MIXIN + "test_empty_input",
    MIXIN + "test_devnull_input",
    MIXIN + "test_devnull_output",
    MIXIN + "test_devnull_error"
  })
  void emptyAndDevnull() throws IOException {
    loop.run(
        () -> {
          assertThat(Subprocess.exec(BOTH, "wc", "-c").communicate().stdoutText().strip())
              .isEqualTo("0");
          assertThat(
                  Subprocess.exec(OUTPUT.withStdin(Stdio.DEVNULL), "wc", "-c")
                      .communicate()
                      .stdoutText()
                      .strip())
              .isEqualTo("0");
          Subprocess silent =
              Subprocess.shell(
                  SubprocessOptions.defaults().withStdout(Stdio.DEVNULL).withStderr(Stdio.DEVNULL),
                  "echo out; echo err >&2");
          Subprocess.Output output = silent.communicate();
          assertThat(output.stdout()).isEmpty();
          assertThat(output.stderr()).isEmpty();
        });
  }

  @Test
  @Ported({MIXIN + "test_cancel_process_wait", MIXIN + "test_cancel_post_init"})
  void awaitCancelled_theProcessIsLeftRunning() throws IOException {
    loop.run(
        () -> {
          Subprocess process = Subprocess.exec(INPUT, "cat");
          Task<Integer> waiting = createTask(process::await);
          sleep(ZERO);
          waiting.cancel();
          assertThatThrownBy(waiting::await).isInstanceOf(CancellationException.class);
          assertThat(process.returnCode()).isEmpty();
          process.kill();
          assertThat(process.await()).isEqualTo(128 + 9);
        });
  }

  @Test
  @Ported(MIXIN + "test_cancel_make_subprocess_transport_exec")
  void execCancelled_theProcessIsKilled() throws IOException {
    loop.run(
        () -> {
          Task<Subprocess> starting = createTask(() -> Subprocess.exec(INPUT, "cat"));
          sleep(ZERO);
          starting.cancel();
          assertThatThrownBy(starting::await).isInstanceOf(CancellationException.class);
        });
  }

  @Test
  @Ported({MIXIN + "test_close_kill_running", MIXIN + "test_close_dont_kill_finished"})
  void loopCloses_onlyWhatRunsIsKilledAndReported() throws IOException {
    loop.run(
        () -> {
          assertThat(Subprocess.exec("true").await()).isZero();
          Subprocess.exec(INPUT.withKillOnCancel(true), "cat");
        });
    assertThat(loop.takeReports())
        .extracting(LoopErrorContext::message)
        .singleElement()
        .asString()
        .contains("(cat) was running when its loop closed; it is killed");
  }

  @Test
  @Ported({MIXIN + "test_popen_error", MIXIN + "test_popen_error_with_stdin_pipe"})
  void exec_thatFails_throws() throws IOException {
    loop.run(
        () -> {
          assertThatThrownBy(() -> Subprocess.exec("no-such-program-here"))
              .isInstanceOf(IOException.class);
          assertThatThrownBy(() -> Subprocess.exec(INPUT, "no-such-program-here"))
              .isInstanceOf(IOException.class);
        });
  }

  @Test
  @Ported(MIXIN + "test_read_stdout_after_process_exit")
  void read_afterTheExit_givesTheOutput() throws IOException {
    loop.run(
        () -> {
          Subprocess process = Subprocess.shell(OUTPUT, "seq 1 5000");
          process.await();
          List<String> lines = new ArrayList<>();
          process.stdout().lines().forEach(lines::add);
          assertThat(lines).hasSize(5000).last().isEqualTo("5000");
        });
  }

  @Test
  @Ported(MIXIN + "test_create_subprocess_exec_with_path")
  void exec_byPath() throws IOException {
    loop.run(() -> assertThat(Subprocess.exec(Path.of("/bin/true").toString()).await()).isZero());
  }

  @Test
  @Ported({MIXIN + "test_create_subprocess_env_shell", MIXIN + "test_create_subprocess_env_exec"})
  void environment_isPassedOn() throws IOException {
    loop.run(
        () -> {
          SubprocessOptions bar = OUTPUT.withEnvironment(Map.of("FOO", "bar"));
          assertThat(Subprocess.shell(bar, "echo $FOO").communicate().stdoutText())
              .isEqualTo("bar\n");
          assertThat(Subprocess.exec(bar, "/bin/sh", "-c", "echo $FOO").communicate().stdoutText())
              .isEqualTo("bar\n");
        });
  }

  @Test
  @Ported(MIXIN + "test_subprocess_concurrent_wait")
  void await_ofSeveralTasks_allGetTheCode() throws IOException {
    loop.run(
        () -> {
          Subprocess process = Subprocess.shell("exit 3");
          assertThat(gather(process::await, process::await, process::await).await())
              .containsExactly(3, 3, 3);
        });
  }

  @Test
  @Ported(MIXIN + "test_subprocess_communicate_stdout")
  void communicate_manyAtOnce_eachGetsItsOwn() throws IOException {
    loop.run(
        () -> {
          for (int i = 0; i < 5; i++) {
            int n = i;
            assertThat(
                    gather(
                            () -> Subprocess.exec(OUTPUT, "echo", "a" + n).communicate(),
                            () -> Subprocess.exec(OUTPUT, "echo", "b" + n).communicate())
                        .await())
                .extracting(Subprocess.Output::stdoutText)
                .containsExactly("a" + n + "\n", "b" + n + "\n");
          }
        });
  }

  @Test
  @Ported(MIXIN + "test_subprocess_send_signal_race")
  void signalsToAProcessThatHasEnded_harmNobody() throws IOException {
    loop.run(
        () -> {
          Subprocess process = Subprocess.exec("true");
          process.await();
          process.terminate();
          process.kill();
          assertThatThrownBy(() -> process.sendSignal("TERM"))
              .isInstanceOf(IllegalStateException.class);
          assertThat(process.await()).isZero();
        });
  }
}
