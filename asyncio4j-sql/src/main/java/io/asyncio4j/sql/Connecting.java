package io.asyncio4j.sql;

import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** A connection that is being opened, until it is there or is given up. */
final class Connecting {
  private final ConnectionFactory factory;
  private final char @Nullable [] password;
  private final AtomicBoolean settled = new AtomicBoolean();
  private final AtomicReference<@Nullable Thread> opener = new AtomicReference<>();

  Connecting(ConnectionFactory factory, char @Nullable [] password) {
    this.factory = factory;
    this.password = password;
  }

  /**
   * Opens the connection. On a thread of its own, whose interrupt ends what it waits for.
   *
   * @return the connection, or null if it was given up
   */
  @Nullable PhysicalConnection open() throws SQLException {
    opener.set(Thread.currentThread());
    if (settled.get()) {
      return null;
    }
    PhysicalConnection opened;
    try {
      opened = factory.open(password);
    } catch (SQLException | RuntimeException | Error e) {
      if (settle()) {
        throw e;
      }
      return null;
    }
    if (settle()) {
      return opened;
    }
    opened.close();
    return null;
  }

  /**
   * Gives up a connection that nobody wants any more, unless it is there already or has failed. May
   * be called by any thread.
   *
   * @return whether it was given up
   */
  boolean giveUp() {
    boolean first = settle();
    Thread opening = opener.get();
    if (first && opening != null) {
      opening.interrupt();
    }
    return first;
  }

  private boolean settle() {
    return settled.compareAndSet(false, true);
  }
}
