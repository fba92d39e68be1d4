package io.asyncio4j.http;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP proxy.
 *
 * @param host its name or address
 * @param port its port
 * @param user the user's name for basic authentication, or null
 * @param password the password, or null
 */
record Proxy(String host, int port, @Nullable String user, @Nullable String password) {
  static Proxy parse(String url) {
    Url parsed = Url.parse(url);
    if (parsed.origin().secure()) {
      throw new IllegalArgumentException(
          "the proxy " + parsed + " is spoken to over TLS, which is not supported; use http://");
    }
    String userInfo = parsed.userInfo();
    if (userInfo == null) {
      return new Proxy(parsed.origin().host(), parsed.origin().port(), null, null);
    }
    int colon = userInfo.indexOf(':');
    return new Proxy(
        parsed.origin().host(),
        parsed.origin().port(),
        decode(colon < 0 ? userInfo : userInfo.substring(0, colon)),
        colon < 0 ? "" : decode(userInfo.substring(colon + 1)));
  }

  /** Returns the value for Proxy-Authorization, or null. */
  @Nullable String authorization() {
    return user == null ? null : basic(user + ":" + password);
  }

  /**
   * Returns a header value for basic authentication of the user info of a URL, which is encoded.
   */
  static String basicOfUserInfo(String userInfo) {
    return basic(decode(userInfo) + (userInfo.indexOf(':') < 0 ? ":" : ""));
  }

  private static String basic(String userAndPassword) {
    return "Basic "
        + Base64.getEncoder().encodeToString(userAndPassword.getBytes(StandardCharsets.UTF_8));
  }

  private static String decode(String text) {
    return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  @Override
  public String toString() {
    return new Origin(false, host, port).hostAndPort();
  }
}
