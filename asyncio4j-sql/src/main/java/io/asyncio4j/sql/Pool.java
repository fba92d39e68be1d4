package io.asyncio4j.sql;

import io.asyncio4j.Asyncio;
import io.asyncio4j.CallGraph;
import io.asyncio4j.CancelScope;
import io.asyncio4j.Event;
import io.asyncio4j.EventLoop;
import io.asyncio4j.Future;
import io.asyncio4j.Handle;
import io.asyncio4j.Semaphore;
import io.asyncio4j.Task;
import java.lang.System.Logger.Level;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A number of connections for the tasks of one loop, which wait for one in the order in which they
 * asked.
 */
final class Pool implements Lender {
  /* A task first takes one of maxSize slots, for which it may have to wait; with a slot there is an idle
  connection for it, or room to open one, which it waits for itself: so a server that is down is an error
  of the task that asks, at once, and not a wait. A slot is free again when its connection is idle or
  closed. All state is the loop thread's. */

  private static final System.Logger LOG = System.getLogger(Pool.class.getName());

  private static final int HOLDERS_SHOWN = 5;

  /**
   * After how long without a connection that comes back it is looked whether any ever will; each
   * further look takes twice as long, up to a limit.
   */
  private static final Duration LOOK_AFTER = Duration.ofSeconds(1);

  private static final Duration LOOK_AT_LEAST = Duration.ofMinutes(1);

  private final ConnectionFactory factory;
  private final DatabaseOptions options;
  private Semaphore slots;

  /** The one that was used last at first, so that those that are not needed grow old. */
  private final Deque<PhysicalConnection> idle = new ArrayDeque<>();

  private final Set<Lease> lent = new LinkedHashSet<>();

  /** The tasks that wait for a slot, the one that has waited longest at first. */
  private final Map<Task<?>, CancelScope> waiting = new LinkedHashMap<>();

  /** Those of them whose wait was ended since it was in vain. */
  private final Set<Task<?>> inVain = new HashSet<>();

  private @Nullable EventLoop loop;
  private final Set<Connecting> opening = new HashSet<>();
  private long longestWait;
  private @Nullable Handle sweep;
  private @Nullable Handle lookForStuck;
  private long takenBack;
  private long takenBackAtLastLook;
  private boolean warnedOfHolding;
  private boolean closed;
  private @Nullable Event allBack;

  /** How often it turned out that the server cannot be reached at all, and how it did last. */
  private int outages;

  private @Nullable SQLException lastOutage;

  Pool(ConnectionFactory factory, DatabaseOptions options) {
    this.factory = factory;
    this.options = options;
    this.slots = newSlots();
  }

  private Semaphore newSlots() {
    return new Semaphore(options.maxSize()).named("connections of " + factory.describe());
  }

  @Override
  public String describe() {
    return factory.describe();
  }

  @Override
  public Duration cancelTimeout() {
    return options.cancelTimeout();
  }

  @Override
  public PoolStatistics statistics() {
    return new PoolStatistics(
        idle.size() + lent.size(),
        idle.size(),
        lent.size(),
        opening.size(),
        waiting.size(),
        Duration.ofNanos(longestWait),
        options.maxSize());
  }

  // ---- lending

  @Override
  public Lease lend() throws SQLException {
    Task<?> task = Asyncio.currentTask();
    if (task == null) {
      throw new IllegalStateException(
          "a connection of "
              + describe()
              + " was asked for by "
              + Thread.currentThread()
              + ", which is no task; ask for it inside Asyncio.run(...) or createTask(...)");
    }
    EventLoop here = bind(task);
    checkOpen();
    takeSlot(task, here);
    PhysicalConnection physical = idleConnection(here);
    if (physical == null) {
      physical = open(here);
    }
    Lease lease = new Lease(this, physical, task);
    lent.add(lease);
    return lease;
  }

