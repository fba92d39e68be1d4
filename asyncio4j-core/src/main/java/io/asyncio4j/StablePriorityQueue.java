package io.asyncio4j;

import java.util.AbstractQueue;
import java.util.Comparator;
import java.util.Iterator;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/** A priority queue whose equal items come out in the order in which they were put in. */
final class StablePriorityQueue<T> extends AbstractQueue<T> {
  private record Entry<T>(T item, long age) {}

  private final PriorityQueue<Entry<T>> entries;
  private long age;

  StablePriorityQueue(Comparator<? super T> order) {
    Comparator<Entry<T>> byItem = (a, b) -> order.compare(a.item(), b.item());
    entries = new PriorityQueue<>(byItem.thenComparingLong(Entry::age));
  }

  @Override
  public boolean offer(T item) {
    return entries.offer(new Entry<>(item, age++));
  }

  @Override
  public @Nullable T poll() {
    Entry<T> least = entries.poll();
    return least == null ? null : least.item();
  }

  @Override
  public @Nullable T peek() {
    Entry<T> least = entries.peek();
    return least == null ? null : least.item();
  }

  /** Returns the items in no particular order, as all priority queues of the JDK do. */
  @Override
  public Iterator<T> iterator() {
    return entries.stream().map(Entry::item).iterator();
  }

  @Override
  public int size() {
    return entries.size();
  }
}
