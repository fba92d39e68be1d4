package io.asyncio4j.refire;

import java.io.InputStream;

/**
 * One run of refire: reads access logs, chooses what failed, sends it again and writes what
 * happened.
 *
 * <p>An instance serves for one call of {@link #plan} or {@link #run}.
 *
 * <pre>{@code
 * RefireOptions options =
 *     RefireOptions.builder("access.log").target(URI.create("http://127.0.0.1:8080")).build();
 * Summary summary = new Refire(options).run(ProgressListener.NONE);
 * System.exit(summary.exitCode());
 * }</pre>
 */
public final class Refire {
  private final RefireOptions options;
  private final InputStream standardInput;
  private volatile boolean stopRequested;

  /** Makes a run that reads {@link System#in} where a log is named {@code -}. */
  public Refire(RefireOptions options) {
    this(options, System.in);
  }

  /** Makes a run that reads the given stream where a log is named {@code -}. */
  public Refire(RefireOptions options, InputStream standardInput) {
    this.options = options;
    this.standardInput = standardInput;
  }

  /**
   * Reads the logs and tells what would be sent. Sends nothing and writes no file but a temporary
   * one.
   *
   * <p>Blocks the calling thread while it reads; to be called outside a loop.
   *
   * @throws RefireException if a log cannot be opened
   */
  public Plan plan(ProgressListener listener) throws RefireException {
    return (Plan) begin(listener);
  }

  /**
   * Reads the logs, sends what failed and writes what happened.
   *
   * <p>Called outside a loop, it blocks the calling thread and runs a loop of its own for the
   * sending. Called inside a task, it suspends that task and sends on its loop; reading then
   * happens on a thread of the loop's executor. Cancelling that task is the same as {@link
   * #stop()}, and ends with {@link java.util.concurrent.CancellationException} after everything
   * known is written.
   *
   * @throws RefireException if the run cannot begin: a log cannot be opened, a file is in the way.
   *     Nothing was sent then. What goes wrong later is in {@link Summary#stopped()}
   */
  public Summary run(ProgressListener listener) throws RefireException {
    return (Summary) begin(listener);
  }

  /**
   * Ends the run early: nothing more is sent, requests in flight are given up, everything known is
   * written, and {@link #run} returns a summary that says so. May be called by any thread, before,
   * during and after the run, more than once; does not block.
   */
  public void stop() {
    stopRequested = true;
  }

  private Object begin(ProgressListener listener) {
    throw new UnsupportedOperationException(
        "not part of this build: " + options + standardInput + listener + stopRequested);
  }
}
