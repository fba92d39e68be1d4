package io.asyncio4j.sql;

import java.time.Duration;

/**
 * The state of a {@link Database}'s pool at one moment.
 *
 * @param open how many connections are open, lent or not
 * @param idle how many of them are not lent
 * @param lent how many of them are lent
 * @param opening how many are being opened for a task
 * @param waiting how many tasks wait for one
 * @param longestWait how long the task waited that waited longest for one until now
 * @param maxSize how many there may be at once
 */
public record PoolStatistics(
    int open, int idle, int lent, int opening, int waiting, Duration longestWait, int maxSize) {}
