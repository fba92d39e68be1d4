package io.asyncio4j.http;

import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.SslContext;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What a client was built with; see {@link HttpClientBuilder} for what each means. */
record Settings(
    int maxConnections,
    int maxConnectionsPerHost,
    Duration connectTimeout,
    Duration readTimeout,
    @Nullable Duration totalTimeout,
    @Nullable Duration poolTimeout,
    Duration keepAlive,
    boolean followRedirects,
    int maxRedirects,
    long maxBodyBytes,
    boolean retryStaleConnections,
    Headers headers,
    @Nullable Proxy proxy,
    Supplier<SslContext> tls,
    AddressLookup lookup,
    Supplier<NioSocketChannel> sockets) {

  private static final Duration LONGEST = Duration.ofDays(36_500);

  /** Returns a duration that is positive, and not so long that nanoseconds overflow. */
  static Duration positive(String name, Duration duration) {
    if (!duration.isPositive()) {
      throw new IllegalArgumentException(name + " is " + duration + "; it must be positive");
    }
    return duration.compareTo(LONGEST) > 0 ? LONGEST : duration;
  }

  static int positive(String name, int number) {
    if (number < 1) {
      throw new IllegalArgumentException(name + " is " + number + "; it must be 1 or more");
    }
    return number;
  }

  static long notNegative(String name, long number) {
    if (number < 0) {
      throw new IllegalArgumentException(name + " is " + number + "; it must not be negative");
    }
    return number;
  }
}
