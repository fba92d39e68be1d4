package io.asyncio4j.http;

import io.asyncio4j.EventLoop;
import io.asyncio4j.TimerHandle;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The connections of a client, and the queue of the exchanges that wait for one.
 *
 * <p>All of it runs on the loop's thread, outside tasks, so nothing is locked.
 */
final class ConnectionPool {
  /* What holds at the end of each method:
  - open = the sum of the hosts' open <= maxConnections, each host's open <=
    maxConnectionsPerHost;
  - an exchange waits only if its host has no idle connection, and is at its limit or all connections of
    the client are open and none is idle;
  - `ready` has exactly the hosts with waiting exchanges that are below their own limit, by the ticket of
    the first one, so that a free place goes to the exchange that came first among those it can serve. */

  /** How many connections fewer there are after the system had no descriptor for another. */
  private static final int SPARED_DESCRIPTORS = 8;

  final EventLoop loop;
  final Settings settings;
  final Resolver resolver;

  private final NettyBackend backend;
  private final Map<Origin, HostQueue> hosts = new HashMap<>();
  private final Set<Connection> connections = new HashSet<>();
  private final TreeMap<Long, HostQueue> ready = new TreeMap<>();

  /** All idle connections, the one that is idle longest first. */
  private final SequencedSet<Connection> idle = new LinkedHashSet<>();

  private @Nullable TimerHandle idleTimer;

  /** How many connections there may be: fewer than set after the system had no more descriptors. */
  private int room;

  /** When there may be as many again as set. */
  private long fullRoomAt;

  private int connecting;
  private int inUse;
  private int waiting;
  private long tickets;
  private long opened;
  private long sent;
  private boolean serving;
  private boolean closed;

  ConnectionPool(EventLoop loop, NettyBackend backend, Settings settings) {
    this.loop = loop;
    this.backend = backend;
    this.settings = settings;
    this.room = settings.maxConnections();
    this.resolver = new Resolver(loop, settings.lookup());
    backend.add(this);
  }

  NettyLoop netty() {
    return backend.netty();
  }

  HttpStatistics statistics() {
    return new HttpStatistics(
        connections.size(), connecting, inUse, idle.size(), waiting, opened, sent);
  }

  boolean awaitsNetwork() {
    return connecting + inUse > 0;
  }

  /** Takes an exchange in: starts it at once if there is a connection, or room for one. */
  void submit(Exchange exchange) {
    if (exchange.isOver()) {
      return;
    }
    if (closed) {
      exchange.end(Failure.clientClosed());
      return;
    }
    HostQueue host = hosts.computeIfAbsent(exchange.origin, HostQueue::new);
    Connection free = host.idle.peekLast();
    if (free != null) {
      leaveIdle(free);
      start(free, exchange);
      return;
    }
    exchange.ticket = tickets++;
    host.waiting.add(exchange);
    waiting++;
    update(host);
    serve();
    Duration limit = settings.poolTimeout();
    if (limit != null && host.waiting.contains(exchange)) {
      exchange.poolTimer =
          loop.callLater(limit, () -> abort(exchange, Failure.poolTimeout(limit, waiting)));
    }
  }

  /** Ends an exchange wherever it is; its connection, if it has one, is closed. */
  void abort(Exchange exchange, @Nullable Failure why) {
    if (why != null) {
      exchange.end(why);
    }
    exchange.stopPoolTimer();
    Connection connection = exchange.connection;
    if (connection != null) {
      connection.abandon();
      return;
    }
    HostQueue host = hosts.get(exchange.origin);
    if (host != null && host.waiting.remove(exchange)) {
      waiting--;
      update(host);
      forgetIfUnused(host);
    }
  }

  // ---- what connections report

  /** A new connection can be used; it has its exchange already. */
  void connected(Connection connection, Exchange exchange) {
    connecting--;
    start(connection, exchange);
  }

  /**
   * The system gave no socket for a connection. If there are others, its exchange waits for one of
   * them, first in line. For a while there are fewer connections, so that the rest of the program
   * finds descriptors too.
   *
   * @return whether the exchange waits; it fails otherwise
   */
  boolean noSocket(Connection connection, Exchange exchange) {
    int others = connections.size() - 1;
    if (others == 0) {
      return false;
    }
    room = Math.max(1, Math.min(room, others) - SPARED_DESCRIPTORS);
    fullRoomAt = loop.time() + settings.keepAlive().toNanos();
    exchange.connection = null;
    connection.host.waiting.addFirst(exchange);
    waiting++;
    return true;
  }

