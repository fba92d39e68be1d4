package io.asyncio4j;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.concurrent.Flow;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The items of a {@link Flow.Publisher} as an iterable whose iterator suspends the calling task
 * until there is an item.
 *
 * {@snippet :
 * try (PublishedItems<String> lines = PublishedItems.of(publisher)) {
 *   for (String line : lines) {
 *     print(line);
 *   }
 * }
 * }
 *
 * <p>It subscribes when it is iterated, once. Of what was not taken yet it asks for a bounded
 * number only. Leaving the loop early does not end the subscription; {@link #close()} does, and so
 * does {@link #forEach} by itself. It belongs to the loop on which it was made; the publisher may
 * send from any thread.
 *
 * <p>Counterpart of an asynchronous generator that {@code async for} reads, but to be closed by a
 * try statement.
 *
 * @param <T> the type of the items
 */
public final class PublishedItems<T> implements Iterable<T>, AutoCloseable {
  private static final int DEFAULT_BUFFER = 32;

  private final EventLoop loop = EventLoop.current();
  private final Flow.Publisher<? extends T> publisher;
  private final int buffer;
  private final Deque<T> items = new ArrayDeque<>();
  private @Nullable Subscriber subscriber;
  private @Nullable Future<@Nullable Void> arrival;
  private @Nullable Throwable failure;
  private boolean ended;
  private boolean closed;
  private int takenSinceRequest;
  private int requested;

  private PublishedItems(Flow.Publisher<? extends T> publisher, int buffer) {
    this.publisher = Objects.requireNonNull(publisher, "publisher");
    if (buffer < 1) {
      throw new IllegalArgumentException("a buffer has room for at least 1 item, not " + buffer);
    }
    this.buffer = buffer;
  }

  /**
   * Creates an iterable that asks for up to 32 items before they are taken.
   *
   * @param publisher where the items come from
   * @return an iterable; close it
   * @param <T> the type of the items
   * @throws IllegalStateException if called outside a running loop
   */
  public static <T> PublishedItems<T> of(Flow.Publisher<? extends T> publisher) {
    return new PublishedItems<>(publisher, DEFAULT_BUFFER);
  }

  /**
   * Creates an iterable as {@link #of(Flow.Publisher)} does.
   *
   * @param publisher where the items come from
   * @param buffer how many items to ask for before they are taken, at least 1
   * @return an iterable; close it
   * @param <T> the type of the items
   * @throws IllegalArgumentException if the buffer is less than 1
   * @throws IllegalStateException if called outside a running loop
   */
  public static <T> PublishedItems<T> of(Flow.Publisher<? extends T> publisher, int buffer) {
    return new PublishedItems<>(publisher, buffer);
  }

  /**
   * Subscribes, and returns the items in the order in which they come. {@code hasNext} and {@code
   * next} suspend the calling task; both throw the publisher's failure, as the object that it sent,
   * after the items that came before it, and {@link java.util.concurrent.CancellationException} if
   * the task is cancelled.
   *
   * @return the iterator
   * @throws IllegalStateException if this was iterated before, or is closed
   * @throws WrongThreadException if called on a thread other than the loop's
   */
  @Override
  public Iterator<T> iterator() {
    loop.checkThread("iterator");
    if (closed || subscriber != null) {
      throw new IllegalStateException(
          "published items can be iterated once; these " + (closed ? "are closed" : "were"));
    }
    Subscriber created = new Subscriber();
    subscriber = created;
    publisher.subscribe(created);
    return new Items();
  }

  /**
   * Runs an action for each item, in the calling task, and closes this, however it ends.
   *
   * @param action gets each item; may suspend
   */
  @Override
  public void forEach(Consumer<? super T> action) {
    try (PublishedItems<T> _ = this) {
      for (T item : this) {
        action.accept(item);
      }
    }
  }

  /**
   * Cancels the subscription, unless it has ended, and drops what was not taken. A task that waits
   * for an item gets the end. Does not suspend, unless the publisher's {@code cancel} does. Closing
   * twice has no effect.
   *
   * @throws WrongThreadException if called on a thread other than the loop's
   */
  @Override
  public void close() {
    loop.checkThread("close");
    if (closed) {
      return;
    }
    closed = true;
    items.clear();
    boolean live = !ended;
    ended = true;
    wake();
    Subscriber active = subscriber;
    if (live && active != null) {
      active.cancel();
    }
  }

  private void wake() {
    Future<@Nullable Void> waiting = arrival;
    arrival = null;
    if (waiting != null && !waiting.isDone()) {
      waiting.setResult(null);
    }
  }

  private void arrived(T item) {
    if (ended) {
      return; // it was on its way when the subscription ended
    }
    if (items.size() >= requested) {
      end(
          new IllegalStateException(
              publisher + " sent more than the " + requested + " items that were asked for"));
      Objects.requireNonNull(subscriber).cancel();
      return;
    }
    items.add(item);
    wake();
  }

  private void end(@Nullable Throwable thrown) {
    if (!ended) {
      ended = true;
      failure = thrown;
      wake();
    }
  }

  /** Waits for an item or the end; returns whether there is an item. */
  private boolean await() {
    while (items.isEmpty() && !ended) {
      Future<@Nullable Void> waiting = arrival;
      if (waiting == null || waiting.isDone()) {
        waiting = loop.createFuture();
        arrival = waiting;
      }
      waiting.await();
    }
    if (!items.isEmpty()) {
      return true;
    }
    Throwable thrown = failure;
    if (thrown != null) {
      throw Rethrow.<RuntimeException>as(thrown);
    }
    return false;
  }

  private T take() {
    T item = items.remove();
    takenSinceRequest++;
    requested--;
    int atOnce = Math.max(1, buffer / 2);
    if (!ended && takenSinceRequest >= atOnce) {
      int more = takenSinceRequest;
      takenSinceRequest = 0;
      requested += more;
      Objects.requireNonNull(subscriber).request(more);
    }
    return item;
  }

  private final class Items implements Iterator<T> {
    @Override
    public boolean hasNext() {
      return await();
    }

    @Override
    public T next() {
      if (!await()) {
        throw new NoSuchElementException("the publisher has no more items");
      }
      return take();
    }
  }

  /** What the publisher knows of us. Its methods may be called by any thread. */
  private final class Subscriber implements Flow.Subscriber<T> {
    private volatile Flow.@Nullable Subscription subscription;

    @Override
    public void onSubscribe(Flow.Subscription given) {
      Objects.requireNonNull(given, "subscription");
      if (subscription != null) {
        given.cancel(); // a subscriber has one subscription
        return;
      }
      subscription = given;
      if (loop.isOnLoop()) {
        requested = buffer;
      } else {
        onLoop(this::begun); // before all items, since the loop takes things in order
      }
      given.request(buffer);
    }

    private void begun() {
      requested = buffer;
      if (ended) {
        cancel(); // it was closed while the publisher took its time
      }
    }

    @Override
    public void onNext(T item) {
      Objects.requireNonNull(item, "item");
      onLoop(() -> arrived(item));
    }

    @Override
    public void onError(Throwable thrown) {
      Objects.requireNonNull(thrown, "thrown");
      onLoop(() -> end(thrown));
    }

    @Override
    public void onComplete() {
      onLoop(() -> end(null));
    }

    private void onLoop(Runnable event) {
      try {
        loop.callSoonThreadsafe(event);
      } catch (IllegalStateException closedLoop) {
        cancel(); // nobody is left to take anything
      }
    }

    void request(int more) {
      Flow.Subscription active = subscription;
      if (active != null) {
        active.request(more);
      }
    }

    void cancel() {
      Flow.Subscription active = subscription;
      if (active != null) {
        active.cancel();
      }
    }
  }
}
