package io.asyncio4j.sql;

/**
 * What somebody has sent with {@code notify}.
 *
 * @param channel the channel it was sent on
 * @param payload what was sent with it, or an empty string
 * @param processId the server's process that served the sender
 */
public record Notification(String channel, String payload, int processId) {}
