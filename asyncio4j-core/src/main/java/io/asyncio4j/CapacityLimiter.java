package io.asyncio4j;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A number of tokens that borrowers take and give back, each one at most. The number can be changed
 * at any time. It is for the tasks of one loop, and not for threads.
 *
 * {@snippet :
 * try (var _ = connections.hold()) {
 *   query();
 * }
 * }
 *
 * <p>Unlike a {@link Semaphore} it knows who has a token: a token cannot be given back twice, or by
 * one who has none. The borrower is the calling task, or whatever one names, told apart by {@code
 * equals}. Tokens are handed over in the order in which they were asked for; nobody overtakes.
 *
 * <p>asyncio has no counterpart; it is {@code CapacityLimiter} of Trio and AnyIO.
 */
public final class CapacityLimiter {
  private final WaitLine waiters =
      new WaitLine() {
        @Override
        public String describe() {
          return CapacityLimiter.this.toString();
        }

        @Override
        public List<Task<?>> holders() {
          List<Task<?>> tasks = new ArrayList<>();
          for (Object borrower : borrowers) {
            if (borrower instanceof Task<?> task) {
              tasks.add(task);
            } else if (borrower instanceof ThreadCall call) {
              tasks.add(call.task);
            }
          }
          return tasks;
        }
      };
  private final Set<Object> borrowers = new LinkedHashSet<>();
  private final Set<Object> asking = new HashSet<>();
  private @Nullable String name;
  private int totalTokens;

  /** The borrower of one call in a thread, which may go on when its task has been cancelled. */
  private static final class ThreadCall {
    private final Task<?> task;

    ThreadCall(Task<?> task) {
      this.task = task;
    }

    @Override
    public String toString() {
      return "a call of " + task.describe() + " in a thread";
    }
  }

  /**
   * Creates a limiter.
   *
   * @param totalTokens how many tokens there are; 0 lets nobody pass until it is raised
   * @throws IllegalArgumentException if {@code totalTokens} is negative
   */
  public CapacityLimiter(int totalTokens) {
    this.totalTokens = checkTotal(totalTokens);
  }

  private static int checkTotal(int totalTokens) {
    if (totalTokens < 0) {
      throw new IllegalArgumentException(
          "totalTokens is " + totalTokens + "; it must be at least 0");
    }
    return totalTokens;
  }

  /**
   * The state of a limiter at one moment.
   *
   * @param borrowedTokens how many tokens are borrowed
   * @param totalTokens how many there are
   * @param borrowers who has one, the one that has had it longest at first
   * @param tasksWaiting how many tasks wait for one
   */
  public record Statistics(
      int borrowedTokens, int totalTokens, List<Object> borrowers, int tasksWaiting) {}

  /**
   * Gives this limiter a name for reports.
   *
   * @param newName the name
   * @return this limiter
   */
  public CapacityLimiter named(String newName) {
    name = Objects.requireNonNull(newName, "newName");
    return this;
  }

  // ---- borrowing

  /**
   * Suspends the calling task until there is a token for it, and takes it. Returns at once if there
   * is one and nobody waits.
   *
   * <p><b>Cancellation.</b> A task that is cancelled while it waits takes no token; one that it was
   * handed meanwhile goes to the next.
   *
   * @throws CancellationException if the task was cancelled while it waited
   * @throws IllegalStateException if the task has a token already, if the caller is no task, or if
   *     it must wait and is a task of another loop than those that have waited before
   */
  public void acquire() {
    acquireOnBehalfOf(Task.requireCurrent("CapacityLimiter.acquire"));
  }

  /**
   * Takes a token as {@link #acquire()} does, for another borrower than the calling task.
   *
   * @param borrower who has the token then; any object that is equal to itself only
   * @throws CancellationException if the task was cancelled while it waited
   * @throws IllegalStateException if the borrower has a token already or waits for one, or if it
   *     must wait and the caller is no task, or is a task of another loop than those that have
   *     waited before
   */
  public void acquireOnBehalfOf(Object borrower) {
    if (waiters.live() == 0 && tryAcquireOnBehalfOf(borrower)) {
      return;
    }
    checkAsksFirst(borrower);
    Turn turn = waiters.join("CapacityLimiter.acquire");
    turn.parcel = borrower;
    asking.add(borrower);
    try {
      turn.await();
    } catch (CancellationException e) {
      if (turn.hasCome()) {
        borrowers.remove(borrower); // it was handed a token, which it does not take
      }
      throw e;
    } finally {
      asking.remove(borrower);
      waiters.leave(turn);
      handOver(); // to those who had to wait until this task has run
    }
  }

  /**
   * Takes a token for the calling task if there is one and nobody waits. Does not suspend.
   *
   * @return whether it got a token
   * @throws IllegalStateException if the task has a token already, or the caller is no task
   */
  public boolean tryAcquire() {
    return tryAcquireOnBehalfOf(Task.requireCurrent("CapacityLimiter.tryAcquire"));
  }

  /**
   * Takes a token as {@link #tryAcquire()} does, for another borrower than the calling task.
   *
   * @param borrower who has the token then
   * @return whether it got a token
   * @throws IllegalStateException if the borrower has a token already, or waits for one
   */
  public boolean tryAcquireOnBehalfOf(Object borrower) {
    checkAsksFirst(borrower);
    if (borrowers.size() >= totalTokens || waiters.firstWaiting() != null) {
      return false;
    }
    borrowers.add(borrower);
    return true;
  }

