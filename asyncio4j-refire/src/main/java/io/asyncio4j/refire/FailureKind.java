package io.asyncio4j.refire;

/** A way for a request to end without a whole answer. It is never shown as a status. */
public enum FailureKind {
  /** Nothing listens at the host and port. */
  CONNECT_REFUSED("connect-refused"),
  /** The connection was not made in time. */
  CONNECT_TIMEOUT("connect-timeout"),
  /** The host or its network cannot be reached. */
  UNREACHABLE("unreachable"),
  /** The host's name cannot be resolved. */
  DNS("dns"),
  /** The TLS handshake failed, for instance since the certificate is not trusted. */
  TLS("tls"),
  /** The proxy refused or failed. */
  PROXY("proxy"),
  /** The answer did not come, or did not end, in time. */
  READ_TIMEOUT("read-timeout"),
  /** The connection was closed or reset before the answer had ended. */
  RESET("reset"),
  /** What came is no HTTP answer. */
  PROTOCOL("protocol"),
  /** The run was stopped while the request was on its way. */
  INTERRUPTED("interrupted"),
  /** Anything else; the results say what. */
  OTHER("other");

  private final String id;

  FailureKind(String id) {
    this.id = id;
  }

  /** Returns the name for people and JSON. */
  public String id() {
    return id;
  }
}
