package io.asyncio4j;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLContext;

/**
 * The way to connections and servers over TCP, TLS and Unix-domain sockets.
 *
 * <p>Its methods are for the tasks of a running loop, and suspend the calling task only. Addresses
 * other than {@link InetSocketAddress} and {@link java.net.UnixDomainSocketAddress} are refused.
 *
 * <p>Counterpart of asyncio's module {@code streams}.
 */
public final class Streams {
  private Streams() {}

  // ---- connecting

  /**
   * Connects to a host by TCP, with {@link ConnectOptions#defaults()}.
   *
   * <p>The host is looked up off the loop's thread. If it has several addresses, the next one is
   * tried when those before have failed or have not answered within a quarter of a second, and the
   * first that answers is taken.
   *
   * <p><b>Cancellation.</b> Nothing stays open.
   *
   * <p>Counterpart of {@code asyncio.open_connection}.
   *
   * @param host a name or an address
   * @param port the port
   * @return the connection; close it
   * @throws java.net.UnknownHostException if the host has no address
   * @throws java.net.ConnectException if no address could be connected to; it names each with its
   *     failure
   * @throws IOException if the network fails otherwise
   * @throws java.util.concurrent.CancellationException if the task was cancelled while it waited
   * @throws IllegalStateException if the caller is no task
   */
  public static Connection connect(String host, int port) throws IOException {
    return connect(host, port, ConnectOptions.defaults());
  }

  /**
   * Connects to a host by TCP, or by TLS, as {@link #connect(String, int)} does.
   *
   * @param host a name or an address
   * @param port the port
   * @param options how
   * @return the connection; close it
   * @throws javax.net.ssl.SSLException if TLS's handshake failed; a certificate that is not
   *     trusted, has expired or names another host is a {@link javax.net.ssl.SSLHandshakeException}
   * @throws IOException if the connection could not be made
   */
  public static Connection connect(String host, int port, ConnectOptions options)
      throws IOException {
    EventLoop loop = Task.requireCurrent("connect").owner();
    SocketTransport transport = new Connector(loop, options).connect(host, port);
    return connection(loop, transport, host, port, options);
  }

  /**
   * Connects to an address, as {@link #connect(String, int)} does: the form for Unix-domain
   * sockets.
   *
   * <p>Counterpart of {@code asyncio.open_unix_connection}.
   *
   * @param address the address
   * @return the connection; close it
   * @throws IOException if the connection could not be made
   */
  public static Connection connect(SocketAddress address) throws IOException {
    return connect(address, ConnectOptions.defaults());
  }

  /**
   * Connects to an address, as {@link #connect(SocketAddress)} does.
   *
   * @param address the address
   * @param options how; TLS over a Unix-domain socket needs the server's name
   * @return the connection; close it
   * @throws IOException if the connection could not be made
   * @throws IllegalArgumentException if TLS was asked for and no name is known
   */
  public static Connection connect(SocketAddress address, ConnectOptions options)
      throws IOException {
    EventLoop loop = Task.requireCurrent("connect").owner();
    if (address instanceof InetSocketAddress inet) {
      if (inet.isUnresolved()) {
        return connect(inet.getHostString(), inet.getPort(), options);
      }
      SocketTransport transport =
          new Connector(loop, options).connect(inet.toString(), List.of(inet));
      return connection(loop, transport, inet.getHostString(), inet.getPort(), options);
    }
    if (options.tls().context() != null && options.serverName() == null) {
      throw new IllegalArgumentException(
          "TLS over "
              + address
              + " needs a name to check the certificate against; use"
              + " options.withServerName(...)");
    }
    SocketTransport transport =
        new Connector(loop, options).connect(address.toString(), List.of(address));
    return connection(loop, transport, "", 0, options);
  }

  private static Connection connection(
      EventLoop loop, SocketTransport transport, String host, int port, ConnectOptions options)
      throws IOException {
    String name = options.serverName() != null ? options.serverName() : host;
    StreamConnection connection =
        new StreamConnection(
            loop, transport, options.limit(), options.tls().settings(true, name, port));
    SSLContext context = options.tls().context();
    if (context != null) {
      connection.startTls(context);
    }
    return new Connection(connection.reader(), connection.writer());
  }

  // ---- serving

  /**
   * Serves at a TCP port of a host, with {@link ServeOptions#defaults()}. The server accepts
   * connections when this returns.
   *
   * <p>Counterpart of {@code asyncio.start_server}.
   *
   * @param handler what to do with each connection
   * @param host a name or an address, all of whose addresses are served; empty for all of this
   *     machine
   * @param port the port; 0 lets the system choose, which {@link Server#port} tells
   * @return the server; close it
   * @throws IOException if the host is unknown or an address cannot be listened on
   * @throws java.util.concurrent.CancellationException if the task was cancelled while the host was
   *     looked up
   * @throws IllegalStateException if the caller is no task
   */
  public static Server serve(StreamHandler handler, String host, int port) throws IOException {
    return serve(handler, host, port, ServeOptions.defaults());
  }

  /**
   * Serves at a TCP port of a host, as {@link #serve(StreamHandler, String, int)} does.
   *
   * @param handler what to do with each connection
   * @param host a name or an address; empty for all of this machine
   * @param port the port, or 0
   * @param options how
   * @return the server; close it
   * @throws IOException if the host is unknown or an address cannot be listened on
   */
  public static Server serve(StreamHandler handler, String host, int port, ServeOptions options)
      throws IOException {
    EventLoop loop = Task.requireCurrent("serve").owner();
    if (host.isEmpty()) {
      return serve(loop, handler, List.of(new InetSocketAddress(port)), options);
    }
    List<InetSocketAddress> addresses = new ArrayList<>();
    for (InetAddress address : NameLookup.resolve(loop, host)) {
      addresses.add(new InetSocketAddress(address, port));
    }
    return serve(loop, handler, addresses, options);
  }

  /**
   * Serves at an address, as {@link #serve(StreamHandler, String, int)} does: the form for
   * Unix-domain sockets. A file that a socket left behind there is replaced, and the server's own
   * is deleted when it is closed.
   *
   * <p>Counterpart of {@code asyncio.start_unix_server}.
   *
   * @param handler what to do with each connection
   * @param address the address
   * @return the server; close it
   * @throws IOException if the address cannot be listened on
   */
  public static Server serve(StreamHandler handler, SocketAddress address) throws IOException {
    return serve(handler, address, ServeOptions.defaults());
  }

  /**
   * Serves at an address, as {@link #serve(StreamHandler, SocketAddress)} does.
   *
   * @param handler what to do with each connection
   * @param address the address
   * @param options how
   * @return the server; close it
   * @throws IOException if the address cannot be listened on
   */
  public static Server serve(StreamHandler handler, SocketAddress address, ServeOptions options)
      throws IOException {
    return serve(Task.requireCurrent("serve").owner(), handler, List.of(address), options);
  }

  private static Server serve(
      EventLoop loop,
      StreamHandler handler,
      List<? extends SocketAddress> addresses,
      ServeOptions options)
      throws IOException {
    Server server = new Server(loop, handler, options);
    server.open(addresses);
    return server;
  }
}
