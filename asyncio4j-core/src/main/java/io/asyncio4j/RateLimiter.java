package io.asyncio4j;

import java.math.BigInteger;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/**
 * A limit on how much begins in a time: a leaky bucket on the loop's clock. It is for the tasks of
 * one loop, and not for threads.
 *
 * {@snippet :
 * RateLimiter limiter = new RateLimiter(100, ofSeconds(1));
 * limiter.acquire();
 * String page = fetch("/");
 * }
 *
 * <p>The bucket holds as much as the rate allows in one period, and leaks evenly. So that much may
 * begin at once after a pause, and then one after the other at even distances. Nothing is given
 * back: it limits how often something begins, where a {@link Semaphore} limits how many go on.
 *
 * <p>Waiting tasks are served in the order in which they asked. One that asks for much holds up
 * those behind it, and so is never starved.
 *
 * <p>asyncio has no counterpart; it is {@code AsyncLimiter} of the package aiolimiter.
 */
public final class RateLimiter {
  private final WaitLine waiters =
      new WaitLine() {
        @Override
        public String describe() {
          return RateLimiter.this.toString();
        }
      };
  private final int maxRate;
  private final Duration timePeriod;

  // In drops, of which so many are in one unit and leak in one nanosecond that both are whole.
  private final long dropsInUnit;
  private final long dropsInNano;
  private final long capacity;
  private long level;
  private long measuredAt;
  private @Nullable EventLoop clock;

  private @Nullable TimerHandle timer;
  private @Nullable String name;

  /**
   * Creates a limiter whose bucket is empty.
   *
   * @param maxRate how much may begin in a period, at least 1
   * @param timePeriod the period on the loop's clock
   * @throws IllegalArgumentException if {@code maxRate} is less than 1, if {@code timePeriod} is
   *     not positive, or if the two are too large together to be counted exactly
   */
  public RateLimiter(int maxRate, Duration timePeriod) {
    if (maxRate < 1) {
      throw new IllegalArgumentException("maxRate is " + maxRate + "; it must be at least 1");
    }
    if (!timePeriod.isPositive()) {
      throw new IllegalArgumentException(
          "timePeriod is " + timePeriod + "; it must be longer than zero");
    }
    this.maxRate = maxRate;
    this.timePeriod = timePeriod;
    try {
      long nanos = timePeriod.toNanos();
      long common = BigInteger.valueOf(nanos).gcd(BigInteger.valueOf(maxRate)).longValueExact();
      dropsInUnit = nanos / common;
      dropsInNano = maxRate / common;
      capacity = Math.multiplyExact(dropsInUnit, 2L * maxRate) / 2; // twice, for sums
    } catch (ArithmeticException tooLarge) {
      throw new IllegalArgumentException(
          maxRate + " in " + timePeriod + " is too much to be counted; use a shorter period",
          tooLarge);
    }
  }

  /**
   * The state of a limiter at one moment.
   *
   * @param maxRate how much may begin in a period
   * @param timePeriod the period
   * @param available how much may begin now without waiting
   * @param tasksWaiting how many tasks wait
   */
  public record Statistics(int maxRate, Duration timePeriod, int available, int tasksWaiting) {}

  /**
   * Gives this limiter a name for reports.
   *
   * @param newName the name
   * @return this limiter
   */
  public RateLimiter named(String newName) {
    name = Objects.requireNonNull(newName, "newName");
    return this;
  }

  /**
   * Suspends the calling task until the rate allows one more. Returns at once if it does and nobody
   * waits.
   *
   * <p><b>Cancellation.</b> A task that is cancelled while it waits takes nothing from the rate.
   *
   * @throws CancellationException if the task was cancelled while it waited
   * @throws IllegalStateException if the caller is no task, or is a task of another loop than those
   *     before
   */
  public void acquire() {
    acquire(1);
  }

