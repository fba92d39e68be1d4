package io.asyncio4j.http;

import io.asyncio4j.EventLoop;
import io.asyncio4j.TimerHandle;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.proxy.HttpProxyHandler;
import io.netty.handler.ssl.SslHandler;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A connection to a server: being made, in use by one exchange at a time, idle, or closed.
 *
 * <p>All of it runs on the loop's thread, outside tasks.
 */
final class Connection {
  /* The way of a connection: connect -> (look-up -> TCP, address by address -> proxy tunnel -> TLS) ->
  connected -> start, answered, start, answered … -> close. Each channel that is tried has its own
  AnswerReader in its pipeline, which tells this class what happens; what a channel that was given up
  still tells is ignored. Every end goes through close(), once. */

  final HostQueue host;

  /** When it became idle, on the loop's clock. */
  long idleSince;

  private final ConnectionPool pool;
  private final EventLoop loop;
  private final Settings settings;

  private @Nullable Exchange exchange;
  private @Nullable Channel channel;
  private @Nullable AnswerReader reader;
  private @Nullable ChannelFuture written;
  private @Nullable TimerHandle connectTimer;
  private @Nullable TimerHandle attemptTimer;
  private @Nullable TimerHandle readTimer;
  private String doing = "look-up of the host";
  private long connectDeadline;
  private long lastActivity;
  private long unsentBefore;
  private long startedAt;
  private int uses;
  private boolean ready;
  private boolean idle;
  private boolean closed;

  Connection(ConnectionPool pool, HostQueue host) {
    this.pool = pool;
    this.host = host;
    this.loop = pool.loop;
    this.settings = pool.settings;
  }

  boolean isReady() {
    return ready;
  }

  boolean isIdle() {
    return idle;
  }

  void setIdle(boolean idle) {
    this.idle = idle;
  }

  // ---- making it

  void connect(Exchange first) {
    exchange = first;
    first.connection = this;
    connectTimer = loop.callLater(settings.connectTimeout(), this::connectTimedOut);
    connectDeadline = connectTimer.when();
    Proxy proxy = settings.proxy();
    String dialled = proxy == null ? host.origin.host() : proxy.host();
    int port = proxy == null ? host.origin.port() : proxy.port();
    pool.resolver.resolve(
        dialled,
        (addresses, failure) -> {
          if (closed) {
            return;
          }
          if (addresses == null) {
            fail(Failure.hostNotFound(dialled, Objects.requireNonNull(failure)));
          } else {
            dial(addresses, 0, port);
          }
        });
  }

  private void connectTimedOut() {
    connectTimer = null;
    fail(Failure.connectTimeout(host.origin, doing, settings.connectTimeout()));
  }

  private void dial(InetAddress[] addresses, int index, int port) {
    doing = "TCP connection to " + addresses[index].getHostAddress();
    Channel dialling;
    try {
      dialling = newChannel(new InetSocketAddress(addresses[index], port));
    } catch (ChannelException e) {
      noSocket(e);
      return;
    }
    channel = dialling;
    boolean last = index == addresses.length - 1;
    if (!last) {
      // An address that does not answer leaves time for those after it.
      long share = (connectDeadline - loop.time()) / (addresses.length - index);
      attemptTimer =
          loop.callLater(Duration.ofNanos(share), () -> dialNext(dialling, addresses, index, port));
    }
    dialling
        .connect(target(new InetSocketAddress(addresses[index], port)))
        .addListener(
            tcp -> {
              if (closed || channel != dialling) {
                return;
              }
              if (tcp.isSuccess()) {
                stopAttemptTimer();
                afterTcp(dialling);
              } else if (last) {
                fail(Failure.notConnected(addresses, port, tcp.cause()));
              } else {
                dialNext(dialling, addresses, index, port);
              }
            });
  }

  private void noSocket(ChannelException why) {
    Exchange first = Objects.requireNonNull(exchange);
    if (pool.noSocket(this, first)) {
      exchange = null;
      close();
    } else {
      fail(Failure.noSocket(why.getCause() == null ? why : why.getCause()));
    }
  }

