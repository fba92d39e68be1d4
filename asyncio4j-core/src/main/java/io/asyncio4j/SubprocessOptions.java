package io.asyncio4j;

import java.io.File;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How {@link Subprocess} starts a process. Immutable: each {@code with} method returns other
 * options.
 *
 * <p>Counterpart of the keyword arguments of {@code asyncio.create_subprocess_exec}.
 */
public final class SubprocessOptions {
  private static final SubprocessOptions DEFAULTS =
      new SubprocessOptions(
          Stdio.INHERIT,
          Stdio.INHERIT,
          Stdio.INHERIT,
          null,
          Map.of(),
          false,
          StreamReader.DEFAULT_LIMIT,
          false);

  private final Stdio stdin;
  private final Stdio stdout;
  private final Stdio stderr;
  private final @Nullable Path directory;
  private final Map<String, String> environment;
  private final boolean onlyThisEnvironment;
  private final int limit;
  private final boolean killOnCancel;

  /** What a standard stream of a process is connected to. */
  public static final class Stdio {
    /** What this JVM's is connected to. */
    public static final Stdio INHERIT = new Stdio(ProcessBuilder.Redirect.INHERIT);

    /** A pipe to this JVM: a {@link StreamWriter} or a {@link StreamReader}. */
    public static final Stdio PIPE = new Stdio(ProcessBuilder.Redirect.PIPE);

    /** Nothing: an input that is at its end, an output that is thrown away. */
    public static final Stdio DEVNULL = new Stdio(null);

    /** For standard error: where standard output goes. */
    public static final Stdio STDOUT = new Stdio(null);

    private final ProcessBuilder.@Nullable Redirect redirect;

    private Stdio(ProcessBuilder.@Nullable Redirect redirect) {
      this.redirect = redirect;
    }

    /**
     * Reads from a file.
     *
     * @param file the file
     * @return what to give to {@link #withStdin}
     */
    public static Stdio from(Path file) {
      return new Stdio(ProcessBuilder.Redirect.from(file.toFile()));
    }

    /**
     * Writes to a file, which is emptied first.
     *
     * @param file the file
     * @return what to give to {@link #withStdout} or {@link #withStderr}
     */
    public static Stdio to(Path file) {
      return new Stdio(ProcessBuilder.Redirect.to(file.toFile()));
    }

    /**
     * Writes to the end of a file.
     *
     * @param file the file
     * @return what to give to {@link #withStdout} or {@link #withStderr}
     */
    public static Stdio appendTo(Path file) {
      return new Stdio(ProcessBuilder.Redirect.appendTo(file.toFile()));
    }
  }

  private SubprocessOptions(
      Stdio stdin,
      Stdio stdout,
      Stdio stderr,
      @Nullable Path directory,
      Map<String, String> environment,
      boolean onlyThisEnvironment,
      int limit,
      boolean killOnCancel) {
    this.stdin = stdin;
    this.stdout = stdout;
    this.stderr = stderr;
    this.directory = directory;
    this.environment = environment;
    this.onlyThisEnvironment = onlyThisEnvironment;
    this.limit = limit;
    this.killOnCancel = killOnCancel;
  }

  /**
   * Returns the options of a process that shares this JVM's standard streams, directory and
   * environment.
   *
   * @return the defaults
   */
  public static SubprocessOptions defaults() {
    return DEFAULTS;
  }

  /**
   * Returns the options of a process whose three standard streams are pipes.
   *
   * @return the defaults with {@link Stdio#PIPE} thrice
   */
  public static SubprocessOptions pipes() {
    return DEFAULTS.withStdin(Stdio.PIPE).withStdout(Stdio.PIPE).withStderr(Stdio.PIPE);
  }

  /**
   * Returns these options with another standard input.
   *
   * @param from what the process reads from
   * @return new options
   * @throws IllegalArgumentException if it can only be written to
   */
  public SubprocessOptions withStdin(Stdio from) {
    check(from != Stdio.STDOUT && isFor(from, ProcessBuilder.Redirect.Type.READ), "stdin", from);
    return new SubprocessOptions(
        from, stdout, stderr, directory, environment, onlyThisEnvironment, limit, killOnCancel);
  }

  /**
   * Returns these options with another standard output.
   *
   * @param to what the process writes to
   * @return new options
   * @throws IllegalArgumentException if it can only be read from
   */
  public SubprocessOptions withStdout(Stdio to) {
    check(to != Stdio.STDOUT && !isFrom(to), "stdout", to);
    return new SubprocessOptions(
        stdin, to, stderr, directory, environment, onlyThisEnvironment, limit, killOnCancel);
  }

