package io.asyncio4j;

import org.jspecify.annotations.Nullable;

/** A FIFO queue of what a loop does next. Touched by the loop's thread only. */
final class ReadyQueue {
  private @Nullable ReadyNode head;
  private @Nullable ReadyNode tail;
  private int size;

  void add(ReadyNode node) {
    ReadyNode last = tail;
    if (last == null) {
      head = node;
    } else {
      last.next = node;
    }
    tail = node;
    size++;
  }

  void addFirst(ReadyNode node) {
    node.next = head;
    head = node;
    if (tail == null) {
      tail = node;
    }
    size++;
  }

  @Nullable ReadyNode poll() {
    ReadyNode first = head;
    if (first != null) {
      head = first.next;
      first.next = null;
      if (head == null) {
        tail = null;
      }
      size--;
    }
    return first;
  }

  int size() {
    return size;
  }
}
