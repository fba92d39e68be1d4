package io.asyncio4j;

import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** The backend of a loop without I/O of its own: it parks the loop's thread. */
final class ParkBackend implements LoopBackend {
  private volatile @Nullable Thread thread;

  @Override
  public void attach() {
    thread = Thread.currentThread();
  }

  @Override
  public void poll() {}

  @Override
  public void await(long nanos) {
    if (nanos == Long.MAX_VALUE) {
      LockSupport.park(this);
    } else {
      LockSupport.parkNanos(this, nanos);
    }
  }

  @Override
  public void wakeup() {
    LockSupport.unpark(thread);
  }

  @Override
  public boolean hasPendingEvents() {
    return false;
  }

  @Override
  public void close() {}
}
