package io.asyncio4j.refire;

/**
 * What a run tells while it goes on. All methods do nothing unless overridden.
 *
 * <p>They are called one at a time: {@link #reading} on the thread that reads, the others on the
 * loop's thread inside a task. They must return soon, since the run waits for them; whoever draws
 * at a fixed pace keeps the latest state and draws it on a thread of its own. An exception out of
 * them stops the run.
 */
public interface ProgressListener {
  /** A listener that ignores everything. */
  ProgressListener NONE = new ProgressListener() {};

  /**
   * How far the reading has come.
   *
   * @param log the log being read, as it was named
   * @param lines lines read so far, of all logs
   * @param failed lines chosen so far
   * @param bytesRead bytes of the files read so far, compressed as they are
   * @param bytesTotal bytes of all files, or -1 if a log is no regular file
   */
  record Reading(String log, long lines, long failed, long bytesRead, long bytesTotal) {}

  /**
   * How far the firing has come.
   *
   * @param toSend requests to send in all
   * @param done requests with a final outcome
   * @param recovered those that recovered
   * @param failing those that did not
   * @param inFlight requests being sent or waiting for their answer now
   * @param waiting requests that wait for their next attempt
   * @param ceiling how many may be in flight now
   * @param attempts requests put on the wire so far, repeated ones included
   */
  record Firing(
      long toSend,
      long done,
      long recovered,
      long failing,
      int inFlight,
      int waiting,
      int ceiling,
      long attempts) {}

  /** Tells how far the reading has come; called every few thousand lines. */
  default void reading(Reading reading) {}

  /** Tells what will be sent; called once, before the first request. */
  default void planned(Plan plan) {}

  /** Tells how far the firing has come; called after each attempt. */
  default void firing(Firing firing) {}

  /** Tells something the operator should know at once, in one line without a line break. */
  default void note(String message) {}
}
