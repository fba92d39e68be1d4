package io.asyncio4j.sql;

import static io.asyncio4j.ReturnWhen.ALL_COMPLETED;

import io.asyncio4j.Asyncio;
import io.asyncio4j.EventLoop;
import io.asyncio4j.Future;
import io.asyncio4j.Handle;
import java.lang.System.Logger.Level;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What is done when the task is cancelled that waits in a call of a driver: the statement is
 * cancelled on the server, and if that does not end the call the connection is.
 */
final class StatementCancel implements Runnable {
  /* A server is told by a connection of its own, at a moment of its own. Until it has been told, the
  connection must not go to the next borrower, whose statement might be hit. */

  private static final System.Logger LOG = System.getLogger(StatementCancel.class.getName());

  /** After how many milliseconds a call that still goes on is cancelled again. */
  private static final long AGAIN = 100;

  private final EventLoop loop;
  private final PhysicalConnection physical;
  private final @Nullable Statement running;
  private final Duration limit;
  private @Nullable CountDownLatch ended;
  private @Nullable Future<@Nullable Void> telling;
  private @Nullable Handle lastResort;

  /** Creates one for a call that has a limited time to end once it was cancelled. */
  StatementCancel(
      EventLoop loop, PhysicalConnection physical, @Nullable Statement running, Duration limit) {
    this.loop = loop;
    this.physical = physical;
    this.running = running;
    this.limit = limit;
  }

  /** Begins to cancel. On the loop's thread, while the call is under way. */
  @Override
  public void run() {
    Statement statement = running;
    if (statement != null) {
      CountDownLatch end = new CountDownLatch(1);
      ended = end;
      telling =
          loop.runInExecutor(
              OffLoop.EXECUTOR,
              () -> {
                tell(statement, end);
                return null;
              });
    }
    if (physical.engine() != Engine.IN_PROCESS) { // which has no socket to close
      lastResort = loop.callLater(limit, physical::abort);
    }
  }

  /**
   * Cancels a statement until its call ends: a server ignores a cancel that overtakes the statement
   * itself.
   */
  private static void tell(Statement statement, CountDownLatch ended) throws InterruptedException {
    try {
      do {
        statement.cancel();
      } while (!ended.await(AGAIN, TimeUnit.MILLISECONDS));
    } catch (SQLException e) {
      LOG.log(Level.WARNING, "a statement could not be cancelled; its connection will be", e);
    }
  }

  /** Waits, after the call, until nothing of a cancel is under way any more. */
  void settle() {
    if (lastResort != null) {
      lastResort.cancel();
    }
    if (ended != null) {
      ended.countDown();
    }
    Future<@Nullable Void> told = telling;
    if (told != null && !told.isDone() && !physical.isBroken()) {
      Asyncio.shielded(() -> Asyncio.waitUntil(ALL_COMPLETED, List.of(told), limit));
      if (!told.isDone()) {
        physical.lose(); // nobody knows what it will hit
      }
    }
  }
}
