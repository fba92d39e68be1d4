package io.asyncio4j.refire;

import io.asyncio4j.http.BodyTooLargeException;
import io.asyncio4j.http.ConnectFailedException;
import io.asyncio4j.http.ConnectTimeoutException;
import io.asyncio4j.http.ConnectionRefusedException;
import io.asyncio4j.http.ConnectionResetException;
import io.asyncio4j.http.HostNotFoundException;
import io.asyncio4j.http.HttpClient;
import io.asyncio4j.http.HttpClientBuilder;
import io.asyncio4j.http.HttpException;
import io.asyncio4j.http.HttpRequest;
import io.asyncio4j.http.HttpResponse;
import io.asyncio4j.http.HttpTimeoutException;
import io.asyncio4j.http.ProtocolException;
import io.asyncio4j.http.ProxyException;
import io.asyncio4j.http.TlsException;
import java.time.Duration;

/**
 * Sends requests with an {@link HttpClient}. An attempt sends twice only if a connection that had
 * served others ended before a byte of the answer came: the server closed it, and that says nothing
 * about the request.
 */
final class HttpSender implements Sender, AutoCloseable {
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

  /** Shorter than servers keep idle connections, so that few requests meet one that is closing. */
  private static final Duration KEEP_ALIVE = Duration.ofSeconds(4);

  private final HttpClient client;
  private final RefireOptions options;

  /**
   * Makes a sender for the loop of the calling task.
   *
   * @param connections the most connections at a time
   * @throws RefireException if a certificate or the proxy's URL cannot be used
   */
  HttpSender(RefireOptions options, int connections) throws RefireException {
    this.options = options;
    Duration timeout = options.timeout();
    Duration connect = timeout.compareTo(CONNECT_TIMEOUT) < 0 ? timeout : CONNECT_TIMEOUT;
    try {
      HttpClientBuilder builder =
          HttpClient.builder()
              .maxConnections(connections)
              .connectTimeout(connect)
              .readTimeout(timeout)
              .totalTimeout(timeout)
              .keepAlive(KEEP_ALIVE)
              .followRedirects(false);
      header(builder, "User-Agent", "asyncio4j-refire");
      header(
          builder, "Accept-Encoding", "identity"); // so that the size is that of the body as sent
      options.headers().forEach(header -> builder.header(header.name(), header.value()));
      options.cacert().ifPresent(builder::caFile);
      if (options.clientCert().isPresent() && options.clientKey().isPresent()) {
        builder.clientCertificate(options.clientCert().get(), options.clientKey().get());
      }
      options.proxy().ifPresent(proxy -> builder.proxy(proxy.toString()));
      client = builder.build();
    } catch (IllegalArgumentException e) {
      throw new RefireException(String.valueOf(e.getMessage()), e);
    }
  }

  @Override
  public Attempt send(Sending.Send request) {
    HttpRequest.Builder builder;
    try {
      builder =
          HttpRequest.builder(request.method(), request.origin() + "/")
              .rawTarget(request.target())
              .discardBody();
    } catch (IllegalArgumentException e) {
      return new Attempt.Failed(FailureKind.OTHER, String.valueOf(e.getMessage()));
    }
    if (!given("Host") && !request.hostHeader().equals(request.origin().authority())) {
      builder.header("Host", request.hostHeader());
    }
    try {
      HttpResponse response = client.send(builder.build());
      return new Attempt.Answered(
          response.status(),
          response.receivedBytes(),
          response.headers().get("Retry-After"),
          response.timesSent());
    } catch (HttpException e) {
      return new Attempt.Failed(kind(e), String.valueOf(e.getMessage()), e.timesSent());
    }
  }

  private void header(HttpClientBuilder builder, String name, String value) {
    if (!given(name)) {
      builder.header(name, value);
    }
  }

  private boolean given(String name) {
    return options.headers().stream().anyMatch(header -> header.name().equalsIgnoreCase(name));
  }

  private static FailureKind kind(HttpException e) {
    return switch (e) {
      case ConnectionRefusedException refused -> FailureKind.CONNECT_REFUSED;
      case ConnectFailedException failed -> FailureKind.UNREACHABLE;
      case HostNotFoundException unknown -> FailureKind.DNS;
      case TlsException tls -> FailureKind.TLS;
      case ProxyException proxy -> FailureKind.PROXY;
      case ConnectTimeoutException timeout -> FailureKind.CONNECT_TIMEOUT;
      case HttpTimeoutException timeout -> FailureKind.READ_TIMEOUT;
      case ConnectionResetException reset -> FailureKind.RESET;
      case ProtocolException protocol -> FailureKind.PROTOCOL;
      case BodyTooLargeException large -> FailureKind.PROTOCOL;
      default -> FailureKind.OTHER;
    };
  }

  @Override
  public void close() {
    client.close();
  }
}
