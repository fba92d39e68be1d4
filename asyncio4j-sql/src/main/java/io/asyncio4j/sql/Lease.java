package io.asyncio4j.sql;

import io.asyncio4j.Asyncio;
import io.asyncio4j.EventLoop;
import io.asyncio4j.Handle;
import io.asyncio4j.Lock;
import io.asyncio4j.Task;
import io.asyncio4j.ThrowingCallable;
import io.asyncio4j.ThrowingRunnable;
import java.lang.System.Logger.Level;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The time for which a connection is lent to a task: all that the task, and those it shares the
 * connection with, do on it goes through here.
 */
final class Lease {
  private static final System.Logger LOG = System.getLogger(Lease.class.getName());

  /** For how long the server may take to put a connection in order that is given back. */
  private static final Duration RESET_LIMIT = Duration.ofSeconds(10);

  private final Lender lender;
  private final PhysicalConnection physical;
  private final Task<?> borrower;
  private final EventLoop loop;
  private final LeasedConnection connection;
  private final Set<LeasedStatement> statements = new LinkedHashSet<>();
  private boolean ended;

  Lease(Lender lender, PhysicalConnection physical, Task<?> borrower) {
    this.lender = lender;
    this.physical = physical;
    this.borrower = borrower;
    this.loop = borrower.loop();
    this.connection = LeasedConnection.of(this, physical.raw());
  }

  PhysicalConnection physical() {
    return physical;
  }

  Task<?> borrower() {
    return borrower;
  }

  Connection connection() {
    return connection;
  }

  boolean hasEnded() {
    return ended;
  }

  void opened(LeasedStatement statement) {
    statements.add(statement);
  }

  void closed(LeasedStatement statement) {
    statements.remove(statement);
  }

  /**
   * Runs a call of the driver in the calling task, when no other task's call is under way on this
   * connection. A cancel of the task cancels the statement on the server.
   *
   * @param running the statement that the call runs, or null if it cannot be cancelled
   */
  <T extends @Nullable Object> T call(
      @Nullable Statement running, ThrowingCallable<T, SQLException> call) throws SQLException {
    checkUsable();
    Lock turns = physical.turns();
    turns.acquire();
    try {
      checkUsable(); // it may have been given back meanwhile
      StatementCancel cancel = new StatementCancel(loop, physical, running, lender.cancelTimeout());
      try {
        return Asyncio.abortable(cancel, () -> physical.run(call));
      } finally {
        cancel.settle();
      }
    } finally {
      turns.release();
    }
  }

  void callVoid(@Nullable Statement running, ThrowingRunnable<SQLException> call)
      throws SQLException {
    this.<@Nullable Void>call(
        running,
        () -> {
          call.run();
          return null;
        });
  }

  /** Runs a call that tidies up, which no cancel cuts short. Does nothing after the end. */
  void tidy(ThrowingRunnable<SQLException> call) throws SQLException {
    if (ended) {
      return;
    }
    checkUsable();
    Lock turns = physical.turns();
    Asyncio.<SQLException>shielded(
        () -> {
          turns.acquire();
          try {
            physical.runVoid(call);
          } finally {
            turns.release();
          }
        });
  }

  private void checkUsable() throws SQLException {
    if (ended) {
      throw new SQLException(
          "the connection was given back to the pool already: close() was called; get another one",
          "08003");
    }
    Task<?> task = Asyncio.currentTask();
    if (task == null || task.loop() != loop) {
      throw new IllegalStateException(
          "a connection that was lent to a task of loop "
              + loop.name()
              + " was used by "
              + (task == null
                  ? Thread.currentThread() + ", which is no task"
                  : "task '" + task.name() + "' of loop " + task.loop().name())
              + "; use it in tasks of its own loop");
    }
  }

  /** Gives the connection back, in order again. Does nothing if that was done. */
  void end() throws SQLException {
    if (ended) {
      return;
    }
    checkUsable();
    ended = true;
    boolean inOrder = statements.isEmpty() && !physical.isChanged() && !physical.turns().isLocked();
    if (inOrder) {
      lender.takeBack(this);
    } else {
      Asyncio.shielded(this::putInOrderAndGiveBack);
    }
  }

  private void putInOrderAndGiveBack() {
    Lock turns = physical.turns();
    turns.acquire(); // another task may be in a call, which ends first
    Handle limit = loop.callLater(RESET_LIMIT, physical::abort);
    try {
      if (!physical.isBroken()) {
        for (LeasedStatement statement : List.copyOf(statements)) {
          physical.runVoid(statement::closeRaw);
        }
        physical.reset();
      }
    } catch (SQLException e) {
      physical.lose();
      LOG.log(Level.DEBUG, "a connection that was given back could not be put in order", e);
    } finally {
      limit.cancel();
      statements.clear();
      turns.release();
      lender.takeBack(this);
    }
  }

  /** Makes the connection useless, so that nothing is put in order. */
  void abort() {
    physical.abort();
  }

  @Override
  public String toString() {
    return "connection of " + lender.describe() + " lent to task '" + borrower.name() + "'";
  }
}
