package io.asyncio4j;

import java.io.IOException;
import java.net.ConnectException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The way to a connected socket: the look-up of a host, and the race of its addresses. */
final class Connector {
  /* The race is RFC 8305 as asyncio's staggered_race does it: the next address is tried when the one
  before has failed or the delay has passed; the first that connects wins and the others are closed. */

  private final EventLoop loop;
  private final ConnectOptions options;

  Connector(EventLoop loop, ConnectOptions options) {
    this.loop = loop;
    this.options = options;
  }

  SocketTransport connect(String host, int port) throws IOException {
    List<InetSocketAddress> addresses = new ArrayList<>();
    for (InetAddress address : alternating(NameLookup.resolve(loop, host))) {
      addresses.add(new InetSocketAddress(address, port));
    }
    return connect(host + ":" + port, addresses);
  }

  /** Orders addresses so that the families take turns, beginning with the resolver's first. */
  private static List<InetAddress> alternating(List<InetAddress> addresses) {
    boolean six = addresses.getFirst() instanceof Inet6Address;
    Iterator<InetAddress> first =
        addresses.stream().filter(a -> a instanceof Inet6Address == six).iterator();
    Iterator<InetAddress> second =
        addresses.stream().filter(a -> a instanceof Inet6Address != six).iterator();
    List<InetAddress> ordered = new ArrayList<>();
    while (first.hasNext() || second.hasNext()) {
      if (first.hasNext()) {
        ordered.add(first.next());
      }
      if (second.hasNext()) {
        ordered.add(second.next());
      }
    }
    return ordered;
  }

  /** Connects to the first address that answers, suspending the calling task. */
  SocketTransport connect(String target, List<? extends SocketAddress> addresses)
      throws IOException {
    if (addresses.size() == 1) {
      return transport(attempt(addresses.getFirst()));
    }
    List<IOException> failures = new ArrayList<>();
    Set<Task<SocketChannel>> attempts = new LinkedHashSet<>();
    Iterator<? extends SocketAddress> untried = addresses.iterator();
    SocketChannel winner = null;
    try {
      while (winner == null && (untried.hasNext() || !attempts.isEmpty())) {
        if (untried.hasNext()) {
          SocketAddress next = untried.next();
          attempts.add(loop.newTask("connect " + next, () -> attempt(next), null));
        }
        winner = await(attempts, untried.hasNext() ? options.attemptDelay() : null, failures);
      }
    } finally {
      abandon(attempts);
    }
    if (winner == null) {
      throw allFailed(target, failures);
    }
    return transport(winner);
  }

  /** Waits for an attempt to end, or for the time; returns what it connected, or null. */
  private static @Nullable SocketChannel await(
      Set<Task<SocketChannel>> attempts, @Nullable Duration atMost, List<IOException> failures) {
    WaitResult<Task<SocketChannel>> result =
        atMost == null
            ? Asyncio.waitUntil(ReturnWhen.FIRST_COMPLETED, attempts)
            : Asyncio.waitUntil(ReturnWhen.FIRST_COMPLETED, attempts, atMost);
    for (Task<SocketChannel> done : result.done()) {
      attempts.remove(done);
      try {
        return done.<IOException>result();
      } catch (IOException e) {
        failures.add(e);
      }
    }
    return null;
  }

  /** Ends the attempts that lost. One that has connected in the same moment is closed. */
  private static void abandon(Set<Task<SocketChannel>> attempts) {
    for (Task<SocketChannel> attempt : attempts) {
      attempt.addDoneCallback(
          _ -> {
            if (attempt.state() == java.util.concurrent.Future.State.SUCCESS) {
              closeQuietly(attempt.owner(), attempt.result());
            } else if (attempt.state() == java.util.concurrent.Future.State.FAILED) {
              attempt.exception(); // nobody needs it any more
            }
          });
      attempt.cancel();
    }
  }

  private static void closeQuietly(EventLoop loop, SocketChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      loop.report("a socket that was not needed could not be closed", e);
    }
  }

  private static IOException allFailed(String target, List<IOException> failures) {
    ConnectException all =
        new ConnectException(
            "cannot connect to "
                + target
                + ": "
                + failures.stream().map(Throwable::getMessage).collect(Collectors.joining("; ")));
    all.initCause(failures.getFirst());
    failures.stream().skip(1).forEach(all::addSuppressed);
    return all;
  }

  private SocketTransport transport(SocketChannel channel) throws IOException {
    try {
      SocketTransport transport = new SocketTransport(loop, channel);
      loop.resources().selector().connected(transport);
      return transport;
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  /** Connects to one address, suspending the calling task. */
  private SocketChannel attempt(SocketAddress address) throws IOException {
    SocketChannel channel =
        address instanceof UnixDomainSocketAddress
            ? SocketChannel.open(StandardProtocolFamily.UNIX)
            : SocketChannel.open();
    boolean connected = false;
    try {
      Readiness readiness = loop.resources().selector().register(channel);
      InetSocketAddress local = options.localAddress();
      if (local != null) {
        channel.bind(local);
      }
      if (!channel.connect(address)) {
        awaitConnected(channel, readiness, address);
      }
      connected = true;
      return channel;
    } catch (CancellationException e) {
      throw e;
    } catch (IOException e) {
      ConnectException named =
          new ConnectException("cannot connect to " + address + ": " + e.getMessage());
      named.initCause(e);
      throw named;
    } finally {
      if (!connected) {
        channel.close();
        loop.resources().selector().changed();
      }
    }
  }

  private void awaitConnected(SocketChannel channel, Readiness readiness, SocketAddress address)
      throws IOException {
    loop.resources().eventsDue(1);
    try {
      while (!channel.finishConnect()) {
        Turn turn = new Turn(loop, () -> "connection to " + address);
        readiness.onReady(SelectionKey.OP_CONNECT, turn);
        try {
          turn.await();
        } finally {
          readiness.forget(SelectionKey.OP_CONNECT, turn);
        }
      }
    } finally {
      loop.resources().eventsDue(-1);
    }
  }
}