  /**
   * Suspends the calling task until the rate allows an amount more, as {@link #acquire()} does.
   *
   * @param amount how much is about to begin, at most the rate's maximum
   * @throws IllegalArgumentException if {@code amount} is negative, or more than can ever be
   *     allowed
   * @throws CancellationException if the task was cancelled while it waited
   * @throws IllegalStateException as for {@link #acquire()}
   */
  public void acquire(int amount) {
    long drops = dropsOf(amount);
    Task<?> task = Task.requireCurrent("RateLimiter.acquire");
    leak(task.owner());
    if (waiters.live() == 0 && level + drops <= capacity) {
      level += drops;
      return;
    }
    Turn turn = waiters.join("RateLimiter.acquire");
    turn.parcel = drops;
    if (waiters.live() == 1) {
      serve(); // sets the timer; else it is set, or those who were served do it when they run
    }
    try {
      turn.await();
    } catch (CancellationException e) {
      if (turn.hasCome()) {
        level = Math.max(0, level - drops); // it was counted for this task, which does not begin
      }
      throw e;
    } finally {
      waiters.leave(turn);
      serve(); // others may have become first in line, or had to wait until this task has run
    }
  }

  private long dropsOf(int amount) {
    if (amount < 0 || amount > maxRate) {
      throw new IllegalArgumentException(
          "amount is " + amount + "; it must be from 0 to the rate's maximum, " + maxRate);
    }
    return amount * dropsInUnit;
  }

  /**
   * Runs a body in the calling task when the rate allows it, as after {@link #acquire()}.
   *
   * <p>Counterpart of {@code async with limiter}.
   *
   * @param body the body
   * @return what the body returned
   * @param <T> the type of the value
   * @param <X> the checked exception that the body throws
   * @throws X what the body threw
   * @throws CancellationException if the task was cancelled
   * @throws IllegalStateException as for {@link #acquire()}
   */
  public <T extends @Nullable Object, X extends Exception> T run(ThrowingCallable<T, X> body)
      throws X {
    acquire();
    return body.call();
  }

  /**
   * Runs a body as {@link #run(ThrowingCallable)} does.
   *
   * @param body the body
   * @param <X> the checked exception that the body throws
   * @throws X what the body threw
   */
  public <X extends Exception> void run(ThrowingRunnable<X> body) throws X {
    acquire();
    body.run();
  }

  /**
   * Tells whether an amount may begin now.
   *
   * @param amount how much, at most the rate's maximum
   * @return whether {@link #acquire(int)} would return at once
   * @throws IllegalArgumentException if {@code amount} is negative, or more than can ever be
   *     allowed
   * @throws IllegalStateException as for {@link #acquire()}, but callbacks may ask too
   */
  public boolean hasCapacity(int amount) {
    long drops = dropsOf(amount);
    leak(EventLoop.running());
    return waiters.live() == 0 && level + drops <= capacity;
  }

  /**
   * Returns the state of this limiter.
   *
   * @return how much may begin now, and how many tasks wait
   * @throws IllegalStateException as for {@link #hasCapacity}
   */
  public Statistics statistics() {
    leak(EventLoop.running());
    int available = (int) ((capacity - level) / dropsInUnit);
    return new Statistics(maxRate, timePeriod, available, waiters.waiting());
  }

  /** Lets run out what has leaked since it was last looked at. */
  private void leak(EventLoop loop) {
    EventLoop before = clock;
    if (before != loop) {
      if (before != null && !before.isClosed()) {
        throw new IllegalStateException(
            this
                + " is used on loop "
                + before.name()
                + " and was asked by loop "
                + loop.name()
                + "; use one for each loop");
      }
      clock = loop;
      level = 0;
      measuredAt = loop.time();
      return;
    }
    long now = loop.time();
    long elapsed = now - measuredAt;
    measuredAt = now;
    level = elapsed > level / dropsInNano ? 0 : level - elapsed * dropsInNano;
  }

  /** Serves those in line for whom there is room, and comes back when there is for the next. */
  private void serve() {
    if (timer != null) {
      timer.cancel();
      timer = null;
    }
    Turn turn = waiters.firstWaiting();
    if (turn == null) {
      return;
    }
    EventLoop loop = turn.owner();
    leak(loop);
    while (turn != null) {
      long drops = (long) Objects.requireNonNull(turn.parcel);
      long missing = level + drops - capacity;
      if (missing > 0) {
        timer = loop.callAt(loop.time() + Math.ceilDiv(missing, dropsInNano), this::serve);
        return;
      }
      level += drops;
      turn.come();
      turn = waiters.firstWaiting();
    }
  }

  @Override
  public String toString() {
    return WaitLine.label("RateLimiter", name) + " (" + maxRate + " in " + timePeriod + ")";
  }
}
