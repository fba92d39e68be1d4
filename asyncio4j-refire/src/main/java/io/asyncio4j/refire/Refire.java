package io.asyncio4j.refire;

import io.asyncio4j.Asyncio;
import io.asyncio4j.EventLoop;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * One run of refire: reads access logs, chooses what failed, sends it again and writes what
 * happened.
 *
 * <p>An instance serves for one call of {@link #plan} or {@link #run}.
 *
 * {@snippet :
 * RefireOptions options =
 *     RefireOptions.builder("access.log").target(URI.create("http://127.0.0.1:8080")).build();
 * Summary summary = new Refire(options).run(ProgressListener.NONE);
 * System.exit(summary.exitCode());
 * }
 */
public final class Refire {
  private static final String ASKED = "it was asked to";

  private final RefireOptions options;
  private final InputStream standardInput;
  private volatile boolean stopRequested;
  private @Nullable Runnable stopper;

  /** Makes a run that reads {@link System#in} where a log is named {@code -}. */
  public Refire(RefireOptions options) {
    this(options, System.in);
  }

  /** Makes a run that reads the given stream, which it does not close, where a log is {@code -}. */
  public Refire(RefireOptions options, InputStream standardInput) {
    this.options = options;
    this.standardInput = standardInput;
  }

  /**
   * Reads the logs and tells what would be sent. Sends nothing, and writes no file but a temporary
   * one. Blocks the calling thread while it reads.
   *
   * @throws RefireException if a log cannot be opened, or the disk has no room for what was chosen
   */
  public Plan plan(ProgressListener listener) throws RefireException {
    Intake.check(options);
    try (FailedRequests requests = collection();
        UnreadableLines unreadable = UnreadableLines.none()) {
      return intake(unreadable, requests, listener).read();
    } catch (IOException e) {
      throw cannotKeep(e);
    }
  }

  /**
   * Reads the logs, sends what failed and writes what happened.
   *
   * <p>Blocks the calling thread: it reads first, then runs a loop of its own for the sending. To
   * be called outside a loop; inside, give it to {@link Asyncio#toThread}.
   *
   * <p>An interrupt of the calling thread while it sends ends the run as {@link #stop} does, but
   * with a {@link java.util.concurrent.CancellationException} instead of a summary.
   *
   * @throws RefireException if the run cannot begin: a log cannot be opened, a file is in the way,
   *     a certificate cannot be used. Nothing was sent then. What goes wrong later is told by
   *     {@link Summary#stopped()}
   * @throws IllegalStateException if called inside a loop, or if the JVM lacks the flag that loops
   *     need
   */
  public Summary run(ProgressListener listener) throws RefireException {
    OutputFiles.check(options);
    Intake.check(options);
    try (FailedRequests requests = collection();
        UnreadableLines unreadable = UnreadableLines.in(options)) {
      try {
        Plan plan = intake(unreadable, requests, listener).read();
        if (unreadable.written().isEmpty()) {
          OutputFiles.removeStale(options.unreadableFile(), options);
        }
        listener.planned(plan);
        Summary summary =
            Asyncio.<Summary, RefireException>run(() -> fire(plan, requests, listener));
        List<Path> files = new ArrayList<>(summary.files());
        unreadable.written().ifPresent(files::add);
        return summary.withFiles(files);
      } catch (RefireException e) {
        unreadable.discard();
        throw e;
      }
    } catch (IOException e) {
      throw cannotKeep(e);
    }
  }

  /**
   * Ends the run early: nothing more is sent, requests in flight are given up, everything known is
   * written, and {@link #run} returns a summary that says so. May be called by any thread, before,
   * during and after the run, more than once; does not block.
   */
  public void stop() {
    stopRequested = true;
    synchronized (this) {
      if (stopper != null) {
        stopper.run();
      }
    }
  }

  private Summary fire(Plan plan, FailedRequests requests, ProgressListener listener)
      throws RefireException {
    int connections = FileLimit.connections();
    int concurrency = Math.min(options.concurrency(), connections);
    if (concurrency < options.concurrency()) {
      listener.note(
          "the concurrency is %d instead of %d, since this process may open no more files (ulimit -n)"
              .formatted(concurrency, options.concurrency()));
    }
    try (HttpSender sender = new HttpSender(options, concurrency);
        Records records = records(plan, requests)) {
      Engine engine =
          new Engine(
              options,
              plan,
              requests,
              records,
              listener,
              new Engine.World(sender, InstantSource.system(), new SplittableRandom()),
              concurrency);
      EventLoop loop = EventLoop.current();
      stopper(() -> loop.callSoonThreadsafe(() -> engine.stop(ASKED)));
      if (stopRequested) {
        engine.stop(ASKED);
      }
      try {
        return engine.run();
      } finally {
        stopper(null);
      }
    } catch (IOException e) {
      throw new RefireException("a file could not be closed: " + Problems.describe(e), e);
    }
  }

  private Records records(Plan plan, FailedRequests requests) throws RefireException {
    try {
      return Records.create(options, requests, plan.sendable() > 0);
    } catch (IOException e) {
      throw new RefireException(
          "the files to write cannot be created: %s".formatted(Problems.describe(e)), e);
    }
  }

  private synchronized void stopper(@Nullable Runnable newStopper) {
    stopper = newStopper;
  }

  private FailedRequests collection() {
    return new FailedRequests(OutputFiles.parent(options.outFile()), FailedRequests.DEFAULT_BOUND);
  }

  private Intake intake(
      UnreadableLines unreadable, FailedRequests requests, ProgressListener listener) {
    return new Intake(options, standardInput, unreadable, requests, listener, () -> stopRequested);
  }

  private static RefireException cannotKeep(IOException e) {
    return new RefireException(
        "what was read cannot be kept (%s); nothing was sent".formatted(Problems.describe(e)), e);
  }
}
