package io.asyncio4j;

/**
 * What a loop has done and has to do, counted at one moment.
 *
 * <p>Counterpart of nothing in asyncio, which counts none of it.
 *
 * @param tasksPending tasks that are not done
 * @param tasksStarted tasks that were ever started
 * @param tasksFinished tasks that are done
 * @param ready tasks and callbacks that run in the next turn
 * @param timers callbacks that wait for their time, with those that another thread has cancelled
 *     and the loop has not cleared away yet
 * @param turns turns that the loop took
 * @param steps tasks and callbacks that it let run, each time that it did
 * @param executorJobs calls in executors that have not ended
 * @param foreignWaits tasks that wait in a blocking call of another library
 */
public record LoopStatistics(
    long tasksPending,
    long tasksStarted,
    long tasksFinished,
    int ready,
    int timers,
    long turns,
    long steps,
    int executorJobs,
    int foreignWaits) {}
