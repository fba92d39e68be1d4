package io.asyncio4j;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The timers of one loop, of which it gives those that are due, by deadline and then by age.
 * Touched by the loop's thread only.
 */
final class TimerWheel {
  /* A hierarchical timing wheel (Varghese and Lauck, 1987). Time is cut into ticks, which are numbers in
  base 64: a timer is in the level of the highest digit in which its tick differs from the current one,
  in the slot of its own digit there. So a slot is a list that a timer enters and leaves in constant
  time, which most timers do: they are timeouts that never fire. When time reaches a slot, its timers
  move to lower levels, and those of the current tick to a heap, small since a tick is short, that
  gives them in exact order. */

  private static final int TICK_BITS = 16; // 65,536 ns
  private static final int DIGIT_BITS = 6;
  private static final int SLOTS = 1 << DIGIT_BITS;
  private static final int LEVELS = 8; // 48 bits, which all ticks of a long have

  /** What {@link TimerHandle#place} is for a timer in the heap, plus its index there. */
  private static final int IN_HEAP = LEVELS * SLOTS;

  private final @Nullable TimerHandle[] slots = new TimerHandle[LEVELS * SLOTS];

  /** For each level the slots that are not empty, as bits. */
  private final long[] occupied = new long[LEVELS];

  /** The timers of the current tick and of those before it: a heap with the first one at 0. */
  private @Nullable TimerHandle[] heap = new TimerHandle[16];

  private int heapSize;
  private int size;
  private long tick;

  /** A time before which no timer is due, so that most turns need not look. */
  private long nothingBefore = Long.MAX_VALUE;

  int size() {
    return size;
  }

  boolean isEmpty() {
    return size == 0;
  }

  void add(TimerHandle timer) {
    size++;
    place(timer);
    nothingBefore = Math.min(nothingBefore, timer.when());
  }

  private void place(TimerHandle timer) {
    long due = timer.when() >> TICK_BITS;
    if (due <= tick) {
      if (heapSize == heap.length) {
        heap = Arrays.copyOf(heap, 2 * heapSize);
      }
      siftUp(timer, heapSize++);
      return;
    }
    int level = (Long.SIZE - 1 - Long.numberOfLeadingZeros(due ^ tick)) / DIGIT_BITS;
    int digit = (int) (due >> (level * DIGIT_BITS)) & (SLOTS - 1);
    int slot = level * SLOTS + digit;
    TimerHandle first = slots[slot];
    timer.place = slot;
    timer.next = first;
    if (first != null) {
      first.previous = timer;
    }
    slots[slot] = timer;
    occupied[level] |= 1L << digit;
  }

  /** Takes a timer out, unless it is out already. */
  void remove(TimerHandle timer) {
    int place = timer.place;
    if (place == TimerHandle.NOWHERE) {
      return;
    }
    size--;
    timer.place = TimerHandle.NOWHERE;
    if (place >= IN_HEAP) {
      removeFromHeap(place - IN_HEAP);
      return;
    }
    TimerHandle before = timer.previous;
    TimerHandle after = (TimerHandle) timer.next;
    timer.previous = null;
    timer.next = null;
    if (after != null) {
      after.previous = before;
    }
    if (before != null) {
      before.next = after;
    } else {
      slots[place] = after;
      if (after == null) {
        occupied[place / SLOTS] &= ~(1L << (place % SLOTS));
      }
    }
  }

  /** Takes out the first timer if it is due at a time, else returns null. */
  @Nullable TimerHandle pollDue(long now) {
    if (now < nothingBefore) {
      return null;
    }
    TimerHandle first = firstUntil(now >> TICK_BITS);
    if (first != null && first.when() <= now) {
      remove(first);
      return first;
    }
    nothingBefore = first != null ? first.when() : firstTime();
    return null;
  }

  /** Moves on to the first tick that has a timer, or to the last one given if none has until it. */
  private @Nullable TimerHandle firstUntil(long lastTick) {
    while (heapSize == 0) {
      int slot = firstSlot();
      if (slot < 0 || tickOf(slot) > lastTick) {
        tick = Math.max(tick, lastTick);
        return null;
      }
      tick = tickOf(slot);
      TimerHandle timer = slots[slot];
      slots[slot] = null;
      occupied[slot / SLOTS] &= ~(1L << (slot % SLOTS));
      while (timer != null) {
        TimerHandle after = (TimerHandle) timer.next;
        timer.previous = null;
        timer.next = null;
        place(timer);
        timer = after;
      }
    }
    return heap[0];
  }

  /** Returns the slot that time reaches first, or -1 if there is nothing but the heap. */
  private int firstSlot() {
    for (int level = 0; level < LEVELS; level++) {
      if (occupied[level] != 0) {
        return level * SLOTS + Long.numberOfTrailingZeros(occupied[level]);
      }
    }
    return -1;
  }

  /** Returns the first tick of a slot. */
  private long tickOf(int slot) {
    int shift = slot / SLOTS * DIGIT_BITS;
    return ((tick >> shift & -SLOTS) | slot % SLOTS) << shift;
  }

  /** Returns a time before which no timer in a slot is due. */
  private long firstTime() {
    int slot = firstSlot();
    return slot < 0 ? Long.MAX_VALUE : tickOf(slot) << TICK_BITS;
  }

  /**
   * Returns the deadline of the first timer, or {@link Long#MAX_VALUE} if there is none.
   *
   * @param atMost how many timers to look at; where those are not all, the result may be an earlier
   *     time, at which to look again
   */
  long firstDeadline(int atMost) {
    if (heapSize > 0) {
      return heap(0).when();
    }
    int slot = firstSlot();
    long deadline = Long.MAX_VALUE;
    int left = atMost;
    TimerHandle timer = slot < 0 ? null : slots[slot];
    while (timer != null) {
      if (left-- == 0) {
        return Math.max(firstTime(), nothingBefore);
      }
      deadline = Math.min(deadline, timer.when());
      timer = (TimerHandle) timer.next;
    }
    return deadline;
  }

  void clear() {
    Arrays.fill(slots, null);
    Arrays.fill(occupied, 0);
    Arrays.fill(heap, null);
    heapSize = 0;
    size = 0;
  }

  // ---- the heap

  private TimerHandle heap(int index) {
    TimerHandle timer = heap[index];
    if (timer == null) {
      throw new AssertionError("no timer at " + index + " of " + heapSize);
    }
    return timer;
  }

  private void put(TimerHandle timer, int index) {
    heap[index] = timer;
    timer.place = IN_HEAP + index;
  }

  private void removeFromHeap(int index) {
    TimerHandle last = heap(--heapSize);
    heap[heapSize] = null;
    if (index == heapSize) {
      return;
    }
    siftUp(last, index);
    if (last.place == IN_HEAP + index) { // it did not rise
      siftDown(last, index);
    }
  }

  private void siftUp(TimerHandle timer, int from) {
    int index = from;
    while (index > 0) {
      int parent = (index - 1) / 2;
      if (heap(parent).compareTo(timer) < 0) {
        break;
      }
      put(heap(parent), index);
      index = parent;
    }
    put(timer, index);
  }

  private void siftDown(TimerHandle timer, int from) {
    int index = from;
    int child = 2 * index + 1;
    while (child < heapSize) {
      if (child + 1 < heapSize && heap(child + 1).compareTo(heap(child)) < 0) {
        child++;
      }
      if (timer.compareTo(heap(child)) < 0) {
        break;
      }
      put(heap(child), index);
      index = child;
      child = 2 * index + 1;
    }
    put(timer, index);
  }
}
