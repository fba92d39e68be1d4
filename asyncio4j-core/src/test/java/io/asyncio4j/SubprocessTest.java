package io.asyncio4j;

import static io.asyncio4j.Asyncio.createTask;
import static io.asyncio4j.Asyncio.sleep;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.time.Duration.ZERO;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.asyncio4j.SubprocessOptions.Stdio;
import io.asyncio4j.testing.TestLoop;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Real processes: {@code cat}, {@code sh} and what they do. */
@Timeout(300)
class SubprocessTest {
  private static final SubprocessOptions PIPES = SubprocessOptions.pipes();
  private static final SubprocessOptions OUTPUT =
      SubprocessOptions.defaults().withStdout(Stdio.PIPE);

  @RegisterExtension final TestLoop loop = new TestLoop();

  private static String text(byte[] bytes) {
    return new String(bytes, UTF_8);
  }

  // ---- input and output

  @Test
  void communicate_writesInputAndReadsBothOutputs() throws IOException {
    loop.run(
        () -> {
          Subprocess process = Subprocess.shell(PIPES, "cat; echo error >&2; exit 3");
          Subprocess.Output output = process.communicate("input".getBytes(UTF_8));
          assertThat(output.stdoutText()).isEqualTo("input");
          assertThat(output.stderrText()).isEqualTo("error\n");
          assertThat(output.returnCode()).isEqualTo(3);
          assertThat(process.returnCode()).hasValue(3);
        });
  }

  @Test
  void pipes_areAReaderAndAWriter() throws IOException {
    loop.run(
        () -> {
          Subprocess process = Subprocess.exec(PIPES, "cat");
          process.stdin().write("one\n");
          assertThat(text(process.stdout().readLine())).isEqualTo("one\n");
          process.stdin().write("two\n");
          assertThat(text(process.stdout().readLine())).isEqualTo("two\n");
          process.stdin().close();
          assertThat(process.stdout().readLine()).isEmpty();
          assertThat(process.await()).isZero();
          assertThat(process.await()).isZero();
        });
  }

  @Test
  void hundredMegabytesThroughCat_ariveInBoundedMemory() throws IOException {
    int pieces = 1600;
    byte[] piece = new byte[64 * 1024];
    Arrays.fill(piece, (byte) 'x');
    loop.run(
        () -> {
          Subprocess process = Subprocess.exec(PIPES, "cat");
          StreamWriter stdin = process.stdin();
          long[] mostUnsent = {0};
          Task<?> feeding =
              createTask(
                  () -> {
                    for (int i = 0; i < pieces; i++) {
                      stdin.writeNow(piece);
                      mostUnsent[0] = Math.max(mostUnsent[0], stdin.unsentBytes());
                      stdin.drain();
                    }
                    stdin.close();
                  });
          long received = 0;
          for (byte[] some = process.stdout().read(100_000);
              some.length > 0;
              some = process.stdout().read(100_000)) {
            received += some.length;
          }
          feeding.await();
          assertThat(received).isEqualTo((long) pieces * piece.length);
          assertThat(mostUnsent[0]).isLessThanOrEqualTo(3 * 64 * 1024);
          assertThat(process.await()).isZero();
        });
  }

  @Test
  void nobodyReads_theWriterWaits() throws IOException {
    loop.run(
        () -> {
          Subprocess process = Subprocess.exec(PIPES, "cat");
          Task<?> writing = createTask(() -> process.stdin().write(new byte[10_000_000]));
          assertThat(process.stdout().readExactly(1)).hasSize(1); // it runs
          assertThat(writing.isDone()).isFalse();
          writing.cancel();
          assertThatThrownBy(writing::await).isInstanceOf(CancellationException.class);
          process.kill();
          assertThat(process.await()).isEqualTo(128 + 9);
          assertThatThrownBy(process.stdin()::close).isInstanceOf(IOException.class);
        });
  }

  @Test
  void communicate_processReadsNothing_isNoError() throws IOException {
    loop.run(
        () -> {
          Subprocess process = Subprocess.shell(PIPES, "exec <&-; echo done");
          Subprocess.Output output = process.communicate(new byte[5_000_000]);
          assertThat(output.stdoutText()).isEqualTo("done\n");
          assertThat(output.returnCode()).isZero();
        });
  }

  @Test
  void processClosesItsOutputEarly_theReaderMeetsTheEndWhileItRuns() throws IOException {
    loop.run(
        () -> {
          Subprocess process = Subprocess.shell(PIPES, "echo last; exec >&-; cat > /dev/null");
          assertThat(text(process.stdout().readAll())).isEqualTo("last\n");
          assertThat(process.returnCode()).isEmpty();
          process.stdin().close();
          assertThat(process.await()).isZero();
        });
  }

