package io.asyncio4j;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * A server that accepts connections and runs a handler for each, in a task of its own.
 *
 * <p>Its methods are for the loop's thread. What a handler throws goes to the loop's exception
 * handler. A connection is closed when its handler has ended. One that comes when the run has
 * ended, while a {@link Runner} or {@link Asyncio#run} tidies up, is closed at once.
 *
 * <p>Counterpart of {@code asyncio.Server}, but it serves from the start.
 */
public final class Server implements AutoCloseable {
  private final EventLoop loop;
  private final StreamHandler handler;
  private final ServeOptions options;
  private final @Nullable Object createdAt;
  private final List<Listener> listeners = new ArrayList<>();
  private final Set<StreamConnection> clients = new LinkedHashSet<>();
  private final List<Turn> closedWaiters = new ArrayList<>();
  private final LoopResource resource = this::releaseAtLoopClose;
  private @Nullable Future<@Nullable Void> servingForever;
  private boolean closed;

  Server(EventLoop loop, StreamHandler handler, ServeOptions options) {
    this.loop = loop;
    this.handler = handler;
    this.options = options;
    createdAt = CreationSite.of(handler);
  }

  /** Begins to serve at addresses; all of them, or none. */
  void open(List<? extends SocketAddress> addresses) throws IOException {
    loop.resources().add(resource);
    try {
      for (SocketAddress address : addresses) {
        listeners.add(Listener.open(loop, address, options, this::accepted));
      }
    } catch (IOException | RuntimeException e) {
      close();
      throw e;
    }
  }

  // ---- connections

  private void accepted(SocketTransport transport) {
    if (loop.isShuttingDown()) {
      transport.abort(); // nothing would cancel the task, nor wait for it
      return;
    }
    StreamConnection connection =
        new StreamConnection(
            loop, transport, options.limit(), options.tls().settings(false, null, 0));
    clients.add(connection);
    transport.onClosed(
        () -> {
          clients.remove(connection);
          wakeIfClosed();
        });
    Task<@Nullable Void> task =
        loop.newTask(null, new VoidCallable(() -> serve(connection)), createdAt);
    task.addDoneCallback(_ -> connection.transport().close()); // it may never have begun
  }

  private void serve(StreamConnection connection) throws IOException {
    SSLContext context = options.tls().context();
    if (context != null) {
      try {
        connection.startTls(context);
      } catch (IOException e) {
        // Anybody can cause it, and the client was told: nothing to wake an operator for.
        if (loop.debug()) {
          loop.report("a client of " + this + " failed in the TLS handshake", e);
        }
        return;
      }
    }
    try {
      handler.handle(connection.reader(), connection.writer());
      connection.writer().close();
    } catch (CancellationException e) {
      throw e;
    } catch (Exception e) {
      CancellationException cancelled = Cancellation.of(Task.requireCurrent("serve"), e);
      if (cancelled != null) {
        throw cancelled;
      }
      loop.report(
          "Unhandled exception in the handler of " + this + " for " + connection.transport(), e);
    }
  }

  // ---- the end

  /**
   * Stops accepting connections. Those that are open stay open. Does not suspend. Closing twice has
   * no effect.
   *
   * <p>Counterpart of {@code Server.close}.
   *
   * @throws WrongThreadException if called on a thread other than the loop's
   */
  @Override
  public void close() {
    loop.checkThread("close");
    if (closed) {
      return;
    }
    closed = true;
    loop.resources().remove(resource);
    listeners.forEach(Listener::close);
    if (servingForever != null) {
      servingForever.cancel("server " + this + " was closed");
    }
    wakeIfClosed();
  }

  private String releaseAtLoopClose() {
    String name = toString();
    listeners.forEach(Listener::close);
    return name;
  }

  private void wakeIfClosed() {
    if (closed && clients.isEmpty()) {
      SendQueue.wake(closedWaiters);
    }
  }

  /**
   * Suspends the calling task until this server is closed, by whomever, and all its connections are
   * too.
   *
   * <p>Counterpart of {@code Server.wait_closed}, as of Python 3.12.1.
   *
   * @throws CancellationException if the task was cancelled while it waited
   * @throws IllegalStateException if it must wait and the caller is no task
   */
  public void waitClosed() {
    while (!closed || !clients.isEmpty()) {
      Turn turn = new Turn(loop, this::toString);
      closedWaiters.add(turn);
      try {
        turn.await();
      } finally {
        closedWaiters.remove(turn);
      }
    }
  }

  /**
   * Suspends the calling task while this server serves. Cancelling the task closes the server, and
   * waits until its connections are closed.
   *
   * <p>Counterpart of {@code Server.serve_forever}.
   *
   * @throws CancellationException if the task was cancelled, or this server was closed meanwhile
   * @throws IllegalStateException if this server is closed, or if a task is in this method already
   */
  public void serveForever() {
    if (closed) {
      throw new IllegalStateException(this + " is closed and cannot serve");
    }
    if (servingForever != null) {
      throw new IllegalStateException(this + " is being served forever by another task already");
    }
    Future<@Nullable Void> forever = loop.createFuture();
    servingForever = forever;
    try {
      forever.await();
    } catch (CancellationException e) {
      close();
      waitClosed();
      throw e;
    } finally {
      servingForever = null;
    }
  }

  /**
   * Begins to close the connections that are open: what was written is sent first. Does not
   * suspend.
   *
   * <p>Counterpart of {@code Server.close_clients}.
   */
  public void closeClients() {
    List.copyOf(clients).forEach(client -> client.transport().close());
  }

  /**
   * Closes the connections that are open at once; what is unsent is lost. Does not suspend.
   *
   * <p>Counterpart of {@code Server.abort_clients}.
   */
  public void abortClients() {
    List.copyOf(clients).forEach(client -> client.transport().abort());
  }

  // ---- what it is

  /**
   * Tells whether this server accepts connections.
   *
   * <p>Counterpart of {@code Server.is_serving}.
   *
   * @return false once it was closed
   */
  public boolean isServing() {
    return !closed;
  }

  /**
   * Returns the addresses at which this server serves.
   *
   * <p>Counterpart of {@code Server.sockets}.
   *
   * @return the addresses with their real ports, none once it was closed
   */
  public List<SocketAddress> addresses() {
    return closed ? List.of() : listeners.stream().map(Listener::address).toList();
  }

  /**
   * Returns the port at which this server serves, which the system chose where 0 was asked for.
   *
   * @return the port of its first address
   * @throws IllegalStateException if this server is closed or serves at no TCP port
   */
  public int port() {
    for (SocketAddress address : addresses()) {
      if (address instanceof InetSocketAddress inet) {
        return inet.getPort();
      }
    }
    throw new IllegalStateException(this + " serves at no TCP port");
  }

  /**
   * Returns the loop that this server belongs to. May be called by any thread.
   *
   * <p>Counterpart of {@code Server.get_loop}.
   *
   * @return the loop
   */
  public EventLoop loop() {
    return loop;
  }

  @Override
  public String toString() {
    return "Server "
        + listeners.stream().map(Listener::address).toList()
        + (closed ? " (closed)" : "");
  }
}
