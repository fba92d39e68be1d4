package io.asyncio4j.http;

/**
 * Where a connection goes to.
 *
 * @param secure whether TLS is spoken
 * @param host the name or address, in lower case, without brackets
 * @param port the port, never -1
 */
record Origin(boolean secure, String host, int port) {
  String scheme() {
    return secure ? "https" : "http";
  }

  /** Returns host and port as a Host header has them: without a port that is the scheme's own. */
  String authority() {
    return port == defaultPort(secure) ? bracketed() : hostAndPort();
  }

  String hostAndPort() {
    return bracketed() + ":" + port;
  }

  private String bracketed() {
    return host.indexOf(':') >= 0 ? "[" + host + "]" : host;
  }

  static int defaultPort(boolean secure) {
    return secure ? 443 : 80;
  }

  @Override
  public String toString() {
    return scheme() + "://" + authority();
  }
}
