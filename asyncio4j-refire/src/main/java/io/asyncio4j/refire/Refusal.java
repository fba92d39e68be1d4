package io.asyncio4j.refire;

/** A reason not to send a request. */
public enum Refusal {
  /** The method is not among those to send again; a log holds no bodies. */
  METHOD("method", "the method is not among --methods, since a log holds no bodies"),
  /** The line holds no request that can be taken apart, such as {@code -} or a TLS handshake. */
  NO_REQUEST("no-request", "the line holds no request that can be understood"),
  /** The request names no resource: {@code OPTIONS *}, or CONNECT. */
  NO_RESOURCE("no-resource", "the request names no resource (asterisk-form or CONNECT)"),
  /** The URL holds control characters, a user name or an unknown scheme. */
  BAD_URL("bad-url", "the URL holds what must not be sent"),
  /** Neither the line nor a target says where to send it. */
  NO_HOST("no-host", "the line names no host; give --target"),
  /** The line's host was not allowed. */
  HOST_NOT_ALLOWED(
      "host-not-allowed", "the line's host is not allowed; give --allow-host or --target");

  private final String id;
  private final String text;

  Refusal(String id, String text) {
    this.id = id;
    this.text = text;
  }

  /** Returns the name used in JSON. */
  public String id() {
    return id;
  }

  /** Returns a sentence for the operator. */
  public String text() {
    return text;
  }
}
