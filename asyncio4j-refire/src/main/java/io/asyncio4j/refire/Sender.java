package io.asyncio4j.refire;

import java.util.concurrent.CancellationException;

/** What puts a request on the wire. */
@FunctionalInterface
interface Sender {
  /**
   * Sends a request and suspends the calling task until its answer is there.
   *
   * @throws CancellationException if the calling task was cancelled
   */
  Attempt send(Sending.Send request);
}
