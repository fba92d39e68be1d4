package io.asyncio4j;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A rule for calling again what failed: how often, after which failures, and after how long. It is
 * immutable; each {@code with} method returns another.
 *
 * {@snippet :
 * Retry retry = Retry.of(5).on(IOException.class).withBackoff(ofMillis(100), ofSeconds(5));
 * String page = retry.run(() -> fetch("/"));
 * }
 *
 * <p>Unless told otherwise it calls again after any {@link Exception}, waits 100 ms at first and
 * twice as long each time, 10 s at most, and draws each wait at random between zero and that (full
 * jitter), so that many who failed together do not come back together.
 *
 * <p>A cancellation is never retried: neither {@link CancellationException}, nor {@link
 * InterruptedException}, nor what else an interrupt causes when the task's cancel was asked for.
 * Waits are on the loop's clock, so that tests on virtual time take none.
 *
 * <p>asyncio has no counterpart; it is like the packages tenacity and stamina.
 */
public final class Retry {
  private static final Duration FIRST_DELAY = Duration.ofMillis(100);
  private static final Duration MAX_DELAY = Duration.ofSeconds(10);

  /** How a wait is drawn from the delay that the backoff gives. */
  public enum Jitter {
    /** The whole delay. */
    NONE,
    /** At random between zero and the delay. */
    FULL,
    /** At random between half the delay and the delay. */
    EQUAL
  }

  /**
   * A call that failed and is about to be made again.
   *
   * @param number which call failed, from 1
   * @param failure what it threw
   * @param delay how long the wait will be
   * @param elapsed how long it is since the first call began
   */
  public record Attempt(int number, Exception failure, Duration delay, Duration elapsed) {}

  private final int attempts;
  private final Predicate<? super Exception> retriable;
  private final Duration firstDelay;
  private final Duration maxDelay;
  private final Jitter jitter;
  private final @Nullable RandomGenerator random;
  private final @Nullable Duration totalTime;
  private final @Nullable Function<? super Exception, @Nullable Duration> delayOf;
  private final @Nullable Consumer<? super Attempt> listener;

  private Retry(int attempts) {
    this.attempts = attempts;
    retriable = _ -> true;
    firstDelay = FIRST_DELAY;
    maxDelay = MAX_DELAY;
    jitter = Jitter.FULL;
    random = null;
    totalTime = null;
    delayOf = null;
    listener = null;
  }

  private Retry(Changes changed) {
    attempts = changed.attempts;
    retriable = changed.retriable;
    firstDelay = changed.firstDelay;
    maxDelay = changed.maxDelay;
    jitter = changed.jitter;
    random = changed.random;
    totalTime = changed.totalTime;
    delayOf = changed.delayOf;
    listener = changed.listener;
  }

  /** The rule on its way to others. */
  private static final class Changes {
    final int attempts;
    Predicate<? super Exception> retriable;
    Duration firstDelay;
    Duration maxDelay;
    Jitter jitter;
    @Nullable RandomGenerator random;
    @Nullable Duration totalTime;
    @Nullable Function<? super Exception, @Nullable Duration> delayOf;
    @Nullable Consumer<? super Attempt> listener;

    Changes(Retry from) {
      attempts = from.attempts;
      retriable = from.retriable;
      firstDelay = from.firstDelay;
      maxDelay = from.maxDelay;
      jitter = from.jitter;
      random = from.random;
      totalTime = from.totalTime;
      delayOf = from.delayOf;
      listener = from.listener;
    }
  }

  private Retry with(Consumer<Changes> change) {
    Changes changes = new Changes(this);
    change.accept(changes);
    return new Retry(changes);
  }

  /**
   * Returns a rule for so many calls.
   *
   * @param attempts how many calls are made at most, the first included
   * @return the rule
   * @throws IllegalArgumentException if {@code attempts} is less than 1
   */
  public static Retry of(int attempts) {
    if (attempts < 1) {
      throw new IllegalArgumentException("attempts is " + attempts + "; it must be at least 1");
    }
    return new Retry(attempts);
  }

  /**
   * Returns this rule for failures of some types only, subtypes included.
   *
   * @param types the exceptions after which to call again
   * @return another rule
   */
  @SafeVarargs
  @SuppressWarnings("varargs") // List.of copies the array
  public final Retry on(Class<? extends Exception>... types) {
    List<Class<? extends Exception>> list = List.of(types);
    return on(failure -> list.stream().anyMatch(type -> type.isInstance(failure)));
  }

  /**
   * Returns this rule for some failures only.
   *
   * @param when tells after which failure to call again; never asked about a cancellation
   * @return another rule
   */
  public Retry on(Predicate<? super Exception> when) {
    Objects.requireNonNull(when, "when");
    return with(changes -> changes.retriable = when);
  }

  /**
   * Returns this rule with other delays: the first, then twice as long each time.
   *
   * @param first the delay after the first failure
   * @param max the longest delay; the same as the first for one that does not grow
   * @return another rule
   * @throws IllegalArgumentException if a delay is negative, or {@code max} is less than {@code
   *     first}
   */
  public Retry withBackoff(Duration first, Duration max) {
    if (first.isNegative() || max.compareTo(first) < 0) {
      throw new IllegalArgumentException(
          "the delays are " + first + " and " + max + "; it must be 0 <= first <= max");
    }
    return with(
        changes -> {
          changes.firstDelay = first;
          changes.maxDelay = max;
        });
  }