  private int room() {
    if (room < settings.maxConnections() && loop.time() >= fullRoomAt) {
      room = settings.maxConnections();
    }
    return room;
  }

  private void start(Connection connection, Exchange exchange) {
    inUse++;
    sent++;
    connection.start(exchange);
  }

  /** A connection has read its answer to the end and can take the next exchange. */
  void release(Connection connection) {
    if (connections.size() > room()) {
      connection.close();
      return;
    }
    HostQueue host = connection.host;
    Exchange own = host.waiting.isEmpty() ? null : host.waiting.getFirst();
    Long first = ready.isEmpty() ? null : ready.firstKey();
    if (own != null && (first == null || own.ticket <= first)) {
      inUse--;
      dequeue(host, own);
      start(connection, own);
    } else if (first != null) {
      // An exchange for another host came first, and only the place of this connection is free for
      // it.
      connection.close();
    } else {
      inUse--;
      connection.idleSince = loop.time();
      host.idle.addLast(connection);
      idle.addLast(connection);
      connection.setIdle(true);
      watchIdle();
    }
  }

  /**
   * A connection is closed.
   *
   * @param again an exchange that is to be sent once more, on a new connection in this one's place
   */
  void closed(Connection connection, @Nullable Exchange again) {
    if (!connections.remove(connection)) {
      return;
    }
    if (connection.isIdle()) {
      leaveIdle(connection);
    } else if (connection.isReady()) {
      inUse--;
    } else {
      connecting--;
    }
    HostQueue host = connection.host;
    host.open--;
    if (again != null && !closed) {
      again.connection = null;
      open(host, again);
    }
    update(host);
    serve();
    forgetIfUnused(host);
  }

  // ---- the queue

  private void serve() {
    if (serving) {
      return; // closing a connection below comes back here; the loop goes on anyway
    }
    serving = true;
    try {
      while (!ready.isEmpty()) {
        if (connections.size() >= room()) {
          if (idle.isEmpty()) {
            return;
          }
          idle.getFirst().close();
          continue;
        }
        HostQueue host = ready.firstEntry().getValue();
        Exchange exchange = host.waiting.getFirst();
        dequeue(host, exchange);
        open(host, exchange);
        update(host);
      }
    } finally {
      serving = false;
    }
  }

  private void dequeue(HostQueue host, Exchange exchange) {
    host.waiting.remove(exchange);
    waiting--;
    exchange.stopPoolTimer();
    update(host);
  }

  private void open(HostQueue host, Exchange exchange) {
    Connection connection = new Connection(this, host);
    connections.add(connection);
    host.open++;
    connecting++;
    opened++;
    connection.connect(exchange);
  }

  private void update(HostQueue host) {
    long ticket =
        host.waiting.isEmpty() || host.open >= settings.maxConnectionsPerHost()
            ? HostQueue.NOT_READY
            : host.waiting.getFirst().ticket;
    if (ticket != host.readyTicket) {
      ready.remove(host.readyTicket);
      host.readyTicket = ticket;
      if (ticket != HostQueue.NOT_READY) {
        ready.put(ticket, host);
      }
    }
  }

  private void forgetIfUnused(HostQueue host) {
    if (host.isUnused()) {
      hosts.remove(host.origin, host);
    }
  }

  // ---- idle connections

  private void leaveIdle(Connection connection) {
    connection.setIdle(false);
    connection.host.idle.removeLastOccurrence(connection);
    idle.remove(connection);
  }

  private void watchIdle() {
    if (idleTimer == null && !idle.isEmpty()) {
      idleTimer =
          loop.callAt(
              idle.getFirst().idleSince + settings.keepAlive().toNanos(), this::closeExpired);
    }
  }

  private void closeExpired() {
    idleTimer = null;
    long expired = loop.time() - settings.keepAlive().toNanos();
    while (!idle.isEmpty() && idle.getFirst().idleSince <= expired) {
      idle.getFirst().close();
    }
    watchIdle();
  }

  /** Ends all exchanges and closes all connections. */
  void close() {
    if (closed) {
      return;
    }
    closed = true;
    backend.remove(this);
    if (idleTimer != null) {
      idleTimer.cancel();
      idleTimer = null;
    }
    List<Exchange> queued = new ArrayList<>();
    hosts.values().forEach(host -> queued.addAll(host.waiting));
    queued.forEach(exchange -> abort(exchange, Failure.clientClosed()));
    for (Connection connection : List.copyOf(connections)) {
      connection.fail(Failure.clientClosed());
    }
  }
}
