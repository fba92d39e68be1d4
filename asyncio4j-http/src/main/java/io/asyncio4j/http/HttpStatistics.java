package io.asyncio4j.http;

/**
 * What a client holds at one moment, and what it has done.
 *
 * @param open connections that hold a descriptor, those being made included: connecting + inUse +
 *     idle
 * @param connecting connections being made
 * @param inUse connections with a request under way
 * @param idle connections that wait for the next request
 * @param waiting requests that wait for a connection
 * @param connectionsOpened how many connections were begun so far
 * @param requestsSent how many requests were written to a connection so far; a redirect or a retry
 *     is one more
 */
public record HttpStatistics(
    int open,
    int connecting,
    int inUse,
    int idle,
    int waiting,
    long connectionsOpened,
    long requestsSent) {}
