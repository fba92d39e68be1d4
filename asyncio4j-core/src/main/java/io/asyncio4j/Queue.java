package io.asyncio4j;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/**
 * A FIFO queue between tasks of one loop, bounded or not. It is not for threads.
 *
 * <p>Tasks that wait to put or to get are served in the order in which they began to wait.
 *
 * <p>Counterpart of {@code asyncio.Queue}; {@code put_nowait} and {@code get_nowait} are {@link
 * #putNow} and {@link #getNow}, and items are never null.
 *
 * @param <T> the type of the items
 */
public final class Queue<T> {
  /* From asyncio 3.14's queues.py. */

  private final int maxSize;
  private final Deque<T> items = new ArrayDeque<>();
  private final Deque<Future<@Nullable Void>> getters = new ArrayDeque<>();
  private final Deque<Future<@Nullable Void>> putters = new ArrayDeque<>();
  private final Event finished = new Event();
  private int unfinished;
  private boolean shutDown;

  /** Creates a queue without a bound. */
  public Queue() {
    this(0);
  }

  /**
   * Creates a queue.
   *
   * @param maxSize how many items it holds at most; zero or less means any number
   */
  public Queue(int maxSize) {
    this.maxSize = maxSize;
    finished.set();
  }

  /**
   * Suspends the calling task until there is room, and puts an item at the end. Returns at once if
   * there is room.
   *
   * <p><b>Cancellation.</b> A task that is cancelled while it waits puts nothing, and its turn goes
   * to the next.
   *
   * @param item the item
   * @throws QueueShutDownException if the queue was shut down, before or while it waited
   * @throws CancellationException if the task was cancelled while it waited
   * @throws IllegalStateException if it must wait and the caller is no task
   */
  public void put(T item) {
    Objects.requireNonNull(item, "item");
    while (isFull()) {
      if (shutDown) {
        throw shutDownException();
      }
      awaitTurn(putters, true);
    }
    putNow(item);
  }

  /**
   * Puts an item at the end without waiting.
   *
   * @param item the item
   * @throws QueueFullException if there is no room
   * @throws QueueShutDownException if the queue was shut down
   */
  public void putNow(T item) {
    Objects.requireNonNull(item, "item");
    if (shutDown) {
      throw shutDownException();
    }
    if (isFull()) {
      throw new QueueFullException(
          "the queue holds "
              + maxSize
              + " items, which is its most; use put(...) to wait for room");
    }
    items.add(item);
    unfinished++;
    finished.clear();
    wakeNext(getters);
  }

  /**
   * Suspends the calling task until there is an item, and takes the first. Returns at once if there
   * is one.
   *
   * <p><b>Cancellation.</b> A task that is cancelled while it waits takes nothing, and its turn
   * goes to the next.
   *
   * @return the item
   * @throws QueueShutDownException if the queue was shut down and is empty
   * @throws CancellationException if the task was cancelled while it waited
   * @throws IllegalStateException if it must wait and the caller is no task
   */
  public T get() {
    while (items.isEmpty()) {
      if (shutDown) {
        throw shutDownException();
      }
      awaitTurn(getters, false);
    }
    return getNow();
  }

  /**
   * Takes the first item without waiting.
   *
   * @return the item
   * @throws QueueEmptyException if there is none
   * @throws QueueShutDownException if there is none and the queue was shut down
   */
  public T getNow() {
    T item = items.poll();
    if (item == null) {
      if (shutDown) {
        throw shutDownException();
      }
      throw new QueueEmptyException("the queue is empty; use get() to wait for an item");
    }
    wakeNext(putters);
    return item;
  }

  private void awaitTurn(Deque<Future<@Nullable Void>> line, boolean forRoom) {
    Future<@Nullable Void> turn = EventLoop.current().createFuture();
    line.add(turn);
    try {
      turn.await();
    } catch (RuntimeException | Error e) { // a cancellation, or the caller is no task
      turn.cancel();
      line.remove(turn);
      boolean possible = forRoom ? !isFull() : !items.isEmpty();
      if (possible && !turn.isCancelled()) {
        wakeNext(line);
      }
      throw e;
    }
  }

  private static void wakeNext(Deque<Future<@Nullable Void>> line) {
    Future<@Nullable Void> next = line.poll();
    while (next != null) {
      if (!next.isDone()) {
        next.setResult(null);
        return;
      }
      next = line.poll();
    }
  }

  /**
   * Tells the queue that an item that was taken has been dealt with, for {@link #join()}.
   *
   * @throws IllegalStateException if called more often than items were put
   */
  public void taskDone() {
    if (unfinished == 0) {
      throw new IllegalStateException("taskDone() was called more often than items were put");
    }
    unfinished--;
    if (unfinished == 0) {
      finished.set();
    }
  }

  /**
   * Suspends the calling task until {@link #taskDone()} was called for every item that was put.
   *
   * @throws CancellationException if the task was cancelled while it waited
   */
  public void join() {
    if (unfinished > 0) {
      finished.await();
    }
  }

  /**
   * Shuts the queue down: nothing more can be put, tasks that wait to put fail, and those that get
   * fail once the queue is empty. Does not suspend.
   *
   * <p>Counterpart of {@code Queue.shutdown()}.
   */
  public void shutdown() {
    shutDown = true;
    wakeAll(getters);
    wakeAll(putters);
  }

  /**
   * Shuts the queue down as {@link #shutdown()} does and drops its items, so that those who get
   * fail at once. A dropped item counts as dealt with for {@link #join()}.
   *
   * <p>Counterpart of {@code Queue.shutdown(immediate=True)}.
   */
  public void shutdownNow() {
    for (int dropped = items.size(); dropped > 0; dropped--) {
      items.remove();
      if (unfinished > 0) {
        taskDone();
      }
    }
    shutdown();
  }

  private static void wakeAll(Deque<Future<@Nullable Void>> line) {
    for (Future<@Nullable Void> turn = line.poll(); turn != null; turn = line.poll()) {
      if (!turn.isDone()) {
        turn.setResult(null);
      }
    }
  }

  private static QueueShutDownException shutDownException() {
    return new QueueShutDownException("the queue was shut down");
  }

  /**
   * Returns how many items the queue holds.
   *
   * @return the number of items
   */
  public int size() {
    return items.size();
  }

  /**
   * Tells whether the queue holds no item.
   *
   * @return whether {@link #get()} would wait
   */
  public boolean isEmpty() {
    return items.isEmpty();
  }

  /**
   * Tells whether the queue holds as many items as it can.
   *
   * @return whether {@link #put} would wait
   */
  public boolean isFull() {
    return maxSize > 0 && items.size() >= maxSize;
  }

  /**
   * Returns how many items the queue holds at most.
   *
   * @return the bound; zero or less means none
   */
  public int maxSize() {
    return maxSize;
  }
}
