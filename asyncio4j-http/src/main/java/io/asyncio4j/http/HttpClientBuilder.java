package io.asyncio4j.http;

import io.asyncio4j.EventLoop;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a client in the making. For one thread at a time.
 *
 * <p>Counterpart of the arguments of {@code httpx.Client}; environment variables such as {@code
 * HTTP_PROXY} are not looked at.
 */
public final class HttpClientBuilder {
  private static final Headers DEFAULT_HEADERS =
      Headers.of("Accept", "*/*", "Accept-Encoding", "gzip, deflate", "User-Agent", "asyncio4j");

  private int maxConnections = 100;
  private int maxConnectionsPerHost = Integer.MAX_VALUE;
  private Duration connectTimeout = Duration.ofSeconds(10);
  private Duration readTimeout = Duration.ofSeconds(30);
  private @Nullable Duration totalTimeout;
  private @Nullable Duration poolTimeout;
  private Duration keepAlive = Duration.ofSeconds(15);
  private boolean followRedirects;
  private int maxRedirects = 20;
  private long maxBodyBytes = 100L << 20;
  private boolean retryStaleConnections = true;
  private Headers headers = Headers.empty();
  private @Nullable Proxy proxy;
  private @Nullable Path caFile;
  private @Nullable Path clientCertificate;
  private @Nullable Path clientKey;
  private boolean insecure;
  private AddressLookup lookup = InetAddress::getAllByName;
  private Supplier<NioSocketChannel> sockets = NioSocketChannel::new;

  HttpClientBuilder() {}

  /**
   * Sets how many connections there may be in all, idle ones included. Requests beyond wait in a
   * queue, however many they are, and get their connection in the order in which they came; an idle
   * connection to another host is closed for them. If the system has no descriptor left for
   * another, requests wait for those that are open. 100 if not set.
   *
   * @param limit 1 or more
   * @return this builder
   */
  public HttpClientBuilder maxConnections(int limit) {
    maxConnections = Settings.positive("maxConnections", limit);
    return this;
  }

  /**
   * Sets how many connections there may be to one scheme, host and port. Requests beyond wait, and
   * let those to other hosts pass. No limit of its own if not set.
   *
   * @param limit 1 or more
   * @return this builder
   */
  public HttpClientBuilder maxConnectionsPerHost(int limit) {
    maxConnectionsPerHost = Settings.positive("maxConnectionsPerHost", limit);
    return this;
  }

  /**
   * Sets how long it may take to make a connection: look-up, TCP, proxy and TLS together. If a host
   * has several addresses they are tried in turn, and one that does not answer leaves time for the
   * next. 10 seconds if not set.
   *
   * @param timeout the longest time, on the loop's clock
   * @return this builder
   */
  public HttpClientBuilder connectTimeout(Duration timeout) {
    connectTimeout = Settings.positive("connectTimeout", timeout);
    return this;
  }

  /**
   * Sets how long the server may be silent, before its answer and within it. The time begins when
   * the request has its connection, and anew whenever bytes come or the system takes some of the
   * request. 30 seconds if not set.
   *
   * @param timeout the longest silence, on the loop's clock
   * @return this builder
   */
  public HttpClientBuilder readTimeout(Duration timeout) {
    readTimeout = Settings.positive("readTimeout", timeout);
    return this;
  }

  /**
   * Sets how long a request may take from the call to the answer, waiting for a connection and
   * redirects included. No limit if not set.
   *
   * @param timeout the longest time, on the loop's clock
   * @return this builder
   */
  public HttpClientBuilder totalTimeout(Duration timeout) {
    totalTimeout = Settings.positive("totalTimeout", timeout);
    return this;
  }

  /**
   * Sets how long a request may wait for a free connection. No limit if not set: many requests that
   * wait are no error.
   *
   * @param timeout the longest wait, on the loop's clock
   * @return this builder
   */
  public HttpClientBuilder poolTimeout(Duration timeout) {
    poolTimeout = Settings.positive("poolTimeout", timeout);
    return this;
  }

  /**
   * Sets how long a connection is kept for the next request. 15 seconds if not set.
   *
   * @param time the longest idle time, on the loop's clock
   * @return this builder
   */
  public HttpClientBuilder keepAlive(Duration time) {
    keepAlive = Settings.positive("keepAlive", time);
    return this;
  }

  /**
   * Says whether redirects (301, 302, 303, 307, 308 with a {@code Location}) are followed. Not if
   * not set, as in httpx. A 303, and a 301 or 302 that answers a POST, is followed by GET without
   * the body; {@code Authorization}, {@code Cookie} and {@code Host} are not sent on to another
   * scheme, host or port.
   *
   * @param follow whether to follow them
   * @return this builder
   */
  public HttpClientBuilder followRedirects(boolean follow) {
    followRedirects = follow;
    return this;
  }