  /**
   * Returns these options with another standard error.
   *
   * @param to what the process writes its errors to; {@link Stdio#STDOUT} joins them to its output
   * @return new options
   * @throws IllegalArgumentException if it can only be read from
   */
  public SubprocessOptions withStderr(Stdio to) {
    check(!isFrom(to), "stderr", to);
    return new SubprocessOptions(
        stdin, stdout, to, directory, environment, onlyThisEnvironment, limit, killOnCancel);
  }

  private static void check(boolean fits, String stream, Stdio given) {
    if (!fits) {
      throw new IllegalArgumentException(
          stream + " cannot be " + (given == Stdio.STDOUT ? "STDOUT" : given.redirect));
    }
  }

  private static boolean isFrom(Stdio stdio) {
    return stdio.redirect != null && stdio.redirect.type() == ProcessBuilder.Redirect.Type.READ;
  }

  /** Tells whether a redirect goes to no file, or to one in a direction. */
  private static boolean isFor(Stdio stdio, ProcessBuilder.Redirect.Type direction) {
    return stdio.redirect == null
        || stdio.redirect.file() == null
        || stdio.redirect.type() == direction;
  }

  /**
   * Returns these options with another working directory.
   *
   * @param newDirectory the directory
   * @return new options
   */
  public SubprocessOptions withDirectory(Path newDirectory) {
    return new SubprocessOptions(
        stdin,
        stdout,
        stderr,
        Objects.requireNonNull(newDirectory, "newDirectory"),
        environment,
        onlyThisEnvironment,
        limit,
        killOnCancel);
  }

  /**
   * Returns these options with an environment variable, beside those of this JVM.
   *
   * @param name the variable
   * @param value its value
   * @return new options
   */
  public SubprocessOptions withVariable(String name, String value) {
    Map<String, String> more = new LinkedHashMap<>(environment);
    more.put(name, value);
    return new SubprocessOptions(
        stdin, stdout, stderr, directory, more, onlyThisEnvironment, limit, killOnCancel);
  }

  /**
   * Returns these options with an environment that has nothing of this JVM's.
   *
   * @param variables all variables
   * @return new options
   */
  public SubprocessOptions withEnvironment(Map<String, String> variables) {
    return new SubprocessOptions(
        stdin, stdout, stderr, directory, Map.copyOf(variables), true, limit, killOnCancel);
  }

  /**
   * Returns these options with another limit for the readers' {@link StreamReader#readLine}.
   *
   * @param bytes the limit
   * @return new options
   * @throws IllegalArgumentException if it is not positive
   */
  public SubprocessOptions withLimit(int bytes) {
    return new SubprocessOptions(
        stdin,
        stdout,
        stderr,
        directory,
        environment,
        onlyThisEnvironment,
        StreamReader.checkLimit(bytes),
        killOnCancel);
  }

  /**
   * Returns these options with the process and all that it started killed or not when a task is
   * cancelled that waits for it in {@link Subprocess#await} or {@link Subprocess#communicate}, and
   * when the loop closes while it runs. By default it is left running, as in asyncio.
   *
   * @param kill whether it is killed
   * @return new options
   */
  public SubprocessOptions withKillOnCancel(boolean kill) {
    return new SubprocessOptions(
        stdin, stdout, stderr, directory, environment, onlyThisEnvironment, limit, kill);
  }

  /** Returns a builder that starts a command so. */
  ProcessBuilder builder(String... command) {
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.redirectInput(
        stdin.redirect != null ? stdin.redirect : ProcessBuilder.Redirect.from(devNull()));
    builder.redirectOutput(
        stdout.redirect != null ? stdout.redirect : ProcessBuilder.Redirect.DISCARD);
    if (stderr == Stdio.STDOUT) {
      builder.redirectErrorStream(true);
    } else {
      builder.redirectError(
          stderr.redirect != null ? stderr.redirect : ProcessBuilder.Redirect.DISCARD);
    }
    if (directory != null) {
      builder.directory(directory.toFile());
    }
    if (onlyThisEnvironment) {
      builder.environment().clear();
    }
    builder.environment().putAll(environment);
    return builder;
  }

  private static File devNull() {
    return new File(File.separatorChar == '\\' ? "NUL" : "/dev/null");
  }

  boolean hasStdinPipe() {
    return stdin == Stdio.PIPE;
  }

  boolean hasStdoutPipe() {
    return stdout == Stdio.PIPE;
  }

  boolean hasStderrPipe() {
    return stderr == Stdio.PIPE;
  }

  int limit() {
    return limit;
  }

  boolean killOnCancel() {
    return killOnCancel;
  }
}