  private EventLoop bind(Task<?> task) {
    EventLoop bound = loop;
    EventLoop asking = task.loop();
    if (bound == asking) {
      return asking;
    }
    if (bound != null && !bound.isClosed()) {
      throw new IllegalStateException(
          "the pool of "
              + describe()
              + " belongs to loop "
              + bound.name()
              + " but task '"
              + task.name()
              + "' of loop "
              + asking.name()
              + " asked for a connection; open one database for each loop, best in a LoopLocal");
    }
    lent.forEach(Lease::abort); // by tasks of a loop that is gone
    lent.clear();
    giveUpOpening();
    waiting.clear();
    slots = newSlots();
    sweep = null;
    lookForStuck = null;
    loop = asking;
    for (PhysicalConnection connection : idle) {
      connection.openedAt(asking.time());
      connection.idleSince(asking.time());
      connection.suspect();
    }
    return asking;
  }

  private void checkOpen() {
    if (closed) {
      throw new IllegalStateException("the database " + describe() + " was closed");
    }
  }

  private void takeSlot(Task<?> task, EventLoop here) throws SQLException {
    if (!slots.isLocked()) {
      slots.acquire();
      return;
    }
    checkCanEverGetOne(task);
    long began = here.time();
    int outagesBefore = outages;
    Duration limit = options.acquireTimeout();
    CancelScope wait = limit == null ? CancelScope.create() : CancelScope.after(limit);
    waiting.put(task, wait);
    lookForStuckLater(here, LOOK_AFTER);
    boolean got;
    try {
      got = wait.run(slots::acquire);
    } finally {
      waiting.remove(task);
      longestWait = Math.max(longestWait, here.time() - began);
    }
    if (!got) {
      if (inVain.remove(task)) {
        throw new IllegalStateException(
            "task '"
                + task.name()
                + "' would wait for ever for a connection of "
                + describe()
                + ": "
                + describeHolders()
                + ", and all of these tasks wait for others that want one as well, as in a gather"
                + " inside of try (Connection c = ...). Use the connection that is there in what is"
                + " gathered, or give it back first");
      }
      throw new SQLTransientConnectionException(
          "no connection of "
              + describe()
              + " became free within "
              + limit
              + ": "
              + describeHolders()
              + ", "
              + waiting.size()
              + " other tasks wait",
          "08001");
    }
    SQLException outage = lastOutage;
    if (closed || (outages != outagesBefore && outage != null && isCutOff())) {
      freeSlot();
      checkOpen();
      throw Redaction.again(Objects.requireNonNull(outage));
    }
  }

  /** Tells whether there is no connection, and none that somebody might still open. */
  private boolean isCutOff() {
    return idle.isEmpty() && lent.isEmpty();
  }

  /**
   * Refuses a task that holds a connection and would wait for another, if all the others are held
   * by tasks that do the same: nobody could ever go on.
   */
  private void checkCanEverGetOne(Task<?> task) {
    int own = 0;
    int stuck = 0;
    for (Lease lease : lent) {
      if (lease.borrower() == task) {
        own++;
      } else if (waiting.containsKey(lease.borrower())) {
        stuck++;
      }
    }
    if (own == 0) {
      return;
    }
    String holds =
        "task '"
            + task.name()
            + "' holds "
            + own
            + " of the "
            + options.maxSize()
            + " connections of "
            + describe()
            + " and waits for another";
    if (own + stuck >= options.maxSize()) {
      throw new IllegalStateException(
          holds
              + ", and so do all that hold one: none of them could ever go on. Use the connection"
              + " that the task has, or give it back first; a larger pool only makes this rarer");
    }
    if (!warnedOfHolding) {
      warnedOfHolding = true;
      LOG.log(
          Level.WARNING,
          holds + "; when all that hold one do so at once, none can go on (said once)",
          new Throwable("where it asked"));
    }
  }

  // ---- those who hold a connection and await others that want one

  private void lookForStuckLater(EventLoop here, Duration after) {
    if (lookForStuck == null) {
      takenBackAtLastLook = takenBack;
      lookForStuck = here.callLater(after, () -> lookForStuck(here, after));
    }
  }

