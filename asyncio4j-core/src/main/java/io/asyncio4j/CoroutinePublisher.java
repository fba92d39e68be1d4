package io.asyncio4j;

import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.Flow;

/**
 * A {@link Flow.Publisher} whose items a coroutine makes: for each subscriber a task of the loop
 * runs the body, and is suspended in {@link Emitter#emit} until the subscriber has asked for the
 * item.
 *
 * <p>The subscriber is called by that task: it may block, and suspends nothing but the task. When
 * the body returns, the subscriber gets {@code onComplete}; when it throws, {@code onError} with
 * that object. When the subscriber cancels, the task is cancelled, and may clean up. A subscriber
 * that throws ends its own subscription, which is reported to the loop's exception handler.
 *
 * <p>May be subscribed to by any thread, any number of times, as long as the loop is open. It
 * follows the rules of Reactive Streams.
 *
 * <p>Counterpart of an asynchronous generator, but for subscribers of other libraries.
 *
 * @param <T> the type of the items
 */
public final class CoroutinePublisher<T> implements Flow.Publisher<T> {
  private final EventLoop loop;
  private final Body<T> body;

  private CoroutinePublisher(EventLoop loop, Body<T> body) {
    this.loop = Objects.requireNonNull(loop, "loop");
    this.body = Objects.requireNonNull(body, "body");
  }

  /**
   * A coroutine that makes items for one subscriber.
   *
   * @param <T> the type of the items
   */
  @FunctionalInterface
  public interface Body<T> {
    /**
     * Makes the items.
     *
     * @param emitter where they go
     * @throws Exception what the subscriber is to get as its error
     */
    void run(Emitter<T> emitter) throws Exception;
  }

  /**
   * The place to which a coroutine brings its items.
   *
   * @param <T> the type of the items
   */
  public interface Emitter<T> {
    /**
     * Suspends the calling task until the subscriber has asked for one more item, and gives it this
     * one. Tasks that emit at the same time do so one after another, in the order of their calls.
     *
     * @param item the item, not null
     * @throws java.util.concurrent.CancellationException if the calling task was cancelled, as that
     *     of the body is when the subscriber cancels, or if the subscription has ended
     * @throws IllegalStateException if the body has ended
     */
    void emit(T item);
  }

  /**
   * Creates a publisher of what a coroutine emits.
   *
   * @param loop where its tasks run
   * @param body the coroutine, run once for each subscriber
   * @return the publisher
   * @param <T> the type of the items
   */
  public static <T> CoroutinePublisher<T> of(EventLoop loop, Body<T> body) {
    return new CoroutinePublisher<>(loop, body);
  }

  /**
   * Creates a publisher of what an iterable gives, whose iterator may suspend.
   *
   * @param loop where its tasks run
   * @param items makes an iterable for each subscriber, in the task that iterates it
   * @return the publisher
   * @param <T> the type of the items
   */
  public static <T> CoroutinePublisher<T> ofItems(
      EventLoop loop, Callable<? extends Iterable<? extends T>> items) {
    Objects.requireNonNull(items, "items");
    return new CoroutinePublisher<>(
        loop,
        emitter -> {
          for (T item : items.call()) {
            emitter.emit(item);
          }
        });
  }

  /**
   * Creates a publisher of what is put into a queue, until the queue is shut down. An item is taken
   * when a subscriber has asked for one. Several subscribers share the items: each goes to one of
   * them.
   *
   * @param loop the queue's loop, where the tasks run
   * @param queue the queue
   * @return the publisher
   * @param <T> the type of the items
   */
  public static <T> CoroutinePublisher<T> ofQueue(EventLoop loop, Queue<? extends T> queue) {
    Objects.requireNonNull(queue, "queue");
    return new CoroutinePublisher<>(
        loop,
        emitter -> {
          CoroutineSubscription<T> subscription = (CoroutineSubscription<T>) emitter;
          while (true) {
            subscription.awaitDemand();
            T item;
            try {
              item = queue.get();
            } catch (QueueShutDownException e) {
              return;
            }
            emitter.emit(item);
          }
        });
  }

  /**
   * Subscribes. Does not suspend, unless the subscriber's {@code onSubscribe} does, which is called
   * by the calling thread. If the loop is closed or was shut down, the subscriber gets that as its
   * error.
   */
  @Override
  public void subscribe(Flow.Subscriber<? super T> subscriber) {
    Objects.requireNonNull(subscriber, "subscriber");
    new CoroutineSubscription<T>(loop, body, subscriber).begin();
  }
}
