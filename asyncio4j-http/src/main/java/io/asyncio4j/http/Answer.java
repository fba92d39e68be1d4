package io.asyncio4j.http;

/**
 * What a server sent for one request on the wire.
 *
 * @param status the status, 200 or more
 * @param reason the words after it
 * @param headers the header fields
 * @param body the body as it was sent, still compressed if it was
 * @param received how many bytes of body came, kept or not
 * @param nanos how long it took from the first byte sent to the last one received
 */
@SuppressWarnings("ArrayRecordComponent") // carried, never compared
record Answer(int status, String reason, Headers headers, byte[] body, long received, long nanos)
    implements Outcome {}
