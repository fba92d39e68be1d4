package io.asyncio4j.http;

import java.net.IDN;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An absolute http or https URL, taken apart and encoded for the wire.
 *
 * <p>{@link java.net.URI} refuses much of what browsers, logs and people write ({@code |}, {@code
 * {}}, {@code %zz}, blanks), so this reads as browsers do: what may not stand in a request target
 * is encoded, what is encoded already stays.
 *
 * @param origin scheme, host and port
 * @param target path and query as they are sent, beginning with a slash; never a fragment
 * @param userInfo {@code name:password} as the URL had it, or null
 */
record Url(Origin origin, String target, @Nullable String userInfo) {
  private static final String HEX = "0123456789ABCDEF";
  private static final String PLAIN_IN_TARGET = "-._~!$&'()*+,;=:@/?[]";
  private static final String UNRESERVED = "-._~";
  private static final int MAX_PORT = 65_535;

  static Url parse(String text) {
    Objects.requireNonNull(text, "url");
    String trimmed = text.strip();
    int schemeEnd = trimmed.indexOf("://");
    String scheme = schemeEnd < 0 ? "" : trimmed.substring(0, schemeEnd).toLowerCase(Locale.ROOT);
    if (!scheme.equals("http") && !scheme.equals("https")) {
      throw invalid(text, "it does not begin with http:// or https://");
    }
    boolean secure = scheme.equals("https");
    int authorityStart = schemeEnd + 3;
    int authorityEnd = authorityStart;
    while (authorityEnd < trimmed.length() && "/?#\\".indexOf(trimmed.charAt(authorityEnd)) < 0) {
      authorityEnd++;
    }
    String authority = trimmed.substring(authorityStart, authorityEnd);
    int at = authority.lastIndexOf('@');
    String userInfo = at < 0 ? null : authority.substring(0, at);
    Origin origin = origin(text, secure, authority.substring(at + 1));
    return new Url(origin, target(trimmed.substring(authorityEnd)), userInfo);
  }