  private void checkAsksFirst(Object borrower) {
    Objects.requireNonNull(borrower, "borrower");
    if (borrowers.contains(borrower) || asking.contains(borrower)) {
      throw new IllegalStateException(
          borrower
              + (borrowers.contains(borrower) ? " has" : " waits for")
              + " a token of "
              + label()
              + " already; a borrower has one at most");
    }
  }

  /**
   * Takes a token as {@link #acquire()} does, for a try-with-resources statement.
   *
   * @return what gives the token back when it is closed
   * @throws CancellationException if the task was cancelled while it waited
   * @throws IllegalStateException as for {@link #acquire()}
   */
  public Hold hold() {
    Task<?> task = Task.requireCurrent("CapacityLimiter.hold");
    acquireOnBehalfOf(task);
    return new Hold(() -> releaseOnBehalfOf(task));
  }

  /**
   * Gives the calling task's token back. Does not suspend; the first task that waits gets it.
   *
   * @throws IllegalStateException if the task has no token, or the caller is no task
   * @throws WrongThreadException if tasks of another loop have waited for it
   */
  public void release() {
    releaseOnBehalfOf(Task.requireCurrent("CapacityLimiter.release"));
  }

  /**
   * Gives a token back as {@link #release()} does, for another borrower than the calling task.
   *
   * @param borrower who has the token
   * @throws IllegalStateException if the borrower has no token
   * @throws WrongThreadException if tasks of a loop have waited for it and the caller is not on
   *     that loop's thread
   */
  public void releaseOnBehalfOf(Object borrower) {
    waiters.checkThread("CapacityLimiter.release");
    if (!borrowers.remove(borrower)) {
      throw new IllegalStateException(
          borrower + " has no token of " + label() + "; it was given back already, or never taken");
    }
    handOver();
  }

  private void handOver() {
    Turn turn = waiters.firstWaiting();
    while (turn != null && borrowers.size() < totalTokens) {
      borrowers.add(Objects.requireNonNull(turn.parcel));
      turn.come();
      turn = waiters.firstWaiting();
    }
  }

  /** Runs a call in a thread while a token is borrowed for it: until the call has ended. */
  <T extends @Nullable Object, X extends Exception> T callInThread(ThrowingCallable<T, X> call)
      throws X {
    Task<?> task = Task.requireCurrent("toThread");
    EventLoop loop = task.owner();
    ThreadCall borrower = new ThreadCall(task);
    acquireOnBehalfOf(borrower);
    // Set by the thread when the call begins, or by the loop when it is certain that it never will.
    AtomicBoolean claimed = new AtomicBoolean();
    Future<T> future;
    try {
      future =
          loop.runInExecutor(
              () -> {
                if (!claimed.compareAndSet(false, true)) {
                  throw new CancellationException(); // nobody awaits it
                }
                try {
                  return call.call();
                } finally {
                  giveBackFromOutside(loop, borrower);
                }
              });
    } catch (RuntimeException | Error e) {
      releaseOnBehalfOf(borrower);
      throw e;
    }
    future.addDoneCallback(
        _ -> {
          if (claimed.compareAndSet(false, true)) {
            releaseOnBehalfOf(borrower);
          }
        });
    return future.<X>await();
  }

  private void giveBackFromOutside(EventLoop loop, ThreadCall borrower) {
    try {
      loop.callSoonThreadsafe(() -> releaseOnBehalfOf(borrower));
    } catch (IllegalStateException closed) {
      borrowers.remove(borrower); // the loop has ended, and with it all who could wait
    }
  }

  // ---- tokens

  /**
   * Returns how many tokens there are.
   *
   * @return the number of tokens
   */
  public int totalTokens() {
    return totalTokens;
  }

  /**
   * Changes how many tokens there are. Does not suspend. If there are more, the tasks that wait
   * first get them; if there are fewer than are borrowed, nobody loses one, and as many as are too
   * many are not lent again.
   *
   * @param newTotal how many tokens there are from now on
   * @throws IllegalArgumentException if {@code newTotal} is negative
   * @throws WrongThreadException if tasks of a loop have waited for it and the caller is not on
   *     that loop's thread
   */
  public void totalTokens(int newTotal) {
    waiters.checkThread("CapacityLimiter.totalTokens");
    totalTokens = checkTotal(newTotal);
    handOver();
  }

  /**
   * Returns how many tokens are borrowed.
   *
   * @return the number of borrowers
   */
  public int borrowedTokens() {
    return borrowers.size();
  }

  /**
   * Returns how many tokens can be borrowed.
   *
   * @return the number of tokens; negative if there are fewer than were borrowed when there were
   *     more
   */
  public int availableTokens() {
    return totalTokens - borrowers.size();
  }

  /**
   * Returns the state of this limiter.
   *
   * @return who has a token, and how many tasks wait
   */
  public Statistics statistics() {
    return new Statistics(
        borrowers.size(),
        totalTokens,
        Collections.unmodifiableList(new ArrayList<>(borrowers)),
        waiters.waiting());
  }

  private String label() {
    return WaitLine.label("CapacityLimiter", name);
  }

  @Override
  public String toString() {
    return label() + " (" + borrowers.size() + " of " + totalTokens + " tokens borrowed)";
  }
}
