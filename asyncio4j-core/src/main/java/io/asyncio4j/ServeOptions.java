package io.asyncio4j;

import java.time.Duration;
import java.util.Objects;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;

/**
 * How {@link Streams#serve} serves. Immutable: each {@code with} method returns other options.
 *
 * <p>Counterpart of the keyword arguments of {@code asyncio.start_server}.
 */
public final class ServeOptions {
  private static final int BACKLOG = 100;
  private static final ServeOptions DEFAULTS =
      new ServeOptions(StreamReader.DEFAULT_LIMIT, TlsOptions.NONE, BACKLOG, false, true);

  private final int limit;
  private final TlsOptions tls;
  private final int backlog;
  private final boolean reusePort;
  private final boolean deleteSocketFile;

  private ServeOptions(
      int limit, TlsOptions tls, int backlog, boolean reusePort, boolean deleteSocketFile) {
    this.limit = limit;
    this.tls = tls;
    this.backlog = backlog;
    this.reusePort = reusePort;
    this.deleteSocketFile = deleteSocketFile;
  }

  /**
   * Returns the options of a plain server: a limit of 64 KiB, a backlog of 100. The address can be
   * used again at once when the server has ended, as everywhere in asyncio.
   *
   * @return the defaults
   */
  public static ServeOptions defaults() {
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
  public ServeOptions withLimit(int bytes) {
    return new ServeOptions(
        StreamReader.checkLimit(bytes), tls, backlog, reusePort, deleteSocketFile);
  }

  /**
   * Returns these options with TLS.
   *
   * @param context the server's key and certificate
   * @return new options
   */
  public ServeOptions withTls(SSLContext context) {
    return with(tls.withContext(Objects.requireNonNull(context, "context")));
  }

  /**
   * Returns these options with changes to TLS's parameters, such as {@code p ->
   * p.setNeedClientAuth(true)}.
   *
   * @param changes is called for each handshake
   * @return new options
   */
  public ServeOptions withTlsParameters(Consumer<? super SSLParameters> changes) {
    Objects.requireNonNull(changes, "changes");
    return with(tls.withParameters(changes::accept));
  }

  /**
   * Returns these options with another longest time for TLS's handshake, 60 seconds by default.
   *
   * @param timeout the time, on the loop's clock
   * @return new options
   */
  public ServeOptions withTlsHandshakeTimeout(Duration timeout) {
    return with(tls.withHandshakeTimeout(timeout));
  }

  /**
   * Returns these options with another longest time for which a TLS connection that is closed waits
   * for the peer to say goodbye, 30 seconds by default.
   *
   * @param timeout the time, on the loop's clock
   * @return new options
   */
  public ServeOptions withTlsShutdownTimeout(Duration timeout) {
    return with(tls.withShutdownTimeout(timeout));
  }

  /**
   * Returns these options with another number of connections that the system keeps until they are
   * accepted.
   *
   * @param connections the number
   * @return new options
   * @throws IllegalArgumentException if it is not positive
   */
  public ServeOptions withBacklog(int connections) {
    if (connections < 1) {
      throw new IllegalArgumentException("backlog is " + connections + "; it must be at least 1");
    }
    return new ServeOptions(limit, tls, connections, reusePort, deleteSocketFile);
  }

  /**
   * Returns these options with the port shared or not: several servers that all share it, such as
   * one for each loop, get the connections in turn.
   *
   * @param shared whether the port is shared
   * @return new options
   */
  public ServeOptions withReusePort(boolean shared) {
    return new ServeOptions(limit, tls, backlog, shared, deleteSocketFile);
  }

  /**
   * Returns these options with the file of a Unix-domain socket deleted or not when the server is
   * closed. By default it is, unless another has taken its place.
   *
   * @param deleted whether the file is deleted
   * @return new options
   */
  public ServeOptions withSocketFileDeleted(boolean deleted) {
    return new ServeOptions(limit, tls, backlog, reusePort, deleted);
  }

  private ServeOptions with(TlsOptions newTls) {
    return new ServeOptions(limit, newTls, backlog, reusePort, deleteSocketFile);
  }

  int limit() {
    return limit;
  }

  TlsOptions tls() {
    return tls;
  }

  int backlog() {
    return backlog;
  }

  boolean reusePort() {
    return reusePort;
  }

  boolean deleteSocketFile() {
    return deleteSocketFile;
  }
}