  /**
   * Ends a wait if no connection can ever come back, since all who hold one await, directly or not,
   * a task that waits here. Their failure sets the others free.
   */
  private void lookForStuck(EventLoop here, Duration after) {
    lookForStuck = null;
    if (waiting.isEmpty()) {
      return;
    }
    Duration next = LOOK_AFTER;
    if (takenBack == takenBackAtLastLook && opening.isEmpty()) {
      next = after.compareTo(LOOK_AT_LEAST) < 0 ? after.multipliedBy(2) : after;
      Set<Task<?>> holders = new HashSet<>();
      for (Lease lease : lent) {
        if (lease.physical().turns().isLocked()) {
          return; // a statement is under way, which ends; whoever waits next looks again
        }
        holders.add(lease.borrower());
      }
      Task<?> last = null;
      for (Task<?> task : waiting.keySet()) {
        if (removeAwaiters(CallGraph.capture(task, 0), holders)) {
          last = task;
        }
      }
      CancelScope wait = last == null || !holders.isEmpty() ? null : waiting.get(last);
      if (wait != null) {
        inVain.add(last);
        wait.cancel();
      }
    }
    lookForStuckLater(here, next);
  }

  /** Takes who awaits a task from the holders, and tells whether there was one. */
  private static boolean removeAwaiters(CallGraph graph, Set<Task<?>> holders) {
    boolean found = graph.future() instanceof Task<?> task && holders.remove(task);
    for (CallGraph awaiter : graph.awaitedBy()) {
      found |= removeAwaiters(awaiter, holders);
    }
    return found;
  }

  private String describeHolders() {
    return lent.size()
        + " of "
        + options.maxSize()
        + " are lent"
        + lent.stream()
            .limit(HOLDERS_SHOWN)
            .map(
                lease ->
                    "'"
                        + lease.borrower().name()
                        + "'"
                        + (lease.borrower().isDone() ? ", which has ended" : ""))
            .collect(
                Collectors.joining("; ", " (to task ", lent.size() > HOLDERS_SHOWN ? "; …)" : ")"));
  }

  /** Returns an idle connection that can be used, or null. */
  private @Nullable PhysicalConnection idleConnection(EventLoop here) {
    boolean looked = false;
    try {
      PhysicalConnection next = idle.poll();
      while (next != null && !isUsable(next, here.time())) {
        next = idle.poll();
      }
      looked = true;
      return next;
    } finally {
      if (!looked) {
        freeSlot();
      }
    }
  }

  private boolean isUsable(PhysicalConnection connection, long now) {
    boolean usable = false;
    try {
      usable = !isTooOld(connection, now) && connection.isUsable();
      return usable;
    } finally {
      if (!usable) {
        discard(connection);
      }
    }
  }

  private boolean isTooOld(PhysicalConnection connection, long now) {
    Duration longest = options.maxLifetime();
    return longest != null && now - connection.openedAt() >= longest.toNanos();
  }

  /**
   * Opens a connection for the calling task, on a thread that may wait. If the task is cancelled
   * meanwhile, the connection becomes idle when it is there, and its slot free; if it does not come
   * in the time that a cancel has, it is given up.
   */
  private PhysicalConnection open(EventLoop here) throws SQLException {
    Future<PhysicalConnection> handed = here.createFuture();
    Connecting connecting = null;
    try {
      Supplier<char[]> asked = options.password();
      Connecting created = new Connecting(factory, asked == null ? null : asked.get());
      here.<@Nullable PhysicalConnection>runInExecutor(OffLoop.INTERRUPTIBLE, created::open)
          .addDoneCallback(opened -> arrived(created, opened, handed, here));
      connecting = created;
      opening.add(connecting);
    } finally {
      if (connecting == null) {
        freeSlot();
      }
    }
    try {
      return handed.<SQLException>await();
    } catch (SQLException e) {
      if (PhysicalConnection.isLost(e) && isCutOff()) {
        outages++;
        lastOutage = e;
      }
      freeSlot();
      throw e;
    } catch (CancellationException e) {
      if (handed.isCancelled()) {
        Connecting unwanted = connecting;
        here.callLater(options.cancelTimeout(), () -> giveUp(unwanted));
      } else { // the task was cancelled when the connection had just come
        keep(handed, here);
      }
      throw e;
    } catch (RuntimeException | Error e) {
      freeSlot();
      throw e;
    }
  }

  private void giveUp(Connecting unwanted) {
    if (unwanted.giveUp()) {
      opening.remove(unwanted);
      freeSlot();
    }
  }

  /** Gives up what is being opened on a loop that is gone. */
  private void giveUpOpening() {
    opening.forEach(Connecting::giveUp);
    opening.clear();
  }

