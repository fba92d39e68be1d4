package io.asyncio4j.refire;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What became of a request in the end.
 *
 * @param kind whether it recovered
 * @param status the last answer's status, or {@link LogLine#NO_STATUS} if the last attempt got none
 * @param failure what happened instead of an answer; null if one came, or nothing was sent
 * @param reason what is to be said of a request that failed or was not sent; empty if nothing
 * @param attempts how often it was put on the wire
 * @param size the bytes of the last answer's body
 * @param at when the last attempt was fired; the epoch if none was
 * @param took how long the last attempt took
 */
record Outcome(
    Kind kind,
    int status,
    @Nullable FailureKind failure,
    String reason,
    int attempts,
    long size,
    Instant at,
    Duration took) {
  /** How a request ended. */
  enum Kind {
    RECOVERED("recovered"),
    FAILING("failing"),
    INTERRUPTED("interrupted"),
    NOT_SENT("not-sent");

    private final String id;

    Kind(String id) {
      this.id = id;
    }

    String id() {
      return id;
    }
  }

  static Outcome notSent(String reason) {
    return new Outcome(
        Kind.NOT_SENT, LogLine.NO_STATUS, null, reason, 0, 0, Instant.EPOCH, Duration.ZERO);
  }

  /** Returns the same with more to be said of it. */
  Outcome adding(String remark) {
    String said = reason.isEmpty() ? remark : reason + "; " + remark;
    return new Outcome(kind, status, failure, said, attempts, size, at, took);
  }

  Answer answer() {
    return new Answer(status, size, at, took);
  }
}
