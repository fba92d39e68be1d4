package io.asyncio4j;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/**
 * A connected TCP or Unix-domain socket.
 *
 * <p>It reads only what is asked for, so that a slow reader slows the peer down, and it waits in
 * this library, so that cancelling a reader leaves the connection as it was.
 */
final class SocketTransport extends SendQueue implements LoopResource {
  private static final int READS_IN_A_ROW = 8;

  private final IoSelector selector;
  private final SocketChannel channel;
  private final Readiness readiness;
  private final @Nullable SocketAddress localAddress;
  private final @Nullable SocketAddress remoteAddress;
  private int readsInARow;

  /**
   * Whether the last read took all there was, so that to read again would most likely be in vain.
   */
  private boolean drained;

  // For virtual time: what both ends of a connection inside this loop know of each other.
  private @Nullable SocketTransport peer;
  private boolean outputEnded;
  private long sent;
  private long received;

  SocketTransport(EventLoop loop, SocketChannel channel) throws IOException {
    super(loop);
    this.selector = loop.resources().selector();
    this.channel = channel;
    localAddress = channel.getLocalAddress();
    remoteAddress = channel.getRemoteAddress();
    if (localAddress instanceof InetSocketAddress) {
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    }
    readiness = selector.register(channel);
    selector.transports().add(this);
    loop.resources().add(this);
  }

  // ---- reading

  @Override
  public int read(ByteBuffer into) throws IOException {
    letOthersRun();
    if (drained && !isClosed()) {
      awaitReadable();
    }
    while (true) {
      int n = readNow(into);
      if (n != 0) {
        return n;
      }
      awaitReadable();
    }
  }

  /** Lets the others have their turn after some reads that did not wait. */
  void letOthersRun() {
    if (++readsInARow > READS_IN_A_ROW) {
      readsInARow = 0;
      Task.requireCurrent("read").yieldOnce();
    }
  }

  /** Suspends the calling task until there may be something to read, or this is closed. */
  void awaitReadable() {
    readsInARow = 0;
    drained = false;
    Turn turn = new Turn(loop, this);
    readiness.onReady(SelectionKey.OP_READ, turn);
    try {
      turn.await();
    } finally {
      readiness.forget(SelectionKey.OP_READ, turn);
    }
  }

  /** Has the task that waits for something to read look again. */
  void wakeReader() {
    readiness.fire(SelectionKey.OP_READ);
  }

  /** Reads what is there without waiting: 0 if nothing is, -1 at the end. */
  int readNow(ByteBuffer into) throws IOException {
    if (isClosed()) {
      IOException cause = failure();
      if (cause == null) {
        return -1;
      }
      failureTold();
      throw new IOException(describe() + " is broken: " + cause.getMessage(), cause);
    }
    try {
      int n = channel.read(into);
      received += Math.max(0, n);
      drained = n > 0 && into.hasRemaining();
      return n;
    } catch (IOException e) {
      failureTold();
      lost(e);
      throw e;
    }
  }

  /** Has a callback run once when there may be something to read. Not while a task reads. */
  void onReadable(Runnable callback) {
    readiness.onReady(SelectionKey.OP_READ, callback);
  }

  // ---- writing

  @Override
  void send(ByteBuffer bytes) throws IOException {
    int n = channel.write(bytes);
    sent += n;
    if (bytes.hasRemaining()) {
      readiness.onReady(SelectionKey.OP_WRITE, this::flush);
    }
  }

  @Override
  void sendEof() throws IOException {
    outputEnded = true;
    channel.shutdownOutput();
  }

  @Override
  void release() throws IOException {
    selector.remove(this);
    loop.resources().remove(this);
    try {
      channel.close();
    } finally {
      readiness.closed();
    }
  }

  @Override
  public String releaseAtLoopClose() {
    try {
      channel.close();
    } catch (IOException e) {
      loop.report(this + " could not be closed", e);
    }
    return describe();
  }

  // ---- virtual time

  /** Makes two transports of this loop, which are the ends of one connection, know each other. */
  void pairWith(SocketTransport other) {
    peer = other;
    other.peer = this;
  }

  /**
   * Tells whether the network is due to wake a task of this connection, so that virtual time must
   * not move. If both ends are in this loop, that is known; else it must be assumed while a task
   * waits.
   */
  boolean isEventDue() {
    if (selector.isUnaccepted(this)) {
      return true;
    }
    SocketTransport other = peer;
    if (other == null || other.isClosed()) {
      return readiness.awaitsInput() || readiness.awaitsOutput();
    }
    boolean arriving = other.sent > received || other.outputEnded;
    return (readiness.awaitsInput() && arriving)
        || (readiness.awaitsOutput() && other.readiness.awaitsInput());
  }

  @Override
  public @Nullable SocketAddress localAddress() {
    return localAddress;
  }

  @Override
  public @Nullable SocketAddress remoteAddress() {
    return remoteAddress;
  }

  @Override
  public String describe() {
    return "connection " + localAddress + " -> " + remoteAddress;
  }

  @Override
  public String toString() {
    return describe();
  }
}