  private void arrived(
      Connecting connecting,
      Future<@Nullable PhysicalConnection> opened,
      Future<PhysicalConnection> handed,
      EventLoop here) {
    if (!opening.remove(connecting)) {
      return; // it was given up
    }
    if (handed.isCancelled()) {
      keep(opened, here);
      return;
    }
    Throwable failure = opened.exception();
    if (failure != null) {
      handed.setException(failure);
    } else {
      PhysicalConnection connection = Objects.requireNonNull(opened.resultNow());
      connection.openedAt(here.time());
      handed.setResult(connection);
    }
  }

  /** Makes a connection idle that was opened for a task which does not want it any more. */
  private void keep(Future<? extends @Nullable PhysicalConnection> opened, EventLoop here) {
    Throwable failure = opened.exception();
    if (failure == null) {
      PhysicalConnection connection = Objects.requireNonNull(opened.resultNow());
      connection.openedAt(here.time());
      makeIdle(connection, here);
    } else {
      LOG.log(Level.DEBUG, "no connection for a task that was cancelled meanwhile", failure);
    }
    freeSlot();
  }

  // ---- taking back

  @Override
  public void takeBack(Lease lease) {
    EventLoop here = loop;
    if (here == null || !lent.remove(lease)) {
      return; // its loop is gone
    }
    takenBack++;
    PhysicalConnection connection = lease.physical();
    if (connection.isBroken()) {
      idle.forEach(PhysicalConnection::suspect);
      discard(connection);
    } else if (isTooOld(connection, here.time())) {
      discard(connection);
    } else {
      makeIdle(connection, here);
    }
    freeSlot();
  }

  private void makeIdle(PhysicalConnection connection, EventLoop here) {
    if (closed) {
      discard(connection);
      return;
    }
    connection.idleSince(here.time());
    idle.addFirst(connection);
    if (sweep == null && options.idleTimeout() != null) {
      sweep = here.callLater(options.idleTimeout(), () -> sweep(here));
    }
  }

  /** Closes what was idle for too long. */
  private void sweep(EventLoop here) {
    sweep = null;
    Duration longest = options.idleTimeout();
    if (longest == null) {
      return;
    }
    long now = here.time();
    while (!idle.isEmpty() && now - idle.getLast().idleSince() >= longest.toNanos()) {
      discard(idle.removeLast());
    }
    if (!idle.isEmpty()) {
      sweep = here.callAt(idle.getLast().idleSince() + longest.toNanos(), () -> sweep(here));
    }
  }

  private static void discard(PhysicalConnection connection) {
    OffLoop.EXECUTOR.execute(connection::close);
  }

  private void freeSlot() {
    slots.release();
    Event end = allBack;
    if (end != null && lent.isEmpty() && opening.isEmpty()) {
      end.set();
    }
  }

  // ---- closing

  @Override
  public void close() {
    Task<?> task = Asyncio.currentTask();
    EventLoop bound = loop;
    if (bound == null || bound.isClosed()) {
      closed = true;
      lent.forEach(Lease::abort);
      lent.clear();
      giveUpOpening();
      closeIdle();
      return;
    }
    if (task == null || task.loop() != bound) {
      throw new IllegalStateException(
          "the database "
              + describe()
              + " belongs to loop "
              + bound.name()
              + "; close it in a task of that loop, or after the loop");
    }
    if (lent.stream().anyMatch(lease -> lease.borrower() == task)) {
      throw new IllegalStateException(
          "task '"
              + task.name()
              + "' would wait for ever for the connection of "
              + describe()
              + " that it holds itself; give it back before the database is closed");
    }
    if (closed) {
      return;
    }
    closed = true;
    if (sweep != null) {
      sweep.cancel();
    }
    if (lookForStuck != null) {
      lookForStuck.cancel();
    }
    for (int i = waiting.size(); i > 0; i--) {
      slots.release(); // for those who wait, and will be refused
    }
    try {
      if (!lent.isEmpty() || !opening.isEmpty()) {
        Event end = new Event().named("return of all connections of " + describe());
        allBack = end;
        end.await();
      }
    } finally {
      lent.forEach(Lease::abort); // a cancelled close waits for nobody
      Asyncio.shielded(
          () -> bound.runInExecutor(OffLoop.EXECUTOR, Executors.callable(this::closeIdle)).await());
    }
  }

  private void closeIdle() {
    idle.forEach(PhysicalConnection::close);
    idle.clear();
    factory.close();
  }
}
