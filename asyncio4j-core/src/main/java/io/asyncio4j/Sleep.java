package io.asyncio4j;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What a sleeping task awaits; it is the callback of its own timer. */
final class Sleep extends Future<@Nullable Void> implements Runnable {
  Sleep(EventLoop loop) {
    super(loop);
  }

  /** Suspends the calling task for a time, which is positive. */
  static void sleep(EventLoop loop, Duration delay) {
    Sleep sleep = new Sleep(loop);
    TimerHandle timer = loop.callLater(delay, sleep);
    try {
      sleep.await();
    } finally {
      timer.cancel();
    }
  }

  /** Ends the sleep, when its time has come. */
  @Override
  public void run() {
    if (!isDone()) {
      succeed(null);
    }
  }

  @Override
  String describe() {
    return "sleep";
  }
}
