package io.asyncio4j.refire;

import java.net.URI;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A place to send requests to.
 *
 * @param scheme {@code http} or {@code https}
 * @param host a name or an address in lower case, an IPv6 address in brackets
 * @param port 1 to 65535
 */
record Origin(String scheme, String host, int port) {
  static final int HTTP_PORT = 80;
  static final int HTTPS_PORT = 443;
  private static final int HTTPS_ALTERNATIVE_PORT = 8443;

  /**
   * A host and perhaps a port, as in a Host header.
   *
   * @param port the port, or -1
   */
  record Authority(String host, int port) {
    /** Reads {@code host}, {@code host:port} or {@code [v6]:port}; null if it is none of these. */
    static @Nullable Authority parse(String text) {
      int end = hostEnd(text);
      if (end <= 0) {
        return null;
      }
      String host = text.substring(0, end).toLowerCase(Locale.ROOT);
      if (end == text.length()) {
        return new Authority(host, -1);
      }
      String digits = text.substring(end + 1);
      if (text.charAt(end) != ':' || digits.length() > 5) {
        return null;
      }
      if (digits.isEmpty()) {
        return new Authority(host, -1);
      }
      int port = 0;
      for (int i = 0; i < digits.length(); i++) {
        if (!HttpSyntax.isDigit(digits.charAt(i))) {
          return null;
        }
        port = port * 10 + digits.charAt(i) - '0';
      }
      return port == 0 || port > 65535 ? null : new Authority(host, port);
    }

    private static int hostEnd(String text) {
      if (text.startsWith("[")) {
        int close = text.indexOf(']');
        for (int i = 1; i < close; i++) {
          char c = text.charAt(i);
          if (Character.digit(c, 16) < 0 && c != ':' && c != '.') {
            return -1;
          }
        }
        return close > 2 ? close + 1 : -1;
      }
      int end = 0;
      while (end < text.length() && isHostChar(text.charAt(end))) {
        end++;
      }
      return end == 1 && !HttpSyntax.isAlphanumeric(text.charAt(0)) ? -1 : end;
    }

    private static boolean isHostChar(char c) {
      return HttpSyntax.isAlphanumeric(c) || c == '-' || c == '.' || c == '_';
    }

    @Override
    public String toString() {
      return port < 0 ? host : host + ":" + port;
    }
  }

  /** Returns the origin for an authority; the scheme's own port stands in for a missing one. */
  static Origin of(String scheme, Authority authority) {
    int port = authority.port;
    if (port < 0) {
      port = scheme.equals("https") ? HTTPS_PORT : HTTP_PORT;
    }
    return new Origin(scheme, authority.host, port);
  }

  /**
   * Returns the scheme to assume where nothing says which: https, so that nothing that was
   * encrypted is sent in the clear, unless a port is given that is not known for TLS.
   */
  static String likelyScheme(Authority authority) {
    return switch (authority.port) {
      case -1, HTTPS_PORT, HTTPS_ALTERNATIVE_PORT -> "https";
      default -> "http";
    };
  }

  /**
   * Reads the URL of a target.
   *
   * @throws IllegalArgumentException if it has more or less than scheme, host and port
   */
  static Origin ofTarget(URI uri) {
    String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
    Authority authority =
        uri.getRawAuthority() == null ? null : Authority.parse(uri.getRawAuthority());
    if (!(scheme.equals("http") || scheme.equals("https")) || authority == null) {
      throw new IllegalArgumentException(
          "the target '%s' is not of the form http://host[:port] or https://host[:port]"
              .formatted(uri));
    }
    String path = uri.getRawPath();
    boolean more =
        !(path.isEmpty() || path.equals("/"))
            || uri.getRawQuery() != null
            || uri.getRawFragment() != null;
    if (more) {
      throw new IllegalArgumentException(
          "the target '%s' has more than scheme, host and port; requests are sent as they were logged,"
                  .formatted(uri)
              + " so leave the path away");
    }
    return of(scheme, authority);
  }

  /** Returns host and port as in a Host header: without the scheme's own port. */
  String authority() {
    int own = scheme.equals("https") ? HTTPS_PORT : HTTP_PORT;
    return port == own ? host : host + ":" + port;
  }

  @Override
  public String toString() {
    return scheme + "://" + authority();
  }
}