  /**
   * Returns this rule with another jitter.
   *
   * @param newJitter how waits are drawn
   * @return another rule
   */
  public Retry withJitter(Jitter newJitter) {
    Objects.requireNonNull(newJitter, "newJitter");
    return with(changes -> changes.jitter = newJitter);
  }

  /**
   * Returns this rule with another source of chance, such as one with a seed.
   *
   * @param newRandom where waits are drawn from; used on the thread of the loop that calls
   * @return another rule
   */
  public Retry withRandom(RandomGenerator newRandom) {
    Objects.requireNonNull(newRandom, "newRandom");
    return with(changes -> changes.random = newRandom);
  }

  /**
   * Returns this rule with an end: no call is made again if the wait for it would end after that
   * time. A call that runs is not cut off; {@link Asyncio#timeout} does that, around {@link #run}
   * for all calls, within the call for each.
   *
   * @param limit the time since the first call began
   * @return another rule
   */
  public Retry withTotalTime(Duration limit) {
    Objects.requireNonNull(limit, "limit");
    return with(changes -> changes.totalTime = limit);
  }

  /**
   * Returns this rule with waits that the failure itself demands, as HTTP's {@code Retry-After}
   * does. They are taken as they are, without jitter.
   *
   * @param delay tells how long to wait after a failure, or null to leave that to the backoff
   * @return another rule
   */
  public Retry withDelayOf(Function<? super Exception, @Nullable Duration> delay) {
    Objects.requireNonNull(delay, "delay");
    return with(changes -> changes.delayOf = delay);
  }

  /**
   * Returns this rule with a listener that is told before each wait. What it throws ends the
   * retrying, with the failure of the call as a suppressed exception.
   *
   * @param newListener called in the calling task; may suspend
   * @return another rule
   */
  public Retry onRetry(Consumer<? super Attempt> newListener) {
    Objects.requireNonNull(newListener, "newListener");
    return with(changes -> changes.listener = newListener);
  }

  /**
   * Makes a call in the calling task, and again after a failure, as this rule says. Suspends while
   * the call does and while it waits.
   *
   * <p><b>Cancellation.</b> Ends the call or the wait; nothing is called again.
   *
   * @param call the call
   * @return the result of the first call that succeeds
   * @param <T> the type of the result
   * @param <X> the checked exception that the call throws
   * @throws X what the last call threw, as it was thrown
   * @throws CancellationException if the task was cancelled
   * @throws IllegalStateException if the caller is no task
   */
  public <T extends @Nullable Object, X extends Exception> T run(ThrowingCallable<T, X> call)
      throws X {
    Task<?> task = Task.requireCurrent("Retry.run");
    long begun = task.owner().time();
    for (int number = 1; ; number++) {
      try {
        return call.call();
      } catch (Exception e) { // whatever the call throws is looked at, and mostly rethrown
        Duration elapsed = Duration.ofNanos(task.owner().time() - begun);
        Duration delay = mayRetry(task, number, e) ? delayAfter(number, e) : null;
        if (delay == null || (totalTime != null && elapsed.plus(delay).compareTo(totalTime) > 0)) {
          throw Rethrow.<RuntimeException>as(e);
        }
        tell(new Attempt(number, e, delay, elapsed));
        Asyncio.sleep(delay);
      }
    }
  }

  /**
   * Makes a call as {@link #run(ThrowingCallable)} does.
   *
   * @param call the call
   * @param <X> the checked exception that the call throws
   * @throws X what the last call threw, as it was thrown
   */
  public <X extends Exception> void run(ThrowingRunnable<X> call) throws X {
    this.<@Nullable Void, X>run(Asyncio.valued(call));
  }

  private boolean mayRetry(Task<?> task, int number, Exception failure) {
    return number < attempts
        && !(failure instanceof InterruptedException)
        && Cancellation.of(task, failure) == null
        && retriable.test(failure);
  }

  private Duration delayAfter(int number, Exception failure) {
    Duration demanded = delayOf == null ? null : delayOf.apply(failure);
    if (demanded != null) {
      return demanded;
    }
    double doubled = Math.scalb((double) nanos(firstDelay), Math.min(number - 1, Long.SIZE));
    long longest = (long) Math.min(doubled, (double) nanos(maxDelay));
    return Duration.ofNanos(
        switch (jitter) {
          case NONE -> longest;
          case FULL -> draw(longest);
          case EQUAL -> longest - longest / 2 + draw(longest / 2);
        });
  }

  private long draw(long most) {
    RandomGenerator source = random != null ? random : ThreadLocalRandom.current();
    return most == 0 ? 0 : source.nextLong(most);
  }

  /** Returns a duration in nanoseconds, or the longest that fits. */
  private static long nanos(Duration duration) {
    try {
      return duration.toNanos();
    } catch (ArithmeticException tooLong) {
      return Long.MAX_VALUE;
    }
  }

  private void tell(Attempt attempt) {
    if (listener == null) {
      return;
    }
    try {
      listener.accept(attempt);
    } catch (RuntimeException | Error e) { // goes on its way, with what it is about
      if (e != attempt.failure()) {
        e.addSuppressed(attempt.failure());
      }
      throw e;
    }
  }
}
