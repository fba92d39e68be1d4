package io.asyncio4j;

import io.asyncio4j.WorkerChannel.Kind;
import io.asyncio4j.WorkerChannel.Message;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One worker process, seen by the pool. A thread of the pool's starts it and talks to it, by
 * blocking calls; any thread may kill it.
 */
final class WorkerJvm {
  private static final Duration END_LIMIT = Duration.ofSeconds(10);
  private static final int SIGNAL_STATUS = 128;

  /** Of -XX:+ExitOnOutOfMemoryError. */
  private static final int OUT_OF_MEMORY_STATUS = 3;

  private boolean doomed;
  private @Nullable Process process;
  private @Nullable WorkerChannel channel;
  private int tasksGiven;

  /** What became of a task: the message with its outcome, or how the worker ended. */
  record Outcome(@Nullable Message reply, boolean begun) {}

  // ---- on the thread of the pool

  /**
   * Starts the process and waits until it has connected.
   *
   * @throws IOException if that fails; the process, if there is one, has ended then
   */
  void start(List<String> command) throws IOException {
    Path folder = Files.createTempDirectory("asyncio4j"); // which only this user may enter
    Path address = folder.resolve("s");
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      bind(server, address);
      try {
        Process started = launch(command, address);
        // A process that ends before it has connected ends the wait for it.
        started.onExit().thenRun(() -> closeQuietly(server));
        channel = new WorkerChannel(server.accept());
      } finally {
        Files.delete(address);
      }
    } catch (IOException e) {
      if (process == null) {
        throw e;
      }
      throw new IOException("it ended before it was ready, with " + describeStatus(awaitEnd()), e);
    } finally {
      Files.delete(folder);
    }
  }

  private static void bind(ServerSocketChannel server, Path address) throws IOException {
    try {
      server.bind(UnixDomainSocketAddress.of(address));
    } catch (IOException e) {
      throw new IOException(
          "no socket can be made at "
              + address
              + ": "
              + e.getMessage()
              + "; if the path is too long, set -Djava.io.tmpdir to a shorter one",
          e);
    }
  }

  private Process launch(List<String> command, Path address) throws IOException {
    List<String> all = new ArrayList<>(command);
    all.add(address.toString());
    ProcessBuilder builder =
        SubprocessOptions.defaults()
            .withStdin(SubprocessOptions.Stdio.DEVNULL)
            .builder(all.toArray(String[]::new));
    WorkerCommand.VARIABLES_WITH_FLAGS.forEach(builder.environment()::remove);
    Process started = builder.start();
    synchronized (this) {
      process = started;
      if (doomed) {
        Subprocess.killTree(started);
      }
    }
    return started;
  }

  private static void closeQuietly(ServerSocketChannel server) {
    try {
      server.close();
    } catch (IOException e) {
      throw new AssertionError("closing a socket that listens cannot fail", e);
    }
  }

  /** Has the process perform a task, and waits for what comes of it. */
  Outcome perform(byte[] task) {
    tasksGiven++;
    WorkerChannel open = requireStarted(channel);
    boolean begun = false;
    try {
      open.send(Kind.TASK, task);
      Message message = open.receive();
      begun = message.kind() == Kind.BEGUN;
      return new Outcome(open.receive(), begun);
    } catch (IOException _) {
      return new Outcome(null, begun); // the process has ended, or is about to
    }
  }

  /** Returns how many tasks were given to this process. */
  int tasksGiven() {
    return tasksGiven;
  }

  /** Tells whether it can be given a task, as far as is known. */
  boolean canRunMore(int maxTasks) {
    return tasksGiven < maxTasks && isAlive() && !isDoomed();
  }

  /**
   * Closes the channel, so that a process that has nothing to do ends with its shutdown hooks, and
   * waits for its end; one that takes long is killed. Returns its exit status.
   */
  int awaitEnd() {
    closeChannel();
    Process ending = requireStarted(process);
    boolean interrupted = false;
    try {
      while (true) {
        try {
          if (!ending.waitFor(END_LIMIT.toNanos(), TimeUnit.NANOSECONDS)) {
            Subprocess.killTree(ending);
          }
          return ending.waitFor();
        } catch (InterruptedException e) {
          interrupted = true; // by nobody that has a reason to; the process is about to end
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void closeChannel() {
    WorkerChannel open = channel;
    if (open != null) {
      try {
        open.close();
      } catch (IOException e) {
        throw new AssertionError("closing a socket cannot fail", e);
      }
    }
  }

  private static <T> T requireStarted(@Nullable T started) {
    if (started == null) {
      throw new IllegalStateException("the worker process was not started");
    }
    return started;
  }

  // ---- on any thread

  /** Notes that the process is to be killed, so that it is not used any more. */
  synchronized void doom() {
    doomed = true;
  }

  /** Tells whether the process was killed on purpose, or is about to be. */
  synchronized boolean isDoomed() {
    return doomed;
  }

  /** Ends the process, at once or as soon as it is started, and all that descends from it. */
  synchronized void kill() {
    doomed = true;
    if (process != null) {
      Subprocess.killTree(process);
    }
  }

  /** Tells whether a process was started, be it that it has ended. */
  synchronized boolean isStarted() {
    return process != null;
  }

  /** Tells whether there is a process that has not ended. */
  synchronized boolean isAlive() {
    return process != null && process.isAlive();
  }

  /** Returns the process's number. */
  synchronized long pid() {
    return requireStarted(process).pid();
  }

  static String describeStatus(int status) {
    String text = "exit status " + status;
    if (status == OUT_OF_MEMORY_STATUS) {
      return text + " (with which a JVM ends too that runs out of memory)";
    }
    return status > SIGNAL_STATUS
        ? text + " (signal " + (status - SIGNAL_STATUS) + ", if a signal ended it)"
        : text;
  }
}