  @Test
  void grandchildWritesAfterTheProcessHasEnded_nothingIsLost(@TempDir Path folder)
      throws Exception {
    Path gate = folder.resolve("gate");
    loop.run(
        () -> {
          assertThat(Subprocess.exec("mkfifo", gate.toString()).await()).isZero();
          Subprocess process =
              Subprocess.shell(
                  PIPES,
                  "echo zero; read go; (read go < " + gate + "; echo one; echo two) & exit 7");
          assertThat(text(process.stdout().readLine())).isEqualTo("zero\n"); // the pipe is read
          process.stdin().write("go\n");
          assertThat(process.await()).isEqualTo(7);
          assertThat(Subprocess.shell("echo go > " + gate).await()).isZero();
          assertThat(text(process.stdout().readAll())).isEqualTo("one\ntwo\n");
        });
  }

  @Test
  void readAfterTheProcessHasEnded_givesWhatItWrote() throws IOException {
    loop.run(
        () -> {
          Subprocess process = Subprocess.shell(OUTPUT, "echo kept");
          assertThat(process.await()).isZero();
          assertThat(text(process.stdout().readAll())).isEqualTo("kept\n");
        });
  }

  @Test
  void readCancelled_losesNothing() throws IOException {
    loop.run(
        () -> {
          Subprocess process = Subprocess.exec(PIPES, "cat");
          Task<byte[]> reading = createTask(() -> process.stdout().readLine());
          process.stdin().write("half ");
          sleep(ZERO);
          reading.cancel();
          assertThatThrownBy(reading::await).isInstanceOf(CancellationException.class);
          process.stdin().write("whole\n");
          assertThat(text(process.stdout().readLine())).isEqualTo("half whole\n");
          process.stdin().close();
          process.await();
        });
  }

  // ---- where the streams go

  @Test
  void stderrToStdout_comesAsOne() throws IOException {
    loop.run(
        () -> {
          Subprocess process =
              Subprocess.shell(OUTPUT.withStderr(Stdio.STDOUT), "echo out; echo err >&2");
          assertThat(process.communicate().stdoutText()).isEqualTo("out\nerr\n");
          assertThatThrownBy(process::stderr)
              .isInstanceOf(IllegalStateException.class)
              .hasMessageContaining("no pipe for stderr");
        });
  }

  @Test
  void files_areReadAndWritten(@TempDir Path folder) throws IOException {
    Path in = Files.writeString(folder.resolve("in"), "text");
    Path out = folder.resolve("out");
    loop.run(
        () -> {
          SubprocessOptions options =
              SubprocessOptions.defaults().withStdin(Stdio.from(in)).withStdout(Stdio.to(out));
          assertThat(Subprocess.exec(options, "cat").await()).isZero();
          assertThat(Subprocess.exec(options.withStdout(Stdio.appendTo(out)), "cat").await())
              .isZero();
        });
    assertThat(out).hasContent("texttext");
  }

  @Test
  void devnull_isEmptyAndSwallows() throws IOException {
    loop.run(
        () -> {
          SubprocessOptions options = OUTPUT.withStdin(Stdio.DEVNULL).withStderr(Stdio.DEVNULL);
          Subprocess process = Subprocess.shell(options, "cat; echo gone >&2; echo end");
          assertThat(process.communicate().stdoutText()).isEqualTo("end\n");
        });
  }

