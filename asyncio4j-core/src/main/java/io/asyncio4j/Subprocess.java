package io.asyncio4j;

import java.io.File;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A process of the operating system that a task has started.
 *
 * <p>Its methods are for the tasks of its loop; those that wait suspend the calling task only.
 * Standard streams are shared with this JVM unless {@link SubprocessOptions} says otherwise. A pipe
 * that is full makes the process wait; so read both outputs, or use {@link #communicate}.
 *
 * <p>Each pipe has a platform thread, which ends with the pipe: a process that outlives its parent
 * and has inherited the pipe keeps it open. Only where the parent ends before that thread has begun
 * to read, within its first millisecond or so, does the JDK close the pipe with the parent, and
 * what others write to it later is lost.
 *
 * <p>A process that runs when its loop closes is reported to the loop's exception handler, and its
 * pipes are closed; it is killed if {@link SubprocessOptions#withKillOnCancel} says so.
 *
 * <p>Counterpart of {@code asyncio.subprocess.Process}.
 */
public final class Subprocess {
  private static final Pattern SIGNAL_NAME = Pattern.compile("[A-Z][A-Z0-9+-]*|[0-9]+");
  private static final Duration KILL_COMMAND_LIMIT = Duration.ofSeconds(10);

  private final EventLoop loop;
  private final Process process;
  private final String command;
  private final boolean killOnCancel;
  private final @Nullable PipeWriter stdinPipe;
  private final @Nullable StreamWriter stdin;
  private final @Nullable StreamReader stdout;
  private final @Nullable StreamReader stderr;
  private final LoopResource resource = this::releaseAtLoopClose;
  private final List<Turn> exitWaiters = new ArrayList<>();
  private OptionalInt returnCode = OptionalInt.empty();

  /**
   * What a process left behind.
   *
   * <p>Counterpart of the pair that {@code Process.communicate} returns, with the return code.
   */
  public static final class Output {
    private final int returnCode;
    private final byte[] stdout;
    private final byte[] stderr;

    Output(int returnCode, byte[] stdout, byte[] stderr) {
      this.returnCode = returnCode;
      this.stdout = stdout;
      this.stderr = stderr;
    }

    /**
     * Returns how the process ended.
     *
     * @return its exit status, as {@link Subprocess#await} gives it
     */
    public int returnCode() {
      return returnCode;
    }

    /**
     * Returns what the process wrote to its standard output.
     *
     * @return a copy; empty if it was no pipe
     */
    public byte[] stdout() {
      return stdout.clone();
    }

    /**
     * Returns what the process wrote to its standard error.
     *
     * @return a copy; empty if it was no pipe
     */
    public byte[] stderr() {
      return stderr.clone();
    }

    /**
     * Returns the standard output as text.
     *
     * @return the text, in the encoding of this system's programs
     */
    public String stdoutText() {
      return new String(stdout, nativeCharset());
    }

    /**
     * Returns the standard error as text.
     *
     * @return the text, in the encoding of this system's programs
     */
    public String stderrText() {
      return new String(stderr, nativeCharset());
    }

    private static Charset nativeCharset() {
      String name = System.getProperty("native.encoding");
      return name == null ? StandardCharsets.UTF_8 : Charset.forName(name);
    }

    @Override
    public String toString() {
      return "Output (return code "
          + returnCode
          + ", "
          + stdout.length
          + " bytes of output, "
          + stderr.length
          + " bytes of errors)";
    }
  }

  private Subprocess(EventLoop loop, Process process, String command, SubprocessOptions options) {
    this.loop = loop;
    this.process = process;
    this.command = command;
    killOnCancel = options.killOnCancel();
    String name = "process-" + process.pid();
    stdinPipe =
        options.hasStdinPipe()
            ? new PipeWriter(loop, name + "-stdin", process.getOutputStream())
            : null;
    stdin = stdinPipe == null ? null : new StreamConnection(loop, stdinPipe).writer();
    stdout =
        options.hasStdoutPipe()
            ? new StreamReader(
                options.limit(), new PipeReader(loop, name + "-stdout", process.getInputStream()))
            : null;
    stderr =
        options.hasStderrPipe()
            ? new StreamReader(
                options.limit(), new PipeReader(loop, name + "-stderr", process.getErrorStream()))
            : null;
    loop.resources().add(resource);
    process.onExit().thenAccept(this::exitedOnAnotherThread);
  }

  // ---- starting

  /**
   * Starts a program with {@link SubprocessOptions#defaults()}.
   *
   * @param command the program, looked for in the path, and its arguments
   * @return the running process
   * @throws IOException if the program cannot be run; it names the program and the reason
   * @throws CancellationException if the task was cancelled; the process, if it was begun, is
   *     killed
   * @throws IllegalStateException if the caller is no task
   */
  public static Subprocess exec(String... command) throws IOException {
    return exec(SubprocessOptions.defaults(), command);
  }

  /**
   * Starts a program. Suspends the calling task until it is started, off the loop's thread.
   *
   * <p>Counterpart of {@code asyncio.create_subprocess_exec}.
   *
   * @param options its standard streams, directory and environment
   * @param command the program, looked for in the path, and its arguments
   * @return the running process
   * @throws IOException if the program cannot be run; it names the program and the reason
   * @throws IllegalArgumentException if there is no program
   * @throws CancellationException if the task was cancelled; the process, if it was begun, is
   *     killed
   * @throws IllegalStateException if the caller is no task
   */
  public static Subprocess exec(SubprocessOptions options, String... command) throws IOException {
    EventLoop loop = Task.requireCurrent("exec").owner();
    if (command.length == 0) {
      throw new IllegalArgumentException("no program was given to exec; name it first");
    }
    ProcessBuilder builder = options.builder(command);
    Future<Process> starting = loop.runInExecutor(builder::start);
    try {
      Process started = Asyncio.shield(starting).<IOException>await();
      return new Subprocess(loop, started, String.join(" ", command), options);
    } catch (CancellationException e) {
      starting.addDoneCallback(
          _ -> {
            if (starting.state() == java.util.concurrent.Future.State.SUCCESS) {
              killTree(starting.result());
            }
          });
      throw e;
    }
  }

  /**
   * Has the shell run a command, with {@link SubprocessOptions#defaults()}.
   *
   * @param command the command line. Never build it from what a stranger wrote
   * @return the running shell
   * @throws IOException if the shell cannot be run
   */
  public static Subprocess shell(String command) throws IOException {
    return shell(SubprocessOptions.defaults(), command);
  }

  /**
   * Has the shell run a command: {@code /bin/sh -c}, or {@code cmd.exe /c} on Windows. Suspends the
   * calling task as {@link #exec(SubprocessOptions, String...)} does.
   *
   * <p>Counterpart of {@code asyncio.create_subprocess_shell}.
   *
   * @param options its standard streams, directory and environment
   * @param command the command line. Never build it from what a stranger wrote
   * @return the running shell
   * @throws IOException if the shell cannot be run
   */
  public static Subprocess shell(SubprocessOptions options, String command) throws IOException {
    return File.separatorChar == '\\'
        ? exec(options, "cmd.exe", "/c", command)
        : exec(options, "/bin/sh", "-c", command);
  }

  // ---- the end of the process

  private void exitedOnAnotherThread(Process ended) {
    try {
      loop.callSoonThreadsafe(() -> exited(ended.exitValue()));
    } catch (IllegalStateException _) {
      // the loop is closed, and has reported that the process ran
    }
  }

  private void exited(int status) {
    returnCode = OptionalInt.of(status);
    loop.resources().remove(resource);
    if (stdinPipe != null) {
      stdinPipe.processEnded();
    }
    SendQueue.wake(exitWaiters);
  }

  private @Nullable String releaseAtLoopClose() {
    loop.report(
        this
            + " was running when its loop closed; "
            + (killOnCancel ? "it is killed" : "it is left running, with its pipes closed")
            + "; await or kill it before",
        null);
    if (killOnCancel) {
      killTree();
    }
    if (stdin != null) {
      stdin.abort();
    }
    return null;
  }

  /**
   * Suspends the calling task until the process has ended. A pipe that nobody reads can make that
   * wait for ever.
   *
   * <p><b>Cancellation.</b> The process goes on, unless {@link SubprocessOptions#withKillOnCancel}
   * says otherwise.
   *
   * <p>Counterpart of {@code Process.wait}, whose name every Java object has taken.
   *
   * @return the exit status; 128 plus the signal's number if a signal ended it, where asyncio has
   *     the negative number: Java does not tell the two apart
   * @throws CancellationException if the task was cancelled while it waited
   * @throws IllegalStateException if it must wait and the caller is no task
   */
  public int await() {
    if (returnCode.isEmpty()) {
      Turn turn = new Turn(loop, this::toString);
      exitWaiters.add(turn);
      loop.resources().eventsDue(1);
      try {
        turn.await();
      } catch (CancellationException e) {
        if (killOnCancel) {
          killTree();
        }
        throw e;
      } finally {
        exitWaiters.remove(turn);
        loop.resources().eventsDue(-1);
      }
    }
    return returnCode.getAsInt();
  }

  /**
   * Closes the process's input, reads its outputs to their ends and waits until it has ended.
   *
   * @return the outputs, of those streams that are pipes
   * @throws IOException if an output cannot be read
   */
  public Output communicate() throws IOException {
    return communicate(new byte[0]);
  }

  /**
   * Writes the process's input, reads its outputs, all at the same time, and waits until it has
   * ended. Suspends the calling task. The outputs are kept in memory, however long. That the
   * process does not read all of its input is no error.
   *
   * <p><b>Cancellation.</b> The process goes on, unless {@link SubprocessOptions#withKillOnCancel}
   * says otherwise; what was read stays in the readers.
   *
   * <p>Counterpart of {@code Process.communicate}.
   *
   * @param input what to write, after which the input is closed
   * @return the outputs, of those streams that are pipes
   * @throws IOException if an output cannot be read
   * @throws IllegalStateException if there is input and standard input is no pipe
   * @throws CancellationException if the task was cancelled while it waited
   */
  public Output communicate(byte[] input) throws IOException {
    if (input.length > 0 && stdin == null) {
      throw new IllegalStateException(
          this + " has no pipe for its input; start it with options.withStdin(Stdio.PIPE)");
    }
    List<Callable<byte[]>> pumps =
        List.of(() -> feed(input), () -> drained(stdout), () -> drained(stderr));
    List<byte[]> results;
    try {
      results = Asyncio.gather(pumps).<IOException>await();
    } catch (CancellationException e) {
      if (killOnCancel) {
        killTree();
      }
      throw e;
    }
    return new Output(await(), results.get(1), results.get(2));
  }

  private byte[] feed(byte[] input) {
    if (stdin != null) {
      try {
        stdin.write(input);
        stdin.close();
      } catch (IOException e) {
        if (loop.debug()) {
          loop.report(this + " did not read all of its input", e);
        }
      }
    }
    return input;
  }

  private static byte[] drained(@Nullable StreamReader reader) throws IOException {
    return reader == null ? new byte[0] : reader.readAll();
  }

  // ---- signals

  /**
   * Sends a signal. Suspends the calling task while the system's {@code kill} command runs, since
   * Java itself knows two signals only. Not on Windows.
   *
   * <p>Counterpart of {@code Process.send_signal}.
   *
   * @param signal its name, such as {@code "INT"} or {@code "SIGHUP"}, or its number
   * @throws IllegalArgumentException if it is no name or number
   * @throws IllegalStateException if the process has ended
   * @throws IOException if the signal cannot be sent
   * @throws CancellationException if the task was cancelled while it waited
   */
  public void sendSignal(String signal) throws IOException {
    String upper = signal.toUpperCase(Locale.ROOT);
    String name = upper.startsWith("SIG") ? upper.substring(3) : upper;
    if (!SIGNAL_NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "'" + signal + "' is no signal; give a name such as INT, or a number");
    }
    if (!process.isAlive()) {
      throw new IllegalStateException(this + " has ended and gets no signal");
    }
    Asyncio.<IOException>toThread(() -> runKill(name));
  }

  private void runKill(String signal) throws IOException {
    Process kill =
        new ProcessBuilder("kill", "-s", signal, Long.toString(process.pid()))
            .redirectErrorStream(true)
            .start();
    try {
      byte[] said = kill.getInputStream().readAllBytes();
      if (!kill.waitFor(KILL_COMMAND_LIMIT.toSeconds(), TimeUnit.SECONDS)
          || kill.exitValue() != 0) {
        throw new IOException(
            "signal "
                + signal
                + " could not be sent to "
                + this
                + ": "
                + new String(said, Output.nativeCharset()).strip());
      }
    } catch (InterruptedException e) {
      throw new IOException("sending signal " + signal + " to " + this + " was interrupted", e);
    }
  }

  /**
   * Asks the process to end ({@code SIGTERM}). Does not suspend. Has no effect on one that has
   * ended, where asyncio throws.
   *
   * <p>Counterpart of {@code Process.terminate}.
   */
  public void terminate() {
    process.destroy();
  }

  /**
   * Ends the process ({@code SIGKILL}), but not what it has started. Does not suspend. Has no
   * effect on one that has ended, where asyncio throws.
   *
   * <p>Counterpart of {@code Process.kill}.
   */
  public void kill() {
    process.destroyForcibly();
  }

  /**
   * Ends the process and all that it has started and that descends from it still. Does not suspend.
   *
   * <p>asyncio has no counterpart.
   */
  public void killTree() {
    killTree(process);
  }

  /** Ends a process and what descends from it. By any thread. */
  static void killTree(Process root) {
    List<ProcessHandle> descendants = root.descendants().toList();
    root.destroyForcibly();
    descendants.forEach(ProcessHandle::destroyForcibly);
  }

  // ---- what it is

  /**
   * Returns the pipe to the process's standard input. Close it for the process to meet its end.
   *
   * @return the writer
   * @throws IllegalStateException if standard input is no pipe
   */
  public StreamWriter stdin() {
    return piped("stdin", stdin);
  }

  /**
   * Returns the pipe from the process's standard output.
   *
   * @return the reader
   * @throws IllegalStateException if standard output is no pipe
   */
  public StreamReader stdout() {
    return piped("stdout", stdout);
  }

  /**
   * Returns the pipe from the process's standard error.
   *
   * @return the reader
   * @throws IllegalStateException if standard error is no pipe of its own
   */
  public StreamReader stderr() {
    return piped("stderr", stderr);
  }

  private <T> T piped(String stream, @Nullable T pipe) {
    if (pipe == null) {
      throw new IllegalStateException(
          this + " has no pipe for " + stream + "; ask for Stdio.PIPE in SubprocessOptions");
    }
    return pipe;
  }

  /**
   * Returns the process's number. May be called by any thread.
   *
   * @return the number
   */
  public long pid() {
    return process.pid();
  }

  /**
   * Returns how the process ended, as {@link #await} does. Does not suspend.
   *
   * <p>Counterpart of {@code Process.returncode}.
   *
   * @return the exit status, or empty while the process runs
   */
  public OptionalInt returnCode() {
    return returnCode;
  }

  @Override
  public String toString() {
    return "process " + process.pid() + " (" + command + ")";
  }
}