  /**
   * Sets how many redirects of one request are followed. 20 if not set.
   *
   * @param limit 0 or more
   * @return this builder
   */
  public HttpClientBuilder maxRedirects(int limit) {
    maxRedirects = (int) Settings.notNegative("maxRedirects", limit);
    return this;
  }

  /**
   * Sets how long the body of an answer may be, as sent and as decompressed. 100 MiB if not set;
   * never more than an array holds, 2 GiB.
   *
   * @param bytes the limit
   * @return this builder
   */
  public HttpClientBuilder maxBodyBytes(long bytes) {
    maxBodyBytes = Settings.notNegative("maxBodyBytes", bytes);
    return this;
  }

  /**
   * Says whether a request is sent once more if its connection, which had served others, is closed
   * before the first byte of the answer. Servers close idle connections at any time, and this is
   * what it looks like; but the server may have got the request. Only GET, HEAD, PUT, DELETE,
   * OPTIONS and TRACE are sent again, which by their definition can be repeated. They are if not
   * set; switch it off where each request must be seen once at most.
   *
   * @param retry whether to send again
   * @return this builder
   */
  public HttpClientBuilder retryStaleConnections(boolean retry) {
    retryStaleConnections = retry;
    return this;
  }

  /**
   * Adds a header field to all requests. It replaces the default of its name ({@code Accept},
   * {@code Accept-Encoding}, {@code User-Agent}); a request's own field of that name replaces it.
   *
   * @param name the field's name
   * @param value its value
   * @return this builder
   * @throws IllegalArgumentException as {@link HttpRequest.Builder#header} says
   */
  public HttpClientBuilder header(String name, String value) {
    HttpRequest.checkMayBeSet(name);
    headers = headers.with(name, value);
    return this;
  }

  /**
   * Sends all requests through an HTTP proxy: those to https URLs through a tunnel (CONNECT), those
   * to http URLs by asking the proxy. The proxy looks up the hosts' names.
   *
   * @param url {@code http://host:port}, or {@code http://name:password@host:port}
   * @return this builder
   * @throws IllegalArgumentException if it is no such URL
   */
  public HttpClientBuilder proxy(String url) {
    proxy = Proxy.parse(url);
    return this;
  }

  /**
   * Trusts the certificates in a file, and those that they signed, in the place of the JDK's.
   *
   * @param pem a file of certificates in PEM form
   * @return this builder
   */
  public HttpClientBuilder caFile(Path pem) {
    caFile = Objects.requireNonNull(pem, "pem");
    return this;
  }

  /**
   * Shows a certificate to servers that ask for one.
   *
   * @param certificatePem the certificate, and those between it and the authority, in PEM form
   * @param keyPem its key, in PEM form, PKCS#8, not encrypted
   * @return this builder
   */
  public HttpClientBuilder clientCertificate(Path certificatePem, Path keyPem) {
    clientCertificate = Objects.requireNonNull(certificatePem, "certificatePem");
    clientKey = Objects.requireNonNull(keyPem, "keyPem");
    return this;
  }

  /**
   * Accepts any certificate of any host: whoever is on the way to the server can read and change
   * everything. For tests only.
   *
   * @return this builder
   */
  public HttpClientBuilder insecureTrustAnyCertificate() {
    insecure = true;
    return this;
  }

  HttpClientBuilder lookup(AddressLookup newLookup) {
    lookup = newLookup;
    return this;
  }

  HttpClientBuilder sockets(Supplier<NioSocketChannel> newSockets) {
    sockets = newSockets;
    return this;
  }

  /**
   * Makes the client, for the loop that runs the calling task or callback. Reads the certificate
   * files, if any.
   *
   * @return the client; close it
   * @throws IllegalArgumentException if a certificate file cannot be used, or any certificate is to
   *     be accepted and a file of trusted ones is given too
   * @throws IllegalStateException if called outside a running loop, or on one whose I/O is not
   *     Netty's
   */
  public HttpClient build() {
    if (insecure && caFile != null) {
      throw new IllegalArgumentException(
          "caFile(" + caFile + ") has no effect with insecureTrustAnyCertificate(); choose one");
    }
    EventLoop loop = EventLoop.current();
    Settings settings =
        new Settings(
            maxConnections,
            maxConnectionsPerHost,
            connectTimeout,
            readTimeout,
            totalTimeout,
            poolTimeout,
            keepAlive,
            followRedirects,
            maxRedirects,
            maxBodyBytes,
            retryStaleConnections,
            DEFAULT_HEADERS.overriddenBy(headers),
            proxy,
            Tls.context(caFile, clientCertificate, clientKey, insecure),
            lookup,
            sockets);
    return new HttpClient(loop, settings);
  }
}
