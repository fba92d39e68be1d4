package io.asyncio4j;

import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Comparator;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/**
 * A queue between tasks of one loop, bounded or not. It is not for threads.
 *
 * <p>Items come out first in, first out, or in the order of {@link #priority()} or {@link #lifo()}.
 * Tasks that wait to put or to get are served in the order in which they began to wait. A task that
 * need not wait when it asks does not, so that it may take an item before one that was woken for it
 * has run; the latter then keeps its place in line.
 *
 * <p>A queue ends with {@link #shutdown()}: nobody hangs after that, and a loop over the queue's
 * items ends.
 *
 * {@snippet :
 * for (String job : queue) { // until the queue is shut down and empty
 *   work(job);
 *   queue.taskDone();
 * }
 * }
 *
 * <p>Counterpart of {@code asyncio.Queue}, {@code PriorityQueue} and {@code LifoQueue}; {@code
 * put_nowait} and {@code get_nowait} are {@link #putNow} and {@link #getNow}, and items are never
 * null.
 *
 * @param <T> the type of the items
 */
public final class Queue<T> implements Iterable<T> {
  /* From asyncio 3.14's queues.py, but a getter or putter that was woken in vain goes back to its
  place in line, and not to the end. */

  private final int maxSize;
  private final java.util.Queue<T> items;
  private final WaitLine getters = line("to get");
  private final WaitLine putters = line("to put");
  private final WaitLine joiners = line("to join");
  private @Nullable String name;
  private int unfinished;
  private boolean shutDown;

  /** Creates a FIFO queue without a bound. */
  public Queue() {
    this(0);
  }

  /**
   * Creates a FIFO queue.
   *
   * @param maxSize how many items it holds at most; zero or less means any number
   */
  public Queue(int maxSize) {
    this(maxSize, new ArrayDeque<>());
  }

  private Queue(int maxSize, java.util.Queue<T> items) {
    this.maxSize = maxSize;
    this.items = items;
  }

  /**
   * Creates a queue without a bound that gives the least item first. Of equal items the one that
   * was put first comes first.
   *
   * <p>Counterpart of {@code asyncio.PriorityQueue}, whose equal items come in any order.
   *
   * @return the queue
   * @param <T> the type of the items
   */
  public static <T extends Comparable<? super T>> Queue<T> priority() {
    return priority(0);
  }

  /**
   * Creates a queue that gives the least item first, as {@link #priority()} does.
   *
   * @param maxSize how many items it holds at most; zero or less means any number
   * @return the queue
   * @param <T> the type of the items
   */
  public static <T extends Comparable<? super T>> Queue<T> priority(int maxSize) {
    return priority(maxSize, Comparator.<T>naturalOrder());
  }

  /**
   * Creates a queue without a bound that gives the least item first, as {@link #priority()} does.
   *
   * @param order what is least
   * @return the queue
   * @param <T> the type of the items
   */
  public static <T> Queue<T> priority(Comparator<? super T> order) {
    return priority(0, order);
  }

  /**
   * Creates a queue that gives the least item first, as {@link #priority()} does.
   *
   * @param maxSize how many items it holds at most; zero or less means any number
   * @param order what is least
   * @return the queue
   * @param <T> the type of the items
   */
  public static <T> Queue<T> priority(int maxSize, Comparator<? super T> order) {
    return new Queue<>(maxSize, new StablePriorityQueue<>(order));
  }

  /**
   * Creates a queue without a bound that gives the newest item first.
   *
   * <p>Counterpart of {@code asyncio.LifoQueue}.
   *
   * @return the queue
   * @param <T> the type of the items
   */
  public static <T> Queue<T> lifo() {
    return lifo(0);
  }

  /**
   * Creates a queue that gives the newest item first, as {@link #lifo()} does.
   *
   * @param maxSize how many items it holds at most; zero or less means any number
   * @return the queue
   * @param <T> the type of the items
   */
  public static <T> Queue<T> lifo(int maxSize) {
    return new Queue<>(maxSize, Collections.asLifoQueue(new ArrayDeque<>()));
  }

  /**
   * The state of a queue at one moment.
   *
   * @param size how many items it holds
   * @param maxSize how many it can hold; zero or less means any number
   * @param unfinished how many items were put that {@link #taskDone()} was not called for
   * @param tasksWaitingPut how many tasks wait to put
   * @param tasksWaitingGet how many tasks wait to get
   * @param shutDown whether it was shut down
   */
  public record Statistics(
      int size,
      int maxSize,
      int unfinished,
      int tasksWaitingPut,
      int tasksWaitingGet,
      boolean shutDown) {}

