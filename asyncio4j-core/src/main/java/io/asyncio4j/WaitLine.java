package io.asyncio4j;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The tasks that wait for one thing, in the order in which they began to. All operations take
 * constant time, so that a thousand waiters that are cancelled at once cost a thousand steps.
 *
 * <p>A turn stays in the line until its task has run, also when it has come or was cancelled: who
 * asks meanwhile must not overtake.
 */
abstract class WaitLine implements Waitable {
  private @Nullable EventLoop loop;
  private @Nullable Turn first;
  private @Nullable Turn last;

  /** The first turn that has not come, or a cancelled one before it; all others before are done. */
  private @Nullable Turn nextToWake;

  private long age;
  private int live;

  /** Returns what a report calls a thing of a kind, by its name if it has one. */
  static String label(String kind, @Nullable String name) {
    return name == null ? kind : kind + " '" + name + "'";
  }

  /** Puts the calling task at the end of the line. What gets the turn must leave the line. */
  Turn join(String operation) {
    Turn turn = new Turn(bind(Task.requireCurrent(operation)), this);
    turn.age = age++;
    insert(turn, last);
    return turn;
  }

  /** Leaves the line and joins it anew at the same place, for one whose turn came in vain. */
  Turn rejoin(Turn inVain) {
    Turn turn = new Turn(inVain.owner(), this);
    turn.age = inVain.age;
    insert(turn, inVain.previous);
    leave(inVain);
    return turn;
  }

  /** Suspends the calling task until its turn has come, and leaves the line in any case. */
  void await(String operation) {
    Turn turn = join(operation);
    try {
      turn.await();
    } finally {
      leave(turn);
    }
  }

  private EventLoop bind(Task<?> task) {
    EventLoop bound = loop;
    EventLoop asking = task.owner();
    if (bound != asking) {
      if (bound != null && !(first == null && bound.isClosed())) {
        throw new IllegalStateException(
            describe()
                + " belongs to loop "
                + bound.name()
                + " but task '"
                + task.name()
                + "' of loop "
                + asking.name()
                + " would wait for it; use one for each loop");
      }
      loop = asking;
    }
    return asking;
  }

  private void insert(Turn turn, @Nullable Turn after) {
    turn.line = this;
    turn.previous = after;
    Turn before;
    if (after == null) {
      before = first;
      first = turn;
    } else {
      before = after.next;
      after.next = turn;
    }
    turn.next = before;
    if (before == null) {
      last = turn;
    } else {
      before.previous = turn;
    }
    if (nextToWake == null || nextToWake.age >= turn.age) {
      nextToWake = turn;
    }
    live++;
  }

  /** Takes a turn out of the line. */
  void leave(Turn turn) {
    turn.line = null;
    Turn before = turn.previous;
    Turn after = turn.next;
    if (before == null) {
      first = after;
    } else {
      before.next = after;
    }
    if (after == null) {
      last = before;
    } else {
      after.previous = before;
    }
    if (nextToWake == turn) {
      nextToWake = after;
    }
    if (!turn.isCancelled()) {
      live--;
    }
  }

  /** Notes that a turn in this line was cancelled; its task has not run yet. */
  void turnCancelled() {
    live--;
  }

  /** Returns how many are in the line and not cancelled. */
  int live() {
    return live;
  }

  /** Returns how many are in the line whose turn has not come. Counts them one by one. */
  int waiting() {
    int[] waiting = {0};
    forEachWaiting(_ -> waiting[0]++);
    return waiting[0];
  }

  /** Calls an action, which may wake, for each whose turn has not come. */
  void forEachWaiting(Consumer<Turn> action) {
    for (Turn turn = firstWaiting(); turn != null; turn = turn.next) {
      if (!turn.isDone()) {
        action.accept(turn);
      }
    }
  }

  /** Returns the first whose turn has not come, or null. */
  @Nullable Turn firstWaiting() {
    Turn turn = nextToWake;
    while (turn != null && turn.isDone()) {
      turn = turn.next;
    }
    nextToWake = turn;
    return turn;
  }

  /** Lets the first whose turn has not come go on, and tells whether there was one. */
  boolean wakeNext() {
    Turn turn = firstWaiting();
    if (turn == null) {
      return false;
    }
    turn.come();
    return true;
  }

  /** Lets the first in line go on, unless its turn has come already or was cancelled. */
  void wakeFirst() {
    if (first != null && !first.isDone()) {
      first.come();
    }
  }

  /** Lets all go on whose turn has not come. */
  void wakeAll() {
    boolean woken = wakeNext();
    while (woken) {
      woken = wakeNext();
    }
  }

  /** Refuses a thread that is not the one of the loop whose tasks have waited here. */
  void checkThread(String operation) {
    EventLoop bound = loop;
    if (bound != null) {
      bound.checkThread(operation);
    }
  }
}
