package io.asyncio4j.http;

import io.netty.handler.codec.DecoderException;
import io.netty.handler.proxy.ProxyConnectException;
import io.netty.handler.ssl.NotSslRecordException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Why an exchange got no answer. It becomes an exception only in the task that asked, so that the
 * stack trace is the caller's.
 *
 * @param kind what happened
 * @param text what happened, in words, with what to do
 * @param cause the exception below, or null
 */
record Failure(Kind kind, String text, @Nullable Throwable cause) implements Outcome {
  enum Kind {
    REFUSED,
    CONNECT,
    HOST_NOT_FOUND,
    TLS,
    PROXY,
    CONNECT_TIMEOUT,
    READ_TIMEOUT,
    TOTAL_TIMEOUT,
    POOL_TIMEOUT,
    RESET,
    PROTOCOL,
    BODY_TOO_LARGE,
    CLIENT_CLOSED
  }

  HttpException toException(String request) {
    String message = request + ": " + text;
    return switch (kind) {
      case REFUSED -> new ConnectionRefusedException(message, cause);
      case CONNECT -> new ConnectFailedException(message, cause);
      case HOST_NOT_FOUND -> new HostNotFoundException(message, cause);
      case TLS -> new TlsException(message, cause);
      case PROXY -> new ProxyException(message, cause);
      case CONNECT_TIMEOUT -> new ConnectTimeoutException(message, cause);
      case READ_TIMEOUT -> new ReadTimeoutException(message, cause);
      case TOTAL_TIMEOUT -> new TotalTimeoutException(message, cause);
      case POOL_TIMEOUT -> new PoolTimeoutException(message, cause);
      case RESET -> new ConnectionResetException(message, cause);
      case PROTOCOL -> new ProtocolException(message, cause);
      case BODY_TOO_LARGE -> new BodyTooLargeException(message, cause);
      case CLIENT_CLOSED -> new ClientClosedException(message, cause);
    };
  }

  static Failure hostNotFound(String host, Throwable cause) {
    return new Failure(
        Kind.HOST_NOT_FOUND,
        "the host " + host + " was not found; check its spelling and this machine's DNS",
        cause);
  }

  static Failure notConnected(InetAddress[] addresses, int port, Throwable cause) {
    String tried =
        Arrays.stream(addresses)
            .map(address -> new Origin(false, address.getHostAddress(), port).hostAndPort())
            .collect(Collectors.joining(", "));
    if (cause instanceof ConnectException
        && String.valueOf(cause.getMessage()).contains("refused")) {
      return new Failure(
          Kind.REFUSED,
          "connection refused by " + tried + "; nothing listens there, or a firewall refuses",
          cause);
    }
    return new Failure(Kind.CONNECT, "no connection to " + tried + ": " + reason(cause), cause);
  }

  static Failure noSocket(Throwable cause) {
    return new Failure(
        Kind.CONNECT,
        "no socket could be opened: "
            + reason(cause)
            + "; lower maxConnections or raise the limit of open files (ulimit -n)",
        cause);
  }

  static Failure connectTimeout(Origin origin, String doing, Duration limit) {
    return new Failure(
        Kind.CONNECT_TIMEOUT,
        "no connection to "
            + origin.hostAndPort()
            + " within "
            + text(limit)
            + " (stopped at: "
            + doing
            + "); raise connectTimeout if the server is that slow",
        null);
  }

  static Failure readTimeout(Duration limit, boolean answerBegun) {
    return new Failure(
        Kind.READ_TIMEOUT,
        (answerBegun ? "the server fell silent in the middle of its answer for " : "no answer for ")
            + text(limit)
            + "; raise readTimeout if the server is that slow",
        null);
  }

  static Failure totalTimeout(Duration limit) {
    return new Failure(
        Kind.TOTAL_TIMEOUT,
        "not done within " + text(limit) + "; raise totalTimeout if it may take longer",
        null);
  }

  static Failure poolTimeout(Duration limit, int waiting) {
    return new Failure(
        Kind.POOL_TIMEOUT,
        "no free connection within "
            + text(limit)
            + ", "
            + waiting
            + " requests were waiting; raise poolTimeout or maxConnections",
        null);
  }

  static Failure tls(Origin origin, Throwable cause) {
    Throwable root = withoutWrapper(cause);
    if (root instanceof NotSslRecordException) {
      return new Failure(
          Kind.TLS,
          origin.hostAndPort() + " does not speak TLS; use http:// if that is meant",
          root);
    }
    String why =
        root instanceof ClosedChannelException
            ? "the server closed the connection"
            : String.valueOf(root.getMessage());
    return new Failure(
        Kind.TLS,
        "the TLS handshake with "
            + origin.hostAndPort()
            + " failed: "
            + why
            + "; a certificate of one's own authority is trusted with caFile(...)",
        root);
  }

  static Failure proxy(Proxy proxy, Throwable cause) {
    return new Failure(
        Kind.PROXY,
        "the proxy "
            + proxy
            + " made no tunnel: "
            + reason(cause)
            + "; check its name and password",
        cause);
  }

  /** Returns the failure for a connection that ended, or broke, before the answer was whole. */
  static Failure lost(Origin origin, boolean answerBegun, @Nullable Throwable cause) {
    if (cause instanceof ProxyConnectException) {
      return new Failure(Kind.PROXY, reason(cause), cause);
    }
    for (Throwable below = cause; below != null; below = below.getCause()) {
      if (below instanceof SSLException) {
        return tls(origin, below);
      }
    }
    if (cause instanceof DecoderException) {
      return protocol(reason(cause), cause);
    }
    String when = answerBegun ? " in the middle of its answer" : " before it answered";
    return new Failure(
        Kind.RESET,
        cause == null || cause instanceof ClosedChannelException
            ? "the server closed the connection" + when
            : "the connection broke" + when + ": " + reason(cause),
        cause);
  }

  static Failure protocol(String what, @Nullable Throwable cause) {
    return new Failure(Kind.PROTOCOL, "the answer breaks the rules of HTTP: " + what, cause);
  }

  static Failure bodyTooLarge(long limit) {
    return new Failure(
        Kind.BODY_TOO_LARGE,
        "the body is larger than " + limit + " bytes; raise maxBodyBytes to accept it",
        null);
  }

  static Failure clientClosed() {
    return new Failure(
        Kind.CLIENT_CLOSED,
        "its client was closed; await all requests before the client's close()",
        null);
  }

  private static Throwable withoutWrapper(Throwable cause) {
    Throwable below = cause.getCause();
    return cause instanceof DecoderException && below != null ? below : cause;
  }

  private static String reason(Throwable cause) {
    String message = cause.getMessage();
    return message == null ? cause.getClass().getSimpleName() : message;
  }

  private static String text(Duration duration) {
    return duration.toString().substring(2).toLowerCase(Locale.ROOT);
  }
}
