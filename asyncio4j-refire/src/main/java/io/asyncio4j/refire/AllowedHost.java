package io.asyncio4j.refire;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A host that lines may be sent to.
 *
 * @param scheme the scheme to use where a line tells none, and the only one allowed; null for
 *     either
 * @param authority the host and the only port allowed; a port of -1 allows all
 */
record AllowedHost(@Nullable String scheme, Origin.Authority authority) {
  /**
   * Reads {@code host}, {@code host:port} or {@code scheme://host[:port]}.
   *
   * @throws IllegalArgumentException if the text is none of these
   */
  static AllowedHost parse(String text) {
    String rest = text.strip();
    String scheme = null;
    int colon = rest.indexOf("://");
    if (colon >= 0) {
      scheme = rest.substring(0, colon).toLowerCase(Locale.ROOT);
      rest = rest.substring(colon + 3);
      if (rest.endsWith("/")) {
        rest = rest.substring(0, rest.length() - 1);
      }
    }
    Origin.Authority authority = Origin.Authority.parse(rest);
    boolean known = scheme == null || scheme.equals("http") || scheme.equals("https");
    if (authority == null || !known) {
      throw new IllegalArgumentException(
          "'%s' is no host to allow; write host, host:port or https://host".formatted(text));
    }
    return new AllowedHost(scheme, authority);
  }

  /** Tells whether this host and port is meant, whatever the scheme. */
  boolean covers(Origin.Authority other, String otherScheme) {
    return authority.host().equals(other.host())
        && (authority.port() < 0 || authority.port() == Origin.of(otherScheme, other).port())
        && (scheme == null || scheme.equals(otherScheme));
  }
}
