package io.asyncio4j;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * A queue through which other threads hand entries to a loop, and wake it. Offering neither blocks
 * nor allocates; once closed, nothing can be lost in it: an offer either arrives or is refused.
 */
final class InboundQueue {
  /* A Treiber stack that the loop takes whole and reverses. Closing swaps in a sentinel, so that
  "closed" and "empty" are one atomic state and no offer can slip in between. */

  private static final VarHandle HEAD;
  private static final VarHandle SLEEP;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      HEAD = lookup.findVarHandle(InboundQueue.class, "head", ReadyNode.class);
      SLEEP = lookup.findVarHandle(InboundQueue.class, "sleep", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private static final ReadyNode CLOSED =
      new ReadyNode() {
        @Override
        void fire() {
          throw new AssertionError("the closed mark is never queued");
        }
      };

  private static final int AWAKE = 0;
  private static final int ASLEEP = 1;
  private static final int BEING_WOKEN = 2;

  private volatile @Nullable ReadyNode head;

  /** Whether the loop sleeps; here, since a thread that has offered has this line in its cache. */
  private volatile int sleep = AWAKE;

  /** Returns false if the queue is closed, in which case the node was not taken. */
  boolean offer(ReadyNode node) {
    ReadyNode seen = head;
    while (seen != CLOSED) {
      node.next = seen;
      ReadyNode witness = (ReadyNode) HEAD.compareAndExchange(this, seen, node);
      if (witness == seen) {
        return true;
      }
      seen = witness;
    }
    node.next = null;
    return false;
  }

  /** Notes that the loop is about to sleep. It looks whether this queue is empty after that. */
  void fallAsleep() {
    sleep = ASLEEP;
  }

  void awake() {
    sleep = AWAKE;
  }

  boolean isAsleep() {
    return sleep != AWAKE;
  }

  /**
   * Tells whether the loop sleeps and the caller, which has offered something before, is to wake
   * it: that is one caller for each sleep, since to wake a thread is dear.
   */
  boolean claimsWakeup() {
    return sleep == ASLEEP && SLEEP.compareAndSet(this, ASLEEP, BEING_WOKEN);
  }

  boolean isEmpty() {
    return head == null;
  }

  void drainTo(ReadyQueue ready) {
    if (head == null) {
      return;
    }
    addReversed((ReadyNode) HEAD.getAndSet(this, null), ready);
  }

  /** Refuses all later offers; what had arrived goes to {@code rest}. */
  void close(ReadyQueue rest) {
    ReadyNode last = (ReadyNode) HEAD.getAndSet(this, CLOSED);
    if (last != CLOSED) {
      addReversed(last, rest);
    }
  }

  private static void addReversed(@Nullable ReadyNode stack, ReadyQueue ready) {
    ReadyNode reversed = null;
    while (stack != null) {
      ReadyNode below = stack.next;
      stack.next = reversed;
      reversed = stack;
      stack = below;
    }
    while (reversed != null) {
      ReadyNode after = reversed.next;
      reversed.next = null;
      ready.add(reversed);
      reversed = after;
    }
  }
}
