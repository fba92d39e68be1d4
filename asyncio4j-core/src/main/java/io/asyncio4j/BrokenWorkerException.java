package io.asyncio4j;

import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Thrown when the worker process of a {@link ProcessPoolExecutor} ended while it ran a task, or
 * could not be started for one.
 *
 * <p>Counterpart of {@code concurrent.futures.process.BrokenProcessPool}, but only the task that
 * ran in that worker gets it, and the pool goes on.
 */
public final class BrokenWorkerException extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private static final long NONE = -1;

  /** The process id, or {@link #NONE}. */
  private final long pid;

  /** The exit status, or {@link #NONE}. */
  private final int exitStatus;

  BrokenWorkerException(String message, @Nullable Throwable cause) {
    super(message, cause);
    pid = NONE;
    exitStatus = (int) NONE;
  }

  BrokenWorkerException(String message, long pid, int exitStatus) {
    super(message);
    this.pid = pid;
    this.exitStatus = exitStatus;
  }

  /**
   * Returns the number that the process had.
   *
   * @return the number, or empty if no process could be started
   */
  public OptionalLong pid() {
    return pid == NONE ? OptionalLong.empty() : OptionalLong.of(pid);
  }

  /**
   * Returns how the process ended.
   *
   * @return its exit status, 128 plus the signal's number if a signal ended it; empty if no process
   *     could be started
   */
  public OptionalInt exitStatus() {
    return pid == NONE ? OptionalInt.empty() : OptionalInt.of(exitStatus);
  }
}
