package io.asyncio4j.testing;

import io.asyncio4j.Asyncio;
import io.asyncio4j.Task;
import io.asyncio4j.ThrowingCallable;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A thread that makes one call on a loop, and on which others can give up. */
final class LoopThread<T extends @Nullable Object, X extends Exception> {
  private final Thread thread;
  private volatile @Nullable Task<?> mainTask;
  private @Nullable Object result;
  private @Nullable Throwable failure;

  /** What the thread does. */
  interface Call<T extends @Nullable Object, X extends Exception> {
    T on(LoopThread<T, X> thread) throws X;
  }

  LoopThread(String loopName, Call<T, X> call) {
    thread =
        Thread.ofPlatform()
            .daemon()
            .name("asyncio4j-test-" + loopName)
            .unstarted(
                () -> {
                  try {
                    result = call.on(this);
                  } catch (Throwable e) { // whatever the test throws is its outcome
                    failure = e;
                  }
                });
  }

  void start() {
    thread.start();
  }

  /** Runs the body of the main task, and remembers which task that is. */
  T main(ThrowingCallable<T, X> body) throws X {
    mainTask = Asyncio.currentTask();
    return body.call();
  }

  boolean join(Duration atMost) throws InterruptedException {
    return thread.join(atMost);
  }

  boolean joinUninterruptibly(Duration atMost) {
    long deadline = System.nanoTime() + atMost.toNanos();
    boolean interrupted = false;
    boolean ended = false;
    while (!ended && System.nanoTime() < deadline) {
      try {
        ended = thread.join(Duration.ofNanos(Math.max(1, deadline - System.nanoTime())));
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return ended;
  }

  /** Asks the call to end, by what may reach it. */
  void cancelMain() {
    Task<?> main = mainTask;
    if (main != null) {
      main.cancel("the test was ended");
    }
    thread.interrupt();
  }

  /** Returns what the call returned, or throws what it threw, once it has ended. */
  @SuppressWarnings({"unchecked", "NullAway"}) // the call returned a T, or threw an X
  T outcome() throws X {
    Throwable thrown = failure;
    if (thrown instanceof Error error) {
      throw error;
    }
    if (thrown != null) {
      throw (X) thrown;
    }
    return (T) result;
  }
}