  private void dialNext(Channel failed, InetAddress[] addresses, int index, int port) {
    stopAttemptTimer();
    channel = null;
    closeAtOnce(failed);
    dial(addresses, index + 1, port);
  }

  private NioSocketChannel newChannel(InetSocketAddress address) {
    NioSocketChannel made = settings.sockets().get();
    // Our timers rule, on the loop's clock.
    made.config().setConnectTimeoutMillis(0).setTcpNoDelay(true);
    ChannelPipeline pipeline = made.pipeline();
    Proxy proxy = settings.proxy();
    if (proxy != null && host.origin.secure()) {
      HttpProxyHandler tunnel =
          proxy.user() == null || proxy.password() == null
              ? new HttpProxyHandler(address)
              : new HttpProxyHandler(address, proxy.user(), proxy.password());
      tunnel.setConnectTimeoutMillis(0);
      pipeline.addLast(tunnel);
    }
    if (host.origin.secure()) {
      SslHandler ssl =
          settings.tls().get().newHandler(made.alloc(), host.origin.host(), host.origin.port());
      ssl.setHandshakeTimeoutMillis(0);
      pipeline.addLast(ssl);
    }
    AnswerReader answers = new AnswerReader(this);
    reader = answers;
    pipeline.addLast(answers.decoder(), answers);
    ChannelFuture registered = pool.netty().adopt(made);
    if (registered.cause() != null) {
      throw new ChannelException(registered.cause());
    }
    return made;
  }

  /** Returns what the channel is told to connect to: through a tunnel, the server's name. */
  private SocketAddress target(InetSocketAddress address) {
    return settings.proxy() != null && host.origin.secure()
        ? InetSocketAddress.createUnresolved(host.origin.host(), host.origin.port())
        : address;
  }

  private void afterTcp(Channel dialled) {
    HttpProxyHandler tunnel = dialled.pipeline().get(HttpProxyHandler.class);
    if (tunnel == null) {
      afterTunnel(dialled);
      return;
    }
    doing = "tunnel through the proxy " + settings.proxy();
    tunnel
        .connectFuture()
        .addListener(
            made -> {
              if (closed) {
                return;
              }
              if (made.isSuccess()) {
                afterTunnel(dialled);
              } else {
                fail(Failure.proxy(Objects.requireNonNull(settings.proxy()), made.cause()));
              }
            });
  }

  private void afterTunnel(Channel dialled) {
    SslHandler ssl = dialled.pipeline().get(SslHandler.class);
    if (ssl == null) {
      becomeReady();
      return;
    }
    doing = "TLS handshake";
    ssl.handshakeFuture()
        .addListener(
            made -> {
              if (closed) {
                return;
              }
              if (made.isSuccess()) {
                becomeReady();
              } else {
                fail(Failure.tls(host.origin, made.cause()));
              }
            });
  }

  private void becomeReady() {
    stopConnectTimers();
    ready = true;
    pool.connected(this, Objects.requireNonNull(exchange));
  }

  // ---- using it

  void start(Exchange next) {
    exchange = next;
    next.connection = this;
    next.timesSent++;
    uses++;
    startedAt = loop.time();
    lastActivity = startedAt;
    unsentBefore = 0;
    Channel used = Objects.requireNonNull(channel);
    Objects.requireNonNull(reader).expect(next);
    ByteBuf request = used.alloc().directBuffer(next.head.length + next.body.length);
    request.writeBytes(next.head).writeBytes(next.body);
    written = used.writeAndFlush(request);
    if (!closed) {
      watchReading(next.readTimeout);
    }
  }

  /** Bytes came, of whatever kind. */
  void noteActivity() {
    lastActivity = loop.time();
  }

  /** The answer is whole. */
  void answered(
      int status, String reason, Headers headers, byte[] body, long received, boolean keepAlive) {
    Exchange done = Objects.requireNonNull(exchange);
    exchange = null;
    done.connection = null;
    done.end(new Answer(status, reason, headers, body, received, loop.time() - startedAt));
    ChannelFuture request = written;
    boolean sentWhole = request != null && request.isSuccess();
    if (keepAlive && sentWhole && Objects.requireNonNull(channel).isActive()) {
      pool.release(this);
    } else {
      close();
    }
  }

