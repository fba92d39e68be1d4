package io.asyncio4j;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * A queue through which other threads hand entries to a loop. Offering neither blocks nor
 * allocates; once closed, nothing can be lost in it: an offer either arrives or is refused.
 */
final class InboundQueue {
  /* A Treiber stack that the loop takes whole and reverses. Closing swaps in a sentinel, so that
  "closed" and "empty" are one atomic state and no offer can slip in between. */

  private static final VarHandle HEAD;

  static {
    try {
      HEAD = MethodHandles.lookup().findVarHandle(InboundQueue.class, "head", ReadyNode.class);
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

  private volatile @Nullable ReadyNode head;

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
