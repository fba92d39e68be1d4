package io.asyncio4j;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A listening socket of a server. */
final class Listener {
  /** As asyncio does when the process has no file descriptor left for what it would accept. */
  private static final Duration RETRY_AFTER_FAILURE = Duration.ofSeconds(1);

  private final EventLoop loop;
  private final IoSelector selector;
  private final ServerSocketChannel channel;
  private final Readiness readiness;
  private final SocketAddress address;
  private final Consumer<SocketTransport> onAccepted;
  private final int backlog;

  /** The file of a Unix-domain socket and what tells it from another of that name, or null. */
  private final @Nullable Path file;

  private final @Nullable Object fileKey;

  private Listener(
      EventLoop loop,
      ServerSocketChannel channel,
      ServeOptions options,
      Consumer<SocketTransport> onAccepted)
      throws IOException {
    this.loop = loop;
    this.channel = channel;
    this.onAccepted = onAccepted;
    backlog = options.backlog();
    selector = loop.resources().selector();
    address = channel.getLocalAddress();
    boolean owned = address instanceof UnixDomainSocketAddress && options.deleteSocketFile();
    file = owned ? ((UnixDomainSocketAddress) address).getPath() : null;
    fileKey = file == null ? null : keyOf(file);
    readiness = selector.register(channel);
    selector.listeners().add(this);
    listen();
  }

  /** Binds a socket and listens. */
  static Listener open(
      EventLoop loop,
      SocketAddress address,
      ServeOptions options,
      Consumer<SocketTransport> onAccepted)
      throws IOException {
    boolean unix = address instanceof UnixDomainSocketAddress;
    ServerSocketChannel channel =
        unix ? ServerSocketChannel.open(StandardProtocolFamily.UNIX) : ServerSocketChannel.open();
    try {
      if (unix) {
        deleteStale(((UnixDomainSocketAddress) address).getPath());
      } else {
        channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
        if (options.reusePort()) {
          channel.setOption(StandardSocketOptions.SO_REUSEPORT, true);
        }
      }
      try {
        channel.bind(address, options.backlog());
      } catch (IOException e) {
        throw new java.net.BindException("cannot listen on " + address + ": " + e.getMessage());
      }
      return new Listener(loop, channel, options, onAccepted);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  /** Deletes what a server that did not end well has left behind, but nothing that is no socket. */
  private static void deleteStale(Path path) throws IOException {
    if (Files.exists(path)
        && ((int) Files.getAttribute(path, "unix:mode") & 0170000) == 0140000) { // S_IFSOCK
      Files.delete(path);
    }
  }

  private static @Nullable Object keyOf(Path path) throws IOException {
    return Files.readAttributes(path, BasicFileAttributes.class).fileKey();
  }

  SocketAddress address() {
    return address;
  }

  /** Tells whether a connection to an address, seen from this loop, comes here. */
  boolean isAt(SocketAddress remote) {
    return remote instanceof InetSocketAddress to
        && address instanceof InetSocketAddress here
        && to.getPort() == here.getPort()
        && (here.getAddress().isAnyLocalAddress() || here.getAddress().equals(to.getAddress()));
  }

  private void listen() {
    readiness.onReady(SelectionKey.OP_ACCEPT, this::accept);
  }

  private void accept() {
    for (int i = 0; i < backlog && channel.isOpen(); i++) {
      SocketTransport transport;
      try {
        SocketChannel accepted = channel.accept();
        if (accepted == null) {
          break;
        }
        transport = adopt(accepted);
      } catch (IOException e) {
        loop.report(
            "a connection to "
                + address
                + " could not be accepted; more are in "
                + RETRY_AFTER_FAILURE,
            e);
        loop.callLater(
            RETRY_AFTER_FAILURE,
            () -> {
              if (channel.isOpen()) {
                listen();
              }
            });
        return;
      }
      onAccepted.accept(transport);
    }
    if (channel.isOpen()) {
      listen();
    }
  }

  private SocketTransport adopt(SocketChannel accepted) throws IOException {
    try {
      SocketTransport transport = new SocketTransport(loop, accepted);
      selector.accepted(transport);
      return transport;
    } catch (IOException e) {
      accepted.close();
      throw e;
    }
  }

  void close() {
    selector.listeners().remove(this);
    try {
      channel.close();
      if (file != null && Objects.equals(keyOf(file), fileKey)) {
        Files.delete(file);
      }
    } catch (NoSuchFileException _) {
      // somebody has tidied up already
    } catch (IOException e) {
      loop.report("listening on " + address + " did not end well", e);
    }
    readiness.closed();
  }
}
