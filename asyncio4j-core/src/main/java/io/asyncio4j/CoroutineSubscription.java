package io.asyncio4j;

import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/** One subscriber of a {@link CoroutinePublisher}, and the task that makes its items. */
final class CoroutineSubscription<T> implements Flow.Subscription, CoroutinePublisher.Emitter<T> {
  /* The numbers are those of the rules of Reactive Streams. All signals but the first come from the
  task, one after another (1.3); what the subscriber asks for is handed to the loop, so that the demand
  needs no lock and request() never calls onNext() (3.3). */

  private final EventLoop loop;
  private final CoroutinePublisher.Body<T> body;
  private final Flow.Subscriber<? super T> subscriber;
  private final Lock emitting;

  private volatile boolean cancelled;
  private volatile boolean over;

  // Of the loop's thread.
  private long demand;
  private @Nullable Throwable wrongRequest;
  private @Nullable Throwable subscriberFailure;
  private @Nullable Task<?> task;
  private @Nullable Future<@Nullable Void> demanded;

  CoroutineSubscription(
      EventLoop loop, CoroutinePublisher.Body<T> body, Flow.Subscriber<? super T> subscriber) {
    this.loop = loop;
    this.body = body;
    this.subscriber = subscriber;
    this.emitting = new Lock();
  }

  /** Lets the subscriber know, and then begins to make items. */
  void begin() {
    subscriber.onSubscribe(this);
    if (cancelled) {
      return;
    }
    CompletableFuture<?> started;
    try {
      started = loop.submit(this::run);
    } catch (RejectedExecutionException e) {
      subscriber.onError(e);
      return;
    }
    started.whenComplete(
        (_, failure) -> {
          // The task passes its own end on; what it cannot pass on is that it never began, or that
          // its
          // loop closed under it.
          if (failure != null && !cancelled && !over) {
            subscriber.onError(failure);
          }
        });
  }

  private void run() {
    task = Task.current();
    Throwable thrown = null;
    try {
      if (mayEmit()) {
        body.run(this);
      }
    } catch (Throwable e) { // whatever the body throws is the subscriber's to know
      thrown = e;
    }
    over = true;
    if (subscriberFailure != null) {
      loop.report("a subscriber failed: " + subscriber, subscriberFailure);
    } else if (wrongRequest != null) {
      subscriber.onError(wrongRequest);
    } else if (cancelled) {
      if (thrown != null && !(thrown instanceof CancellationException)) {
        loop.report("a publisher's coroutine failed after its subscriber had cancelled", thrown);
      }
    } else if (thrown != null) {
      subscriber.onError(thrown);
    } else {
      subscriber.onComplete();
    }
  }

  @Override
  public void emit(T item) {
    Objects.requireNonNull(item, "item"); // 2.13
    emitting.acquire();
    try {
      awaitDemand();
      if (demand != Long.MAX_VALUE) { // 3.17: without a limit
        demand--;
      }
      signal(item);
    } finally {
      emitting.release();
    }
  }

  /** Suspends the calling task until the subscriber has asked for an item. */
  void awaitDemand() {
    while (demand == 0 && mayEmit()) {
      Future<@Nullable Void> waiting = loop.createFuture();
      demanded = waiting;
      waiting.await();
    }
    if (over) {
      throw new IllegalStateException(
          "the body of this publisher has ended; nothing can be emitted");
    }
    if (!mayEmit()) {
      throw Cancellation.create("the subscription has ended");
    }
  }

  private boolean mayEmit() {
    return !over && !cancelled && wrongRequest == null && subscriberFailure == null;
  }

  private void signal(T item) {
    try {
      subscriber.onNext(item);
    } catch (CancellationException e) {
      throw e; // the task was cancelled while the subscriber had it suspended
    } catch (Throwable e) { // 2.13: a subscriber that throws counts as one that cancelled
      subscriberFailure = e;
      throw Cancellation.create("the subscriber failed");
    }
  }

  @Override
  public void request(long n) {
    onLoop(
        () -> {
          if (n <= 0) {
            refuse(n);
          } else {
            demand = demand + n < 0 ? Long.MAX_VALUE : demand + n; // 3.17
            wake();
          }
        });
  }

  private void refuse(long n) { // 3.9
    if (!over && !cancelled && wrongRequest == null) {
      wrongRequest =
          new IllegalArgumentException(
              n + " items were requested; rule 3.9 of Reactive Streams wants at least 1");
      endTask();
    }
  }

  @Override
  public void cancel() {
    cancelled = true;
    onLoop(this::endTask);
  }

  private void endTask() {
    wake();
    if (task != null && !over) {
      task.cancel("the subscription has ended");
    }
  }

  private void wake() {
    Future<@Nullable Void> waiting = demanded;
    demanded = null;
    if (waiting != null && !waiting.isDone()) {
      waiting.setResult(null);
    }
  }

  private void onLoop(Runnable change) {
    if (loop.isOnLoop()) {
      change.run();
    } else if (!loop.isClosed()) {
      loop.enqueue(new Handle(loop, change));
    }
  }
}
