package io.asyncio4j;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/**
 * How {@link Streams#connect} connects. Immutable: each {@code with} method returns other options.
 *
 * <p>Counterpart of the keyword arguments of {@code asyncio.open_connection}.
 */
public final class ConnectOptions {
  private static final ConnectOptions DEFAULTS =
      new ConnectOptions(
          StreamReader.DEFAULT_LIMIT, TlsOptions.NONE, null, null, Duration.ofMillis(250));

  private final int limit;
  private final TlsOptions tls;
  private final @Nullable String serverName;
  private final @Nullable InetSocketAddress localAddress;
  private final @Nullable Duration attemptDelay;

  private ConnectOptions(
      int limit,
      TlsOptions tls,
      @Nullable String serverName,
      @Nullable InetSocketAddress localAddress,
      @Nullable Duration attemptDelay) {
    this.limit = limit;
    this.tls = tls;
    this.serverName = serverName;
    this.localAddress = localAddress;
    this.attemptDelay = attemptDelay;
  }

  /**
   * Returns the options of a plain connection: a limit of 64 KiB, and the next address of a host
   * tried 250 milliseconds after the one before.
   *
   * @return the defaults
   */
  public static ConnectOptions defaults() {
    return DEFAULTS;
  }

  /**
   * Returns these options with another limit for {@link StreamReader#readLine} and {@link
   * StreamReader#readUntil}.
   *
   * @param bytes the limit
   * @return new options
   * @throws IllegalArgumentException if it is not positive
   */
  public ConnectOptions withLimit(int bytes) {
    return new ConnectOptions(
        StreamReader.checkLimit(bytes), tls, serverName, localAddress, attemptDelay);
  }

  /**
   * Returns these options with TLS. The peer's certificate must be trusted by the context, and name
   * the host that is connected to.
   *
   * @param context the keys and what is trusted; {@link SSLContext#getDefault()} trusts what the
   *     JDK trusts
   * @return new options
   */
  public ConnectOptions withTls(SSLContext context) {
    return with(tls.withContext(Objects.requireNonNull(context, "context")));
  }

  /**
   * Returns these options with changes to TLS's parameters, such as protocols or ciphers. They are
   * applied after those of this library, so that they can switch the check of the host's name off:
   * {@code p -> p.setEndpointIdentificationAlgorithm(null)}.
   *
   * @param changes is called for each handshake
   * @return new options
   */
  public ConnectOptions withTlsParameters(Consumer<? super SSLParameters> changes) {
    Objects.requireNonNull(changes, "changes");
    return with(tls.withParameters(changes::accept));
  }

  /**
   * Returns these options with another name that the peer's certificate must bear, instead of the
   * host that is connected to.
   *
   * @param name a host name
   * @return new options
   */
  public ConnectOptions withServerName(String name) {
    return new ConnectOptions(
        limit, tls, Objects.requireNonNull(name, "name"), localAddress, attemptDelay);
  }

  /**
   * Returns these options with another longest time for TLS's handshake, 60 seconds by default.
   *
   * @param timeout the time, on the loop's clock
   * @return new options
   */
  public ConnectOptions withTlsHandshakeTimeout(Duration timeout) {
    return with(tls.withHandshakeTimeout(timeout));
  }

  /**
   * Returns these options with another longest time for which a TLS connection that is closed waits
   * for the peer to say goodbye, 30 seconds by default.
   *
   * @param timeout the time, on the loop's clock
   * @return new options
   */
  public ConnectOptions withTlsShutdownTimeout(Duration timeout) {
    return with(tls.withShutdownTimeout(timeout));
  }

  /**
   * Returns these options with an address for this end of the connection.
   *
   * @param address the address; port 0 leaves the port to the system
   * @return new options
   */
  public ConnectOptions withLocalAddress(InetSocketAddress address) {
    return new ConnectOptions(
        limit, tls, serverName, Objects.requireNonNull(address, "address"), attemptDelay);
  }

  /**
   * Returns these options with another delay after which the next address of a host is tried while
   * the ones before have not answered ("happy eyeballs", RFC 8305).
   *
   * @param delay the delay, on the loop's clock
   * @return new options
   */
  public ConnectOptions withHappyEyeballsDelay(Duration delay) {
    return new ConnectOptions(
        limit, tls, serverName, localAddress, Objects.requireNonNull(delay, "delay"));
  }

  /**
   * Returns these options with the addresses of a host tried one after another, each only when the
   * one before has failed.
   *
   * @return new options
   */
  public ConnectOptions withoutHappyEyeballs() {
    return new ConnectOptions(limit, tls, serverName, localAddress, null);
  }

  private ConnectOptions with(TlsOptions newTls) {
    return new ConnectOptions(limit, newTls, serverName, localAddress, attemptDelay);
  }

  int limit() {
    return limit;
  }

  TlsOptions tls() {
    return tls;
  }

  @Nullable String serverName() {
    return serverName;
  }

  @Nullable InetSocketAddress localAddress() {
    return localAddress;
  }

  @Nullable Duration attemptDelay() {
    return attemptDelay;
  }
}