  private WaitLine line(String purpose) {
    return new WaitLine() {
      @Override
      public String describe() {
        return Queue.this + ", " + purpose;
      }
    };
  }

  /**
   * Gives this queue a name for reports.
   *
   * @param newName the name
   * @return this queue
   */
  public Queue<T> named(String newName) {
    name = Objects.requireNonNull(newName, "newName");
    return this;
  }

  // ---- put

  /**
   * Suspends the calling task until there is room, and puts an item. Returns at once if there is
   * room.
   *
   * <p><b>Cancellation.</b> A task that is cancelled while it waits puts nothing, and its turn goes
   * to the next.
   *
   * @param item the item
   * @throws QueueShutDownException if the queue was shut down, before or while it waited
   * @throws CancellationException if the task was cancelled while it waited
   * @throws IllegalStateException if it must wait and the caller is no task, or is a task of
   *     another loop than those that have waited before
   */
  public void put(T item) {
    Objects.requireNonNull(item, "item");
    if (isFull() && !shutDown) {
      awaitRoom();
    }
    putNow(item);
  }

  private void awaitRoom() {
    Turn turn = putters.join("Queue.put");
    try {
      turn.await();
      while (isFull() && !shutDown) {
        turn = putters.rejoin(turn);
        turn.await();
      }
    } catch (CancellationException e) {
      if (turn.hasCome() && !isFull()) {
        putters.wakeNext();
      }
      throw e;
    } finally {
      putters.leave(turn);
    }
  }

  /**
   * Puts an item without waiting.
   *
   * @param item the item
   * @throws QueueFullException if there is no room
   * @throws QueueShutDownException if the queue was shut down
   * @throws WrongThreadException if tasks of a loop have waited for this queue and the caller is
   *     not on that loop's thread; use {@code loop.callSoonThreadsafe(() -> queue.putNow(item))}
   */
  public void putNow(T item) {
    if (!offer(item)) {
      throw new QueueFullException(
          WaitLine.label("the queue", name)
              + " holds "
              + items.size()
              + " items, which is its most; use put(...) to wait for room");
    }
  }

  /**
   * Puts an item if there is room, without waiting.
   *
   * <p>asyncio has no counterpart but {@code put_nowait}, which throws.
   *
   * @param item the item
   * @return false if there was no room
   * @throws QueueShutDownException if the queue was shut down
   * @throws WrongThreadException as for {@link #putNow}
   */
  public boolean offer(T item) {
    Objects.requireNonNull(item, "item");
    getters.checkThread("Queue.put");
    if (shutDown) {
      throw shutDownException();
    }
    if (isFull()) {
      return false;
    }
    items.add(item);
    unfinished++;
    getters.wakeNext();
    return true;
  }

  // ---- get

  /**
   * Suspends the calling task until there is an item, and takes the one whose turn it is. Returns
   * at once if there is one.
   *
   * <p><b>Cancellation.</b> A task that is cancelled while it waits takes nothing, and its turn
   * goes to the next.
   *
   * @return the item
   * @throws QueueShutDownException if the queue was shut down and is empty
   * @throws CancellationException if the task was cancelled while it waited
   * @throws IllegalStateException if it must wait and the caller is no task, or is a task of
   *     another loop than those that have waited before
   */
  public T get() {
    if (items.isEmpty() && !shutDown) {
      awaitItem();
    }
    return getNow();
  }

  private void awaitItem() {
    Turn turn = getters.join("Queue.get");
    try {
      turn.await();
      while (items.isEmpty() && !shutDown) {
        turn = getters.rejoin(turn);
        turn.await();
      }
    } catch (CancellationException e) {
      if (turn.hasCome() && !items.isEmpty()) {
        getters.wakeNext();
      }
      throw e;
    } finally {
      getters.leave(turn);
    }
  }

  /**
   * Takes an item without waiting.
   *
   * @return the item
   * @throws QueueEmptyException if there is none
   * @throws QueueShutDownException if there is none and the queue was shut down
   * @throws WrongThreadException if tasks of a loop have waited for this queue and the caller is
   *     not on that loop's thread
   */
  public T getNow() {
    T item = take();
    if (item == null) {
      throw new QueueEmptyException(
          WaitLine.label("the queue", name) + " is empty; use get() to wait for an item");
    }
    return item;
  }

