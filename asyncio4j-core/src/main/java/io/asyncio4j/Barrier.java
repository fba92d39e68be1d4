package io.asyncio4j;

import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/**
 * A point at which a fixed number of tasks of one loop wait for each other. It can be passed again
 * and again. It is not for threads.
 *
 * <p>The barrier is <i>filling</i> until as many tasks wait as it has parties. Then it is
 * <i>draining</i>: all of them go on, in the order in which they came, and whoever comes meanwhile
 * waits until the last has left, when the barrier is filling again.
 *
 * <p>Counterpart of {@code asyncio.Barrier}, but {@code reset} and {@code abort} do not suspend.
 * Unlike {@link java.util.concurrent.CyclicBarrier}, it is not broken by the cancellation of one
 * task, which just leaves.
 */
public final class Barrier {
  /* The states and transitions of asyncio 3.14's Barrier, without its condition: between two
  suspensions nothing else of the loop runs, so there is nothing to lock. Other than there, a task that
  was cancelled and has not run since counts no more, and the numbers are given when all have come. */

  private enum State {
    FILLING,
    DRAINING,
    RESETTING,
    BROKEN
  }

  private final int parties;
  private final WaitLine inside = line("to be passed");
  private final WaitLine outside = line("to drain");
  private @Nullable String name;
  private State state = State.FILLING;

  /** How many tasks are in {@link #await()} past the outside line, the cancelled ones included. */
  private int count;

  /**
   * Creates a barrier.
   *
   * @param parties how many tasks must come
   * @throws IllegalArgumentException if {@code parties} is less than 1
   */
  public Barrier(int parties) {
    if (parties < 1) {
      throw new IllegalArgumentException("parties is " + parties + "; it must be at least 1");
    }
    this.parties = parties;
  }

  /**
   * The state of a barrier at one moment.
   *
   * @param parties how many tasks must come
   * @param tasksWaiting how many have come and wait for the others
   * @param broken whether it is broken
   */
  public record Statistics(int parties, int tasksWaiting, boolean broken) {}

  private WaitLine line(String purpose) {
    return new WaitLine() {
      @Override
      public String describe() {
        return Barrier.this + ", " + purpose;
      }
    };
  }

  /**
   * Gives this barrier a name for reports.
   *
   * @param newName the name
   * @return this barrier
   */
  public Barrier named(String newName) {
    name = Objects.requireNonNull(newName, "newName");
    return this;
  }

  /**
   * Suspends the calling task until all parties have come. The last to come does not suspend. If
   * the barrier is draining, the task waits for the end of that first.
   *
   * <p><b>Cancellation.</b> A task that is cancelled leaves, and counts no more; the others wait
   * on. One that is cancelled when all had come is the only one to notice.
   *
   * @return the number of this task among the parties that pass, from 0 in the order in which they
   *     came, so that one task can be picked; in asyncio numbers may occur twice after a
   *     cancellation
   * @throws BrokenBarrierException if the barrier is broken, or was aborted or reset while the task
   *     waited
   * @throws CancellationException if the task was cancelled while it waited
   * @throws IllegalStateException if it must wait and the caller is no task, or is a task of
   *     another loop than those that have waited before
   */
  public int await() throws BrokenBarrierException {
    if (isEmptying()) {
      awaitDrained();
    }
    if (state == State.BROKEN) {
      throw new BrokenBarrierException(label() + " is broken; reset() makes it whole");
    }
    count++;
    try {
      return inside.live() + 1 == parties ? passLast() : awaitOthers();
    } finally {
      count--;
      letIn();
    }
  }

  /** Numbers those who wait, in their order, and lets them go on; the caller is the last. */
  private int passLast() {
    state = State.DRAINING;
    int[] number = {0};
    inside.forEachWaiting(
        turn -> {
          turn.parcel = number[0]++;
          turn.come();
        });
    return number[0];
  }

  private int awaitOthers() throws BrokenBarrierException {
    Turn turn = inside.join("Barrier.await");
    try {
      turn.await();
    } finally {
      inside.leave(turn);
    }
    if (state != State.DRAINING) {
      throw new BrokenBarrierException(label() + " was aborted or reset");
    }
    return (Integer) Objects.requireNonNull(turn.parcel);
  }

  private boolean isEmptying() {
    return state == State.DRAINING || state == State.RESETTING;
  }

  private void awaitDrained() {
    Turn turn = outside.join("Barrier.await");
    try {
      turn.await();
      while (isEmptying()) { // others came in first and passed
        turn = outside.rejoin(turn);
        turn.await();
      }
    } finally {
      outside.leave(turn);
    }
  }

  /** Lets those in that wait for the last to leave, if that was the last. */
  private void letIn() {
    if (count == 0) {
      if (isEmptying()) {
        state = State.FILLING;
      }
      outside.wakeAll();
    }
  }

  /**
   * Makes the barrier empty and whole. Tasks that wait at it get {@link BrokenBarrierException};
   * whoever comes next waits until they have left. Does not suspend.
   *
   * @throws WrongThreadException if tasks of a loop have waited here and the caller is not on that
   *     loop's thread
   */
  public void reset() {
    inside.checkThread("Barrier.reset");
    state = count > 0 ? State.RESETTING : State.FILLING;
    inside.wakeAll();
    if (state == State.FILLING) {
      outside.wakeAll();
    }
  }

  /**
   * Breaks the barrier, until {@link #reset()}: tasks that wait at it, and those that come, get
   * {@link BrokenBarrierException}. Does not suspend.
   *
   * @throws WrongThreadException as for {@link #reset()}
   */
  public void abort() {
    inside.checkThread("Barrier.abort");
    state = State.BROKEN;
    inside.wakeAll();
    outside.wakeAll();
  }

  /**
   * Returns how many tasks must come.
   *
   * @return the number of parties
   */
  public int parties() {
    return parties;
  }

  /**
   * Returns how many tasks have come and wait for the others.
   *
   * @return the number of tasks; 0 unless the barrier is filling
   */
  public int waitingCount() {
    return state == State.FILLING ? inside.live() : 0;
  }

  /**
   * Tells whether the barrier is broken.
   *
   * @return whether {@link #abort()} was called, and {@link #reset()} was not since
   */
  public boolean isBroken() {
    return state == State.BROKEN;
  }

  /**
   * Returns the state of this barrier.
   *
   * @return how many must come, and how many have
   */
  public Statistics statistics() {
    return new Statistics(parties, waitingCount(), isBroken());
  }

  private String label() {
    return WaitLine.label("Barrier", name);
  }

  @Override
  public String toString() {
    return label()
        + " ("
        + state.name().toLowerCase(Locale.ROOT)
        + ", "
        + waitingCount()
        + " of "
        + parties
        + " waiting)";
  }
}
