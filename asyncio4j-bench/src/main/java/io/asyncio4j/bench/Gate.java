package io.asyncio4j.bench;

import java.util.concurrent.CountDownLatch;

/** Platform threads that begin their work together. */
final class Gate {
  private final CountDownLatch open = new CountDownLatch(1);

  /** Starts threads, and returns when each waits at the gate. */
  void startThreads(int count, Runnable work) throws InterruptedException {
    CountDownLatch waiting = new CountDownLatch(count);
    for (int i = 0; i < count; i++) {
      Thread.ofPlatform()
          .daemon()
          .start(
              () -> {
                waiting.countDown();
                try {
                  open.await();
                } catch (InterruptedException e) {
                  throw new IllegalStateException(e);
                }
                work.run();
              });
    }
    waiting.await();
  }

  void open() {
    open.countDown();
  }
}