  /**
   * Takes an item if there is one, without waiting.
   *
   * <p>asyncio has no counterpart but {@code get_nowait}, which throws.
   *
   * @return the item, or empty if there is none now
   * @throws QueueShutDownException if there is none and the queue was shut down
   * @throws WrongThreadException as for {@link #getNow}
   */
  public Optional<T> poll() {
    return Optional.ofNullable(take());
  }

  private @Nullable T take() {
    putters.checkThread("Queue.get");
    T item = items.poll();
    if (item != null) {
      putters.wakeNext();
    } else if (shutDown) {
      throw shutDownException();
    }
    return item;
  }

  /**
   * Returns an iterator that takes the items, and ends when the queue is shut down and empty. Its
   * {@code hasNext} suspends the calling task as {@link #get()} does, takes the item and keeps it
   * for {@code next}. Several tasks may loop over one queue, each by an iterator of its own; each
   * item goes to one of them.
   *
   * <p><b>Cancellation.</b> As for {@link #get()}: {@code hasNext} and {@code next} throw {@link
   * CancellationException} and have taken nothing.
   *
   * <p>asyncio has no counterpart; it is the loop that ends at {@code QueueShutDown}.
   *
   * @return an iterator for one task
   */
  @Override
  public Iterator<T> iterator() {
    return new Iterator<>() {
      private @Nullable T taken;

      @Override
      public boolean hasNext() {
        if (taken == null) {
          try {
            taken = get();
          } catch (QueueShutDownException e) {
            return false;
          }
        }
        return true;
      }

      @Override
      public T next() {
        T item = hasNext() ? taken : null;
        if (item == null) {
          throw new NoSuchElementException(Queue.this + " has no more items");
        }
        taken = null;
        return item;
      }
    };
  }

  // ---- the end

  /**
   * Tells the queue that an item that was taken has been dealt with, for {@link #join()}.
   *
   * @throws IllegalStateException if called more often than items were put
   * @throws WrongThreadException if tasks of a loop have waited in {@link #join()} and the caller
   *     is not on that loop's thread
   */
  public void taskDone() {
    joiners.checkThread("Queue.taskDone");
    if (unfinished == 0) {
      throw new IllegalStateException("taskDone() was called more often than items were put");
    }
    unfinished--;
    if (unfinished == 0) {
      joiners.wakeAll();
    }
  }

  /**
   * Suspends the calling task until {@link #taskDone()} was called for every item that was put.
   *
   * @throws CancellationException if the task was cancelled while it waited
   * @throws IllegalStateException if it must wait and the caller is no task, or is a task of
   *     another loop than those that have waited before
   */
  public void join() {
    if (unfinished > 0) {
      joiners.await("Queue.join");
    }
  }

  /**
   * Shuts the queue down: nothing more can be put, tasks that wait to put fail, and those that get
   * fail once the queue is empty. Does not suspend. Shutting down twice has no effect.
   *
   * <p>Counterpart of {@code Queue.shutdown()}.
   *
   * @throws WrongThreadException if tasks of a loop have waited for this queue and the caller is
   *     not on that loop's thread; use {@code loop.callSoonThreadsafe(queue::shutdown)}
   */
  public void shutdown() {
    getters.checkThread("Queue.shutdown");
    putters.checkThread("Queue.shutdown");
    shutDown = true;
    getters.wakeAll();
    putters.wakeAll();
  }

  /**
   * Shuts the queue down as {@link #shutdown()} does and drops its items, so that those who get
   * fail at once. A dropped item counts as dealt with for {@link #join()}.
   *
   * <p>Counterpart of {@code Queue.shutdown(immediate=True)}.
   *
   * @throws WrongThreadException as for {@link #shutdown()}
   */
  public void shutdownNow() {
    joiners.checkThread("Queue.shutdownNow");
    shutdown();
    int dropped = Math.min(items.size(), unfinished);
    items.clear();
    for (; dropped > 0; dropped--) {
      taskDone();
    }
  }

  private QueueShutDownException shutDownException() {
    return new QueueShutDownException(WaitLine.label("the queue", name) + " was shut down");
  }

  // ---- what it holds

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

  /**
   * Returns the state of this queue.
   *
   * @return what it holds, and who waits
   */
  public Statistics statistics() {
    return new Statistics(
        items.size(), maxSize, unfinished, putters.live(), getters.live(), shutDown);
  }

  @Override
  public String toString() {
    return WaitLine.label("Queue", name)
        + " ("
        + items.size()
        + (maxSize > 0 ? " of " + maxSize : "")
        + " items"
        + (shutDown ? ", shut down" : "")
        + ")";
  }
}
