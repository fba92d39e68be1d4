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
 * <p>Until the first bad answer each good one makes room for one more, which doubles the number
 * with each round of answers. From there on each round adds one, and is cut at its end by half the
 * share of its bad answers: a burst of failures halves it, one page in ten that is broken for good
 * takes a twentieth. A round ends when as many answers have come as there was room for; answers to
 * requests that were begun before it do not count, so that one burst is not counted twice.
 *
 * <p>The rule for the cut is that of DCTCP (RFC 8257, section 3.3), with the share of bad answers
 * in the place of the share of marked packets.
 */
final class Gate {
  private final int max;
  private final Deque<Future<Boolean>> waiting = new ArrayDeque<>();
  private double room = 1;
  private boolean starting = true;
  private int inside;
  private long round;
  private int roundSize = 1;
  private int answers;
  private int bad;

  /** A place inside, which knows the round in which it was taken. */
  final class Place implements AutoCloseable {
    private final long begun = round;

    private Place() {}

    /** Tells that the request got an answer of a server in good health. */
    void wasGood() {
      room = Math.min(max, room + (starting ? 1 : 1 / room));
      count(false);
    }

    /** Tells that the request got none. */
    void wasBad() {
      starting = false;
      count(true);
    }

    private void count(boolean isBad) {
      if (begun == round) {
        answers++;
        bad += isBad ? 1 : 0;
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
    room = Math.max(1, room * (1 - 0.5 * bad / answers));
    round++;
    roundSize = ceiling();
    answers = 0;
    bad = 0;
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
