package io.asyncio4j.refire;

import io.asyncio4j.EventLoop;
import io.asyncio4j.Future;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CancellationException;

/**
 * How many requests may be on their way: one at first, more while answers are good, fewer when they
 * are bad. For the tasks of one loop; those that wait are let through in their order.
 *
 * <p>Bad answers are of two kinds. Some say that the servers have too much to do: 429, 503, 504, no
 * connection, no answer in time. Others may be one page's own: 500, or a connection that is cut.
 *
 * <p>Until the first cut each good answer makes room for one more, which doubles the number with
 * each round of answers. From there on each round adds one, and is cut at its end by half the share
 * of its answers of the first kind, or of all bad ones if these are more than half: a burst of
 * failures halves it, one request in ten that is turned away takes a twentieth, one page in ten
 * that is broken takes nothing. A round ends when as many answers have come as there was room for
 * at its beginning; failures of requests that were begun before it do not count, so that one burst
 * is not counted twice.
 *
 * <p>The rule for the cut is that of DCTCP (RFC 8257, section 3.3), with the share of bad answers
 * in the place of the share of marked packets.
 */
final class Gate {
  /** Fewer answers than these have no share that would mean something. */
  private static final int LEAST_ROUND = 8;

  private final int max;
  private final Deque<Future<Boolean>> waiting = new ArrayDeque<>();
  private double room = 1;
  private boolean starting = true;
  private int inside;
  private long round;
  private int roundSize = LEAST_ROUND;
  private int answers;
  private int bad;
  private int overload;

  /** A place inside, which knows the round in which it was taken. */
  final class Place implements AutoCloseable {
    private final long begun = round;

    private Place() {}

    /** Tells that the request got an answer of a server in good health. */
    void wasGood() {
      room = Math.min(max, room + (starting ? 1 : 1 / room));
      count(false, false);
    }

    /**
     * Tells that the request got none.
     *
     * @param overload whether that says that the servers have too much to do
     */
    void wasBad(boolean overload) {
      count(true, overload);
    }

    private void count(boolean isBad, boolean isOverload) {
      if (begun == round) {
        answers++;
        bad += isBad ? 1 : 0;
        overload += isOverload ? 1 : 0;
        endRound();
      }
    }

    /** Leaves. */
    @Override
    public void close() {
      inside--;
      letIn();
    }
  }

  /** Makes a gate that lets no more than so many in at a time. */
  Gate(int max) {
    this.max = max;
  }

  /** Suspends the calling task until there is a place for it, and takes it. */
  Place enter() {
    if (waiting.isEmpty() && inside < ceiling()) {
      inside++;
      return new Place();
    }
    Future<Boolean> turn = EventLoop.current().createFuture();
    waiting.add(turn);
    try {
      turn.await();
    } catch (CancellationException e) {
      waiting.remove(turn);
      if (turn.isDone() && !turn.isCancelled()) {
        inside--;
        letIn();
      }
      throw e;
    }
    return new Place();
  }

  /** Returns how many may be inside now. */
  int ceiling() {
    return Math.max(1, (int) room);
  }

  /** Returns how many are inside now. */
  int inside() {
    return inside;
  }

  private void endRound() {
    if (answers < roundSize) {
      return;
    }
    int cutting = 2 * bad > answers ? bad : overload;
    if (cutting > 0) {
      starting = false;
      room = Math.max(1, room * (1 - 0.5 * cutting / answers));
    }
    round++;
    roundSize = Math.max(LEAST_ROUND, ceiling());
    answers = 0;
    bad = 0;
    overload = 0;
  }

  private void letIn() {
    while (inside < ceiling()) {
      Future<Boolean> next = waiting.poll();
      if (next == null) {
        return;
      }
      if (!next.isDone()) {
        inside++;
        next.setResult(true);
      }
    }
  }
}