  @Test
  void options_thatMakeNoSense_areRefused() {
    assertThatThrownBy(() -> OUTPUT.withStdin(Stdio.STDOUT))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("stdin cannot be STDOUT");
    assertThatThrownBy(() -> OUTPUT.withStdin(Stdio.to(Path.of("x"))))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> OUTPUT.withStdout(Stdio.from(Path.of("x"))))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> OUTPUT.withStdout(Stdio.STDOUT))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void directoryAndEnvironment_areTheProcesss(@TempDir Path folder) throws IOException {
    Path real = folder.toRealPath();
    loop.run(
        () -> {
          SubprocessOptions options = OUTPUT.withDirectory(real).withVariable("GREETING", "hello");
          assertThat(Subprocess.shell(options, "pwd; echo $GREETING").communicate().stdoutText())
              .isEqualTo(real + "\nhello\n");
          assertThat(
                  Subprocess.exec(OUTPUT.withEnvironment(Map.of("ONLY", "1")), "/usr/bin/env")
                      .communicate()
                      .stdoutText())
              .isEqualTo("ONLY=1\n");
        });
  }

  // ---- errors

  @Test
  void exec_noSuchProgram_namesIt() throws IOException {
    loop.run(
        () ->
            assertThatThrownBy(() -> Subprocess.exec("no-such-program-here", "x"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("no-such-program-here")
                .hasMessageContaining("No such file"));
  }

  @Test
  void exec_noSuchDirectory_namesIt() throws IOException {
    loop.run(
        () ->
            assertThatThrownBy(
                    () -> Subprocess.exec(OUTPUT.withDirectory(Path.of("/no/such/dir")), "cat"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("/no/such/dir"));
  }

  @Test
  void communicate_inputWithoutAPipe_isRefused() throws IOException {
    loop.run(
        () -> {
          Subprocess process = Subprocess.exec(OUTPUT.withStdin(Stdio.DEVNULL), "cat");
          assertThatThrownBy(() -> process.communicate("x".getBytes(UTF_8)))
              .isInstanceOf(IllegalStateException.class)
              .hasMessageContaining("no pipe for its input");
          process.communicate();
        });
  }

  // ---- signals and cancellation

  @Test
  void terminateAndKill_endItWithTheirSignals() throws IOException {
    loop.run(
        () -> {
          Subprocess asked = Subprocess.exec(PIPES, "cat");
          asked.terminate();
          assertThat(asked.await()).isEqualTo(128 + 15);
          Subprocess killed = Subprocess.exec(PIPES, "cat");
          killed.kill();
          assertThat(killed.await()).isEqualTo(128 + 9);
          killed.kill(); // no effect
        });
  }

  @Test
  void sendSignal_reachesTheProcess() throws IOException {
    loop.run(
        () -> {
          Subprocess process =
              Subprocess.shell(
                  PIPES, "trap 'echo got it; exit 5' HUP; echo ready; while read x; do :; done");
          assertThat(text(process.stdout().readLine())).isEqualTo("ready\n");
          process.sendSignal("SIGHUP");
          process.stdin().close();
          assertThat(text(process.stdout().readLine())).isEqualTo("got it\n");
          assertThat(process.await()).isEqualTo(5);
          assertThatThrownBy(() -> process.sendSignal("HUP"))
              .isInstanceOf(IllegalStateException.class)
              .hasMessageContaining("has ended");
        });
  }

  @Test
  void sendSignal_thatIsNone_isRefused() throws IOException {
    loop.run(
        () -> {
          Subprocess process = Subprocess.exec(PIPES, "cat");
          assertThatThrownBy(() -> process.sendSignal("-9 1"))
              .isInstanceOf(IllegalArgumentException.class);
          assertThatThrownBy(() -> process.sendSignal("NOSUCH"))
              .isInstanceOf(IOException.class)
              .hasMessageContaining("signal NOSUCH could not be sent");
          process.communicate();
        });
  }

  @Test
  void awaitCancelled_theProcessGoesOn() throws IOException {
    loop.run(
        () -> {
          Subprocess process = Subprocess.exec(PIPES, "cat");
          Task<Integer> waiting = createTask(process::await);
          sleep(ZERO);
          waiting.cancel();
          assertThatThrownBy(waiting::await).isInstanceOf(CancellationException.class);
          assertThat(process.returnCode()).isEmpty();
          process.stdin().write("alive\n");
          assertThat(process.communicate().stdoutText()).isEqualTo("alive\n");
        });
  }

  @Test
  void awaitCancelled_killOnCancel_killsItAndItsDescendants() throws IOException {
    loop.run(
        () -> {
          // A child of the shell holds the output; it ends only if it is killed too.
          Subprocess process =
              Subprocess.shell(
                  PIPES.withKillOnCancel(true), "sleep 1000 & echo ready; wait; echo never");
          assertThat(text(process.stdout().readLine())).isEqualTo("ready\n");
          Task<Integer> waiting = createTask(process::await);
          sleep(ZERO);
          waiting.cancel();
          assertThatThrownBy(waiting::await).isInstanceOf(CancellationException.class);
          assertThat(process.await()).isEqualTo(128 + 9);
          assertThat(process.stdout().readAll()).isEmpty();
        });
  }

  @Test
  void loopCloses_aProcessRuns_isReported() throws IOException {
    Subprocess[] left = new Subprocess[1];
    loop.run(
        () -> {
          left[0] = Subprocess.exec(PIPES.withKillOnCancel(true), "cat");
          assertThat(left[0].toString()).endsWith("(cat)");
        });
    assertThat(loop.takeReports())
        .singleElement()
        .satisfies(
            report ->
                assertThat(report.message())
                    .startsWith(left[0] + " was running when its loop closed; it is killed"));
  }

  @Test
  void loopCloses_aProcessRuns_itsInputEnds() throws Exception {
    Subprocess[] left = new Subprocess[1];
    loop.run(() -> left[0] = Subprocess.exec(PIPES, "cat"));
    assertThat(loop.takeReports()).hasSize(1);
    ProcessHandle handle = ProcessHandle.of(left[0].pid()).orElse(null);
    if (handle != null) { // else it has ended already
      handle.onExit().get();
    }
  }

  @Test
  void manyAtOnce_allEnd() throws IOException {
    loop.run(
        () -> {
          var outputs =
              Asyncio.gather(
                      java.util.stream.IntStream.range(0, 30)
                          .mapToObj(
                              i ->
                                  (java.util.concurrent.Callable<String>)
                                      () ->
                                          Subprocess.shell(OUTPUT, "echo " + i)
                                              .communicate()
                                              .stdoutText())
                          .toList())
                  .await();
          assertThat(outputs).hasSize(30).first().isEqualTo("0\n");
          assertThat(outputs.getLast()).isEqualTo("29\n");
        });
  }
}