  private void watchReading(Duration limit) {
    long due = lastActivity + limit.toNanos();
    TimerHandle timer = readTimer;
    if (timer != null) {
      if (timer.when() <= due) {
        return; // it looks again when it fires, so that a request costs no timer
      }
      timer.cancel();
    }
    readTimer = loop.callAt(due, this::readTimerFired);
  }

  private void readTimerFired() {
    readTimer = null;
    Exchange current = exchange;
    if (closed || current == null) {
      return;
    }
    long unsent = unsent();
    if (unsent != unsentBefore) {
      unsentBefore = unsent;
      noteActivity();
    }
    if (loop.time() - lastActivity >= current.readTimeout.toNanos()) {
      fail(Failure.readTimeout(current.readTimeout, Objects.requireNonNull(reader).hasBegun()));
    } else {
      watchReading(current.readTimeout);
    }
  }

  /** Returns how much of the request the system has not taken yet. */
  private long unsent() {
    ChannelOutboundBuffer buffer = Objects.requireNonNull(channel).unsafe().outboundBuffer();
    return buffer == null ? 0 : buffer.totalPendingWriteBytes() - buffer.currentProgress();
  }

  // ---- ending it

  /** Ends the exchange with a failure and closes. */
  void fail(Failure why) {
    Exchange failed = exchange;
    exchange = null;
    if (failed != null) {
      failed.connection = null;
      failed.end(why);
    }
    close();
  }

  /** Closes, since nobody awaits the exchange any more. */
  void abandon() {
    Exchange given = exchange;
    exchange = null;
    if (given != null) {
      given.connection = null;
    }
    close();
  }

  /** The channel ended, or broke. */
  void lost(AnswerReader by, @Nullable Throwable cause) {
    if (closed || by != reader || !ready) {
      return; // while it is being made, the listeners above tell more precisely what failed
    }
    Exchange cut = exchange;
    if (cut == null) {
      close();
      return;
    }
    Throwable why = cause != null || written == null ? cause : written.cause();
    if (why instanceof Error fault) {
      exchange = null;
      cut.connection = null;
      cut.crash(fault);
      close();
      return;
    }
    if (mayRetry(cut, by)) {
      exchange = null;
      close(cut);
    } else {
      fail(Failure.lost(host.origin, by.hasBegun(), why));
    }
  }

  /**
   * Tells whether the exchange may be sent again: its connection had served another one before, so
   * that the server may have closed it just as this one was sent, and doing it twice does no harm.
   */
  private boolean mayRetry(Exchange cut, AnswerReader by) {
    return settings.retryStaleConnections()
        && uses > 1
        && !by.hasBegun()
        && cut.timesSent == 1
        && HttpRequest.isIdempotent(cut.method);
  }

  void close() {
    close(null);
  }

  private void close(@Nullable Exchange again) {
    if (closed) {
      return;
    }
    closed = true;
    stopConnectTimers();
    if (readTimer != null) {
      readTimer.cancel();
      readTimer = null;
    }
    Channel open = channel;
    if (open != null) {
      SslHandler ssl = ready ? open.pipeline().get(SslHandler.class) : null;
      if (ssl != null) {
        ssl.closeOutbound(); // says goodbye if the socket takes it now, and waits for nothing
      }
      closeAtOnce(open);
    }
    pool.closed(this, again);
  }

  /** Closes the descriptor now, past handlers that would first wait for the server. */
  private static void closeAtOnce(Channel channel) {
    channel.unsafe().close(channel.voidPromise());
  }

  private void stopConnectTimers() {
    stopAttemptTimer();
    if (connectTimer != null) {
      connectTimer.cancel();
      connectTimer = null;
    }
  }

  private void stopAttemptTimer() {
    if (attemptTimer != null) {
      attemptTimer.cancel();
      attemptTimer = null;
    }
  }
}