  private static Origin origin(String text, boolean secure, String hostAndPort) {
    int bracket = hostAndPort.lastIndexOf(']');
    int colon = hostAndPort.indexOf(':', Math.max(bracket, 0));
    String host = colon < 0 ? hostAndPort : hostAndPort.substring(0, colon);
    String portText = colon < 0 ? "" : hostAndPort.substring(colon + 1);
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
    } else if (!isAscii(host)) {
      host = toAscii(text, host);
    }
    if (host.isEmpty()) {
      throw invalid(text, "it names no host");
    }
    for (int i = 0; i < host.length(); i++) {
      char c = host.charAt(i);
      if (c <= ' ' || c == 0x7f || "<>\"{}|^`%[]".indexOf(c) >= 0) {
        throw invalid(text, String.format("its host holds the character U+%04X", (int) c));
      }
    }
    int port = portText.isEmpty() ? Origin.defaultPort(secure) : port(text, portText);
    return new Origin(secure, host.toLowerCase(Locale.ROOT), port);
  }

  private static int port(String text, String digits) {
    int port = 0;
    for (int i = 0; i < digits.length() && port <= MAX_PORT; i++) {
      char c = digits.charAt(i);
      port = c < '0' || c > '9' ? MAX_PORT + 1 : port * 10 + (c - '0');
    }
    if (port < 1 || port > MAX_PORT) {
      throw invalid(text, "its port is not a number from 1 to " + MAX_PORT);
    }
    return port;
  }

  private static String toAscii(String text, String host) {
    try {
      return IDN.toASCII(host);
    } catch (IllegalArgumentException e) {
      throw invalid(text, "its host is no domain name: " + e.getMessage());
    }
  }

  private static boolean isAscii(String text) {
    return text.chars().allMatch(c -> c < 0x80);
  }

  private static String target(String pathAndMore) {
    int fragment = pathAndMore.indexOf('#');
    String withoutFragment = fragment < 0 ? pathAndMore : pathAndMore.substring(0, fragment);
    String encoded = encode(withoutFragment, PLAIN_IN_TARGET, true);
    return encoded.startsWith("/") ? encoded : "/" + encoded;
  }

  /** Encodes one name or value of a query, everything but letters, digits and {@code -._~}. */
  static String encodeQueryComponent(String text) {
    return encode(text, UNRESERVED, false);
  }

  private static String encode(String text, String plain, boolean keepEscapes) {
    StringBuilder encoded = new StringBuilder(text.length() + 16);
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      if ((c >= 'a' && c <= 'z')
          || (c >= 'A' && c <= 'Z')
          || (c >= '0' && c <= '9')
          || (c < 0x80 && plain.indexOf(c) >= 0)
          || (c == '%' && keepEscapes && isHex(text, i + 1) && isHex(text, i + 2))) {
        encoded.append((char) c);
      } else {
        for (byte b : Character.toString(c).getBytes(StandardCharsets.UTF_8)) {
          encoded.append('%').append(HEX.charAt((b >> 4) & 0xf)).append(HEX.charAt(b & 0xf));
        }
      }
      i += Character.charCount(c);
    }
    return encoded.toString();
  }

  private static boolean isHex(String text, int index) {
    return index < text.length() && Character.digit(text.charAt(index), 16) >= 0;
  }

  /** Returns this URL with a query parameter more, encoded. */
  Url withQuery(String name, String value) {
    String parameter = encodeQueryComponent(name) + "=" + encodeQueryComponent(value);
    char last = target.charAt(target.length() - 1);
    String separator = target.indexOf('?') < 0 ? "?" : last == '?' || last == '&' ? "" : "&";
    return new Url(origin, target + separator + parameter, userInfo);
  }

  /**
   * Returns what a Location header that came with an answer to this URL points to (RFC 3986,
   * section 5).
   *
   * @throws IllegalArgumentException if that is no http or https URL
   */
  Url resolve(String location) {
    String reference = location.strip();
    if (hasScheme(reference)) {
      return parse(reference);
    }
    if (reference.startsWith("//")) {
      return parse(origin.scheme() + ":" + reference);
    }
    if (reference.startsWith("/")) {
      return new Url(origin, target(reference), userInfo);
    }
    int query = target.indexOf('?');
    String path = query < 0 ? target : target.substring(0, query);
    if (reference.startsWith("?")) {
      return new Url(origin, target(path + reference), userInfo);
    }
    if (reference.isEmpty() || reference.startsWith("#")) {
      return this;
    }
    String directory = path.substring(0, path.lastIndexOf('/') + 1);
    return new Url(origin, withoutDots(target(directory + reference)), userInfo);
  }

  private static boolean hasScheme(String reference) {
    for (int i = 0; i < reference.length(); i++) {
      char c = reference.charAt(i);
      if (c == ':') {
        return i > 0;
      }
      if (!(Character.isLetterOrDigit(c) || c == '+' || c == '-' || c == '.')) {
        return false;
      }
    }
    return false;
  }

  private static String withoutDots(String target) {
    int query = target.indexOf('?');
    String path = query < 0 ? target : target.substring(0, query);
    String[] segments = path.split("/", -1);
    Deque<String> kept = new ArrayDeque<>();
    for (int i = 1; i < segments.length; i++) {
      boolean last = i == segments.length - 1;
      if (segments[i].equals("..")) {
        kept.pollLast();
      } else if (!segments[i].equals(".")) {
        kept.addLast(segments[i]);
        continue;
      }
      if (last) {
        kept.addLast("");
      }
    }
    return "/" + String.join("/", kept) + (query < 0 ? "" : target.substring(query));
  }

  private static IllegalArgumentException invalid(String text, String why) {
    int scheme = text.indexOf("://");
    int at = text.indexOf('@');
    int path = scheme < 0 ? -1 : text.indexOf('/', scheme + 3);
    boolean hasUserInfo = scheme >= 0 && at > scheme && (path < 0 || at < path);
    String shown = hasUserInfo ? text.substring(0, scheme + 3) + "***" + text.substring(at) : text;
    return new IllegalArgumentException("'" + shown + "' cannot be requested: " + why);
  }

  /** Returns the URL without name and password. */
  @Override
  public String toString() {
    return origin + target;
  }
}
