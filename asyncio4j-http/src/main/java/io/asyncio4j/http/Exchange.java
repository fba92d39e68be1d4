package io.asyncio4j.http;

import io.asyncio4j.Future;
import io.asyncio4j.TimerHandle;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** One request on the wire and its answer, from the queue of the pool to its end. */
final class Exchange {
  final Origin origin;
  final String method;

  /** Request line and headers, the empty line included. */
  final byte[] head;

  final byte[] body;
  final long maxBodyBytes;
  final Duration readTimeout;

  /** Whether the body of the answer is counted only. */
  final boolean discardsBody;

  private final Future<Outcome> outcome;

  /** The connection that works for this exchange, from its beginning to be made on. */
  @Nullable Connection connection;

  @Nullable TimerHandle poolTimer;

  /** The place in the queue. */
  long ticket;

  /** How many times it was put on a connection: twice if the first one proved stale. */
  int timesSent;

  Exchange(
      Future<Outcome> outcome,
      Origin origin,
      String method,
      byte[] head,
      byte[] body,
      long maxBodyBytes,
      Duration readTimeout,
      boolean discardsBody) {
    this.outcome = outcome;
    this.origin = origin;
    this.method = method;
    this.head = head;
    this.body = body;
    this.maxBodyBytes = maxBodyBytes;
    this.readTimeout = readTimeout;
    this.discardsBody = discardsBody;
  }

  /** Tells whether it ended, or nobody awaits it any more. */
  boolean isOver() {
    return outcome.isDone();
  }

  void end(Outcome how) {
    stopPoolTimer();
    if (!outcome.isDone()) {
      outcome.setResult(how);
    }
  }

  /**
   * Ends with a fault of this program, such as too little memory, which says nothing of the server.
   */
  void crash(Error fault) {
    stopPoolTimer();
    if (!outcome.isDone()) {
      outcome.setException(fault);
    }
  }

  void stopPoolTimer() {
    TimerHandle timer = poolTimer;
    if (timer != null) {
      timer.cancel();
      poolTimer = null;
    }
  }
}
