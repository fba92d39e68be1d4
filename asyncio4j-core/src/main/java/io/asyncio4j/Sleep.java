package io.asyncio4j;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What a sleeping task awaits; it is the callback of its own timer. */
final class Sleep extends Future<@Nullable Void> implements Runnable {
  /* The timer is made once the task is suspended. What a task calls before that is compiled into the
  frames that stay on its stack: to make the timer there took 144 bytes more for each sleeping task. */

  private @Nullable TimerHandle timer;

  private Sleep(EventLoop loop) {
    super(loop);
  }

  /** Creates the sleep of a task, which is the caller and awaits it at once. */
  static Sleep of(Task<?> task, Duration delay) {
    EventLoop loop = task.owner();
    Sleep sleep = new Sleep(loop);
    loop.beginOnceSuspended(sleep, delay);
    return sleep;
  }

  /** Starts the time. By the loop, when the task is suspended. */
  void begin(Duration delay) {
    if (!isDone()) {
      timer = owner().callLater(delay, this);
    }
  }

  @Override
  boolean doCancel(@Nullable String message) {
    endTimer();
    return super.doCancel(message);
  }

  @Override
  void leftBy(TaskThread thread) {
    endTimer();
    super.leftBy(thread);
  }

  private void endTimer() {
    TimerHandle begun = timer;
    if (begun != null) {
      begun.cancel();
    } else {
      owner().forgetSleep(this);
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
